"""What a level says, in plain words: "Unit B: hours Mo-Su 08:00-21:00"."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final

from kinline.core.identity import Language
from kinline.core.policy.decision import Ground
from kinline.core.policy.facts import Level, Rules
from kinline.core.windows import Hours, Spans

Words = tuple[str, str]
"""English, Spanish."""

_LEVELS: Final[Mapping[Level, Words]] = {
    Level.PLATFORM: ("Platform", "Plataforma"),
    Level.AGENCY: ("Agency", "Agencia"),
    Level.FACILITY: ("Facility", "Centro"),
    Level.UNIT: ("Unit", "Unidad"),
    Level.STATION_GROUP: ("Group of phones", "Grupo de teléfonos"),
    Level.STATION: ("Phone", "Teléfono"),
    Level.RESIDENT: ("Resident", "Residente"),
    Level.CONTACT: ("Contact", "Contacto"),
    Level.CALLED_PARTY: ("Called party", "Persona llamada"),
}
_WEEKDAYS: Final[tuple[Words, ...]] = (
    ("Mon", "lun"),
    ("Tue", "mar"),
    ("Wed", "mié"),
    ("Thu", "jue"),
    ("Fri", "vie"),
    ("Sat", "sáb"),
    ("Sun", "dom"),
)
_SWITCHES: Final = {
    "on": ("phones on", "teléfonos encendidos"),
    "cut_off": ("phones turned off", "teléfonos apagados"),
    "lockdown": ("lockdown", "cierre de seguridad"),
}
_DESTINATIONS: Final = {
    "local": ("local", "locales"),
    "intrastate": ("within the state", "dentro del estado"),
    "interstate": ("to other states", "a otros estados"),
    "international": ("to other countries", "a otros países"),
}
_CLASSES: Final = {
    "geographic": ("ordinary numbers", "números comunes"),
    "international": ("other countries", "otros países"),
    "toll_free": ("toll-free", "gratuitos"),
    "premium": ("premium", "de tarifa especial"),
    "personal": ("personal (500)", "personales (500)"),
    "carrier": ("carriers' services", "servicios de operadores"),
    "operator": ("operator", "operadora"),
    "service_code": ("service codes", "códigos de servicio"),
    "star_code": ("star codes", "códigos con asterisco"),
    "emergency": ("emergency", "emergencias"),
    "unknown": ("unknown", "desconocidos"),
}


_QUESTIONS: Final[Mapping[str, Words]] = {
    "resident_is_known": ("Is the resident active, and here?", "¿El residente está activo y aquí?"),
    "emergency_numbers_are_never_dialled": ("Is it no emergency number?", "¿No es un número de emergencia?"),
    "phones_are_on": ("Are the phones on?", "¿Están encendidos los teléfonos?"),
    "resident_is_not_suspended": ("Is the resident not suspended?", "¿El residente no está suspendido?"),
    "phones_are_open": ("Are the phones open at that time?", "¿Están abiertos los teléfonos a esa hora?"),
    "station_is_allowed": ("May the resident use this phone?", "¿Puede el residente usar este teléfono?"),
    "destination_class_is_allowed": ("Is the kind of number allowed?", "¿Se permite ese tipo de número?"),
    "destination_is_allowed": ("Is the destination allowed?", "¿Se permite el destino?"),
    "number_is_not_forbidden": ("Is the number not blocked?", "¿El número no está bloqueado?"),
    "number_is_allowed": ("Do the rules allow the number?", "¿Las reglas permiten el número?"),
    "nobody_kept_apart_is_there": ("Is nobody there to be kept apart from?", "¿No hay allí nadie de quien separarlo?"),
    "number_is_on_the_list": ("Is the number an approved contact?", "¿El número es un contacto aprobado?"),
    "privilege_is_verified": ("Is the number's privilege settled?", "¿Está confirmado si el número es privilegiado?"),
    "attempts_are_not_too_many": ("Are attempts of the hour left?", "¿Quedan intentos en esta hora?"),
    "last_call_is_long_ago": ("Is the wait after the last call over?", "¿Terminó la espera tras la última llamada?"),
    "calls_of_the_day_are_left": ("Are calls of the day left?", "¿Quedan llamadas del día?"),
    "calls_of_week_and_month_are_left": (
        "Are calls of the week and the month left?",
        "¿Quedan llamadas de la semana y del mes?",
    ),
    "minutes_used": ("Are minutes left?", "¿Quedan minutos?"),
    "nobody_wished_no_calls": ("Does the called party wish calls?", "¿La persona llamada desea llamadas?"),
    "called_party_is_not_at_rest": (
        "Does the called party wish calls at this hour?",
        "¿La persona llamada desea llamadas a esta hora?",
    ),
}


def question_in_words(question: str, language: Language) -> str:
    """The question of a step, by its name."""
    return _chosen(_QUESTIONS[question], language)


def level_in_words(level: Level, language: Language) -> str:
    return _chosen(_LEVELS[level], language)


def place_in_words(rules: Rules, language: Language) -> str:
    """Whose rule it is: `Unit B`; a level that goes by no name of its own by what it is."""
    level = level_in_words(rules.level, language)
    if not rules.place or rules.level in (Level.AGENCY, Level.FACILITY):
        return rules.place or level
    says_it = rules.place.lower().startswith(tuple(word.lower() for word in _LEVELS[rules.level]))
    return rules.place if says_it else f"{level} {rules.place}"


def rule_in_words(ground: Ground, language: Language) -> str:
    """`Unit B: hours Mon-Sun 08:00-21:00`."""
    return f"{place_in_words(ground.rules, language)}: {_said(ground.rule, ground.says, language)}"


def rules_in_words(rules: Rules, language: Language) -> tuple[str, ...]:
    """Everything that a level says, rule by rule; nothing where it leaves all to the other levels."""
    said = ((name, getattr(rules, name)) for name in _WORDS)
    plain = {field.name: field.default for field in fields(Rules)}
    return tuple(_said(name, value, language) for name, value in said if value != plain[name])


def _said(rule: str, value: Any, language: Language) -> str:
    return _WORDS[rule](value, language)


def _chosen(words: Words, language: Language) -> str:
    return words[1] if language is Language.SPANISH else words[0]


def _fixed(english: str, spanish: str) -> Callable[[Any, Language], str]:
    return lambda _, language: _chosen((english, spanish), language)


def _counted(english: str, spanish: str) -> Callable[[Any, Language], str]:
    return lambda value, language: _chosen((english, spanish), language).format(value)


def _lasting(english: str, spanish: str) -> Callable[[Any, Language], str]:
    return lambda value, language: _chosen((english, spanish), language).format(_minutes(value, language))


def _listed(
    english: str, spanish: str, names: Mapping[str, Words] | None = None
) -> Callable[[Iterable[str], Language], str]:
    def said(values: Iterable[str], language: Language) -> str:
        known = [each for each in names if each in set(values)] if names else sorted(values)
        shown = [_chosen(names[each], language) if names else each for each in known]
        return _chosen((english, spanish), language).format(", ".join(shown) or _chosen(("none", "ninguno"), language))

    return said


def _minutes(seconds: int, language: Language) -> str:
    minutes, rest = divmod(seconds, 60)
    parts = ([f"{minutes} min"] if minutes or not rest else []) + ([f"{rest} s"] if rest else [])
    return " ".join(parts)


def _hours(hours: Hours, language: Language) -> str:
    said = [_chosen(("hours", "horario"), language)]
    week = list(_week(hours))
    days = groupby(range(7), key=lambda weekday: week[weekday])
    parts = []
    for spans, run in days:
        weekdays = list(run)
        first, last = (_chosen(_WEEKDAYS[each], language) for each in (weekdays[0], weekdays[-1]))
        parts.append(f"{first if len(weekdays) == 1 else f'{first}-{last}'} {_spans(spans, language)}")
    said.append(", ".join(parts))
    if hours.exceptions:
        except_ = _chosen(("except", "excepto"), language)
        exceptions = (f"{_date(day)} {_spans(spans, language)}" for day, spans in hours.exceptions)
        said.append(f"({except_} {', '.join(exceptions)})")
    return " ".join(said)


def _week(hours: Hours) -> Iterator[Spans]:
    plain = Hours(hours.spans)
    monday = 4  # 1970-01-05
    return (plain.day(monday + weekday) for weekday in range(7))


def _spans(spans: Spans, language: Language) -> str:
    if not spans:
        return _chosen(("closed", "cerrado"), language)
    return " ".join(f"{clock(opens)}-{clock(closes)}" for opens, closes in spans)


def clock(minute: int) -> str:
    """`08:00`, as on a schedule; the end of the day is 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _date(day: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


_WORDS: Final[Mapping[str, Callable[[Any, Language], str]]] = {
    "switch": lambda value, language: _chosen(_SWITCHES[value], language),
    "hours": _hours,
    "own_unit_only": _fixed("only phones of their own unit", "solo teléfonos de su unidad"),
    "list_required": _fixed("only approved contacts", "solo contactos aprobados"),
    "barred": _listed("no calls to: {}", "sin llamadas a: {}", _CLASSES),
    "destinations": _listed("only calls {}", "solo llamadas {}", _DESTINATIONS),
    "countries": _listed("abroad only {}", "en el extranjero solo {}"),
    "numbers_allowed": _listed("only the numbers {}", "solo los números {}"),
    "numbers_blocked": _listed("blocked numbers {}", "números bloqueados {}"),
    "maximum_seconds": _lasting("a call lasts at most {}", "una llamada dura como máximo {}"),
    "wait_seconds": _lasting("{} between calls", "{} entre llamadas"),
    "attempts_per_hour": _counted("at most {} attempts an hour", "como máximo {} intentos por hora"),
    "calls_per_day": _counted("at most {} calls a day", "como máximo {} llamadas al día"),
    "calls_per_week": _counted("at most {} calls a week", "como máximo {} llamadas a la semana"),
    "calls_per_month": _counted("at most {} calls a month", "como máximo {} llamadas al mes"),
    "seconds_per_day": _lasting("at most {} a day", "como máximo {} al día"),
    "seconds_per_week": _lasting("at most {} a week", "como máximo {} a la semana"),
    "seconds_per_month": _lasting("at most {} a month", "como máximo {} al mes"),
}
