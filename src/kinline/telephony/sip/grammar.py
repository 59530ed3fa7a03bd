"""The small grammar that all header fields share: tokens, lists, parameters, quoted strings (RFC 3261 25.1)."""

from kinline.telephony.sip.errors import SipError

_TOKEN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~")


def is_token(text: str) -> bool:
    return bool(text) and _TOKEN.issuperset(text)


def number(text: str, limit: int, what: str) -> int:
    """Decimal digits as an integer below `limit`; anything else is an error that names `what`."""
    if not (text.isascii() and text.isdigit()) or len(text) > 20:
        raise SipError(f"{what} is not a number: {text[:40]!r}")
    value = int(text)
    if value >= limit:
        raise SipError(f"{what} is too large: {value}")
    return value


def split(text: str, separator: str = ",") -> list[str]:
    """Cut at each separator that is outside quotes and angle brackets; the parts are stripped, empty ones dropped."""
    if separator not in text:
        text = text.strip()
        return [text] if text else []
    if '"' not in text and "<" not in text:
        return [part for piece in text.split(separator) if (part := piece.strip())]
    parts = []
    start = 0
    quoted = bracketed = escaped = False
    for at, character in enumerate(text):
        if escaped:
            escaped = False
        elif quoted:
            if character == "\\":
                escaped = True
            elif character == '"':
                quoted = False
        elif character == '"':
            quoted = True
        elif character == "<":
            bracketed = True
        elif character == ">":
            bracketed = False
        elif character == separator and not bracketed:
            parts.append(text[start:at])
            start = at + 1
    if quoted:
        raise SipError(f"a quoted string is not closed: {text[:60]!r}")
    parts.append(text[start:])
    return [part for piece in parts if (part := piece.strip())]


def parameters(text: str, separator: str = ";") -> dict[str, str]:
    """`a=1;b;c="x"` as a mapping; names in lower case, a parameter without value has the value ""."""
    found = {}
    if '"' not in text and "<" not in text:
        for piece in text.split(separator):
            name, _, value = piece.partition("=")
            if name := name.strip():
                found[name.lower()] = value.strip()
        return found
    for piece in split(text, separator):
        name, _, value = piece.partition("=")
        value = value.strip()
        found[name.strip().lower()] = unquoted(value) if value.startswith('"') else value
    return found


def unquoted(text: str) -> str:
    """The content of a quoted string; other text as it is."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    text = text[1:-1]
    if "\\" not in text:
        return text
    characters = iter(text)
    return "".join(next(characters, "") if character == "\\" else character for character in characters)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
