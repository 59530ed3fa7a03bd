"""How English says numbers and times of day: as names of parts, each of which is one recorded piece."""

from typing import Final

from kinline.core.phrases.amounts import Form, Parts

_SMALL: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UNITS: Final = ("dollar", "cent", "day", "hour", "minute", "second")


def _below_hundred(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    tens, rest = divmod(number, 10)
    return _TENS[tens] + (f"-{_SMALL[rest]}" if rest else "")


PARTS: Final[dict[str, str]] = {
    **{f"number.{number}": _below_hundred(number) for number in range(100)},
    **{f"number.{hundreds}00": f"{_SMALL[hundreds]} hundred" for hundreds in range(1, 10)},
    "thousand": "thousand",
    "minus": "minus",
    "point": "point",
    "and": "and",
    **{unit: unit for unit in _UNITS},
    **{f"{unit}s": f"{unit}s" for unit in _UNITS},
    **{f"digit.{digit}": _SMALL[int(digit)] for digit in "0123456789"},
    "digit.star": "star",
    "digit.pound": "pound",
    "pause": ",",
    "midnight": "midnight",
    "noon": "noon",
    "oh": "oh",
    "am": "a.m.",
    "pm": "p.m.",
}


def number(value: int, form: Form = Form.ALONE) -> Parts:
    """A whole number -999,999..999,999; English has one form for all."""
    if value < 0:
        return ("minus", *number(-value))
    thousands, rest = divmod(value, 1000)
    if thousands:
        return (*number(thousands), "thousand", *(number(rest) if rest else ()))
    hundreds, rest = divmod(value, 100)
    if hundreds:
        return (f"number.{hundreds}00", *(number(rest) if rest else ()))
    return (f"number.{value}",)


def clock(minute: int) -> Parts:
    """A time of day: noon, "six thirty p.m.", "six oh five a.m."."""
    hour, past = divmod(minute, 60)
    if not past and hour in (0, 12):
        return ("noon" if hour else "midnight",)
    minutes: Parts = () if not past else ("oh", f"number.{past}") if past < 10 else (f"number.{past}",)
    return (f"number.{hour % 12 or 12}", *minutes, "am" if hour < 12 else "pm")
