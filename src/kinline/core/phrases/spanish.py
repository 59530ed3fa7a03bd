"""How Latin American Spanish says numbers and times of day: as names of parts.

One changes its form with what it counts: `uno` alone, `un` minuto, `una` hora, and so do 21, 31 ... 91.
"""

from typing import Final

from kinline.core.phrases.amounts import Form, Parts

_SMALL: Final = (
    "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce",
    "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno",
    "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho",
    "veintinueve",
)  # fmt: skip
_TENS: Final = ("", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_HUNDREDS: Final = (
    "",
    "cien",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
)


def _below_hundred(number: int) -> str:
    if number < 30:
        return _SMALL[number]
    tens, rest = divmod(number, 10)
    return _TENS[tens] + (f" y {_SMALL[rest]}" if rest else "")


def _before_masculine(number: int) -> str:
    return "veintiún" if number == 21 else _below_hundred(number).removesuffix("o")


PARTS: Final[dict[str, str]] = {
    **{f"number.{number}": _below_hundred(number) for number in range(100)},
    **{f"number.{number}.m": _before_masculine(number) for number in range(1, 100, 10) if number != 11},
    **{f"number.{number}.f": _below_hundred(number).removesuffix("o") + "a" for number in (1, 21)},
    **{f"number.{hundreds}00": _HUNDREDS[hundreds] for hundreds in range(1, 10)},
    "number.100.and": "ciento",
    "thousand": "mil",
    "minus": "menos",
    "point": "punto",
    "and": "y",
    "dollar": "dólar",
    "dollars": "dólares",
    "cent": "centavo",
    "cents": "centavos",
    "day": "día",
    "days": "días",
    "hour": "hora",
    "hours": "horas",
    "minute": "minuto",
    "minutes": "minutos",
    "second": "segundo",
    "seconds": "segundos",
    **{f"digit.{digit}": _SMALL[int(digit)] for digit in "0123456789"},
    "digit.star": "asterisco",
    "digit.pound": "numeral",
    "pause": ",",
    "the.1": "la",
    "the": "las",
    "midnight": "las doce de la noche",
    "noon": "las doce del mediodía",
    "small-hours": "de la madrugada",
    "morning": "de la mañana",
    "midday": "del mediodía",
    "afternoon": "de la tarde",
    "evening": "de la noche",
}


def number(value: int, form: Form = Form.ALONE) -> Parts:
    """A whole number -999,999..999,999, in the form that the noun after it asks for."""
    if value < 0:
        return ("minus", *number(-value, form))
    thousands, rest = divmod(value, 1000)
    if thousands:
        how_many = () if thousands == 1 else number(thousands, Form.MASCULINE)
        return (*how_many, "thousand", *(number(rest, form) if rest else ()))
    hundreds, rest = divmod(value, 100)
    if hundreds:
        if not rest:
            return (f"number.{hundreds}00",)
        return ("number.100.and" if hundreds == 1 else f"number.{hundreds}00", *number(rest, form))
    shortened = f"number.{value}.{form.value}"
    return (shortened if shortened in PARTS else f"number.{value}",)


def clock(minute: int) -> Parts:
    """A time of day with its article: "las seis y treinta de la tarde"."""
    hour, past = divmod(minute, 60)
    if not past and hour in (0, 12):
        return ("noon" if hour else "midnight",)
    twelve = hour % 12 or 12
    said = ("the.1" if twelve == 1 else "the", *number(twelve, Form.FEMININE))
    minutes: Parts = ("and", *number(past)) if past else ()
    return (*said, *minutes, _part_of_day(hour))


def _part_of_day(hour: int) -> str:
    if hour == 0 or hour >= 19:
        return "evening"
    if hour < 6:
        return "small-hours"
    if hour < 12:
        return "morning"
    return "midday" if hour == 12 else "afternoon"
