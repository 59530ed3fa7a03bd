"""Numbers of rows as they come in addresses and forms, from anybody."""


def row_number(text: str) -> int:
    """The row's number; 0, which no row has, for what is none: other letters, another script's digits, too many."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
