"""`kinline call`: a whole call against the running server, and what each side heard, pressed, paid and got."""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import django
import numpy as np

from kinline.configuration import Configuration, configuration
from kinline.core.identity import CallId, Language
from kinline.core.reasons import Reason
from kinline.telephony import prompts
from kinline.telephony.media import tones
from kinline.telephony.media.g711 import Samples
from kinline.telephony.phone import receipt
from kinline.telephony.phone.course import Account, CannotCall, Course, Server, run_call
from kinline.telephony.phone.ladder import Ladder, drawn, heading
from kinline.telephony.phone.library import Library
from kinline.telephony.phone.people import CalledParty, Caller, Manner

if TYPE_CHECKING:
    from kinline.demo import Scenario

_SCENARIOS_BY_OPTION: Final = {
    "privileged": "call an attorney: free, neither recorded nor listened to",
    "time_limit": "talk until the limit of 20 seconds ends the call",
    "no_funds": "call somebody whose account is empty",
    "blocked": "call somebody who blocked this resident",
    "suspended": "call as a resident whose calls are suspended",
    "bad_pin": "enter a wrong PIN",
    "not_approved": "call a number that is not on the resident's list",
    "first_use": "call for the first time, and record one's name",
}
_NAMED: Final = {"bad_pin": "wrong_pin", "not_approved": "not_on_list"}
_SPANISH: Final = frozenset({"spanish", "first_use"})
_UNTIL_ENDED: Final = frozenset({"time_limit"})
_SHORT: Final = {"1": "+15045550123", "*77": "+12255550199"}  # what the demo's short codes reach
_REASON_OF: Final = {
    Manner.ACCEPT: Reason.TALK_HANGUP_RESIDENT,
    Manner.ASK_PRICE: Reason.TALK_HANGUP_RESIDENT,
    Manner.REFUSE: Reason.OFFER_REFUSED,
    Manner.BLOCK: Reason.OFFER_BLOCKED,
    Manner.SILENT: Reason.OFFER_NO_KEY,
    Manner.MACHINE: Reason.OFFER_MACHINE,
    Manner.NO_ANSWER: Reason.RING_NO_ANSWER,
    Manner.BUSY: Reason.RING_BUSY,
}
_SENTENCES: Final = {
    Language.ENGLISH: (
        ("Hi, it is me. How is everybody at home?", "I am doing fine. I miss you all.", "I will call again soon."),
        ("It is so good to hear your voice.", "Your sister says hello.", "We will visit on Sunday."),
    ),
    Language.SPANISH: (
        ("Hola, soy yo. ¿Cómo están todos en casa?", "Estoy bien. Los extraño mucho.", "Pronto vuelvo a llamar."),
        ("Qué alegría oír tu voz.", "Tu hermana te manda saludos.", "El domingo vamos a visitarte."),
    ),
}
_GREETING: Final = (
    "Hello you have reached our telephone we are not able to take your call at the moment so please leave your "
    "name and your number after the tone and we will call you back as soon as we possibly can thank you and goodbye"
)
_SETTLED_WITHIN: Final = 10.0  # seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", metavar="NAME", help="any call of the demo cast; see --list")
    parser.add_argument("--list", action="store_true", help="list the scenarios and leave")
    for option, purpose in _SCENARIOS_BY_OPTION.items():
        name = _NAMED.get(option, option)
        flag = f"--{option.replace('_', '-')}"
        parser.add_argument(flag, dest="scenario", action="store_const", const=name, help=purpose)
    answers = parser.add_argument_group("what the family's phone does").add_mutually_exclusive_group()
    for manner, purpose in {
        Manner.ACCEPT: "accept (so it does unless told otherwise)",
        Manner.REFUSE: "refuse",
        Manner.BLOCK: "block the resident",
        Manner.ASK_PRICE: "ask for the total price, then accept",
        Manner.SILENT: "answer and press nothing",
        Manner.MACHINE: "be an answering machine",
        Manner.NO_ANSWER: "not answer",
        Manner.BUSY: "be busy",
    }.items():
        flag = f"--{manner.replace('_', '-')}"
        answers.add_argument(flag, dest="manner", action="store_const", const=manner, help=purpose)
    parser.set_defaults(manner=Manner.ACCEPT)
    parser.add_argument("--resident", metavar="ID", help="resident number (of the demo cast, or with --pin)")
    parser.add_argument("--pin", help="the resident's PIN, for one who is not of the demo cast")
    parser.add_argument("--number", help="what is dialled: ten digits, a speed dial or a code")
    parser.add_argument("--station", metavar="USER", help="SIP user of the station")
    parser.add_argument(
        "--language", choices=[language.value for language in Language], help="what the resident chooses"
    )
    parser.add_argument("--talk", type=float, metavar="SECONDS", help="length of the talk (5)")
    parser.add_argument("--family-hangs-up", action="store_true", help="the family ends the talk, not the resident")
    parser.add_argument("--hurry", action="store_true", help="press keys as soon as a prompt is recognised")
    parser.add_argument("--transport", choices=("udp", "tcp", "tls"), default="udp")
    parser.add_argument("--server", metavar="HOST[:PORT]", help="the switchboard (this installation's)")
    parser.add_argument("--patience", type=float, default=300.0, metavar="SECONDS", help="give up after that (300)")
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Place the call; 0 when it went as the options asked."""
    settings = configuration()
    django.setup()
    from kinline.demo import SCENARIOS, restore

    if arguments.list:
        for line in listed(SCENARIOS):
            print(line)
        return 0
    name = arguments.scenario or "ordinary"
    if name not in SCENARIOS:
        print(f"there is no scenario {name!r}: see kinline call --list", file=sys.stderr)
        return 2
    scenario = asked(SCENARIOS, name, arguments)
    if scenario is None:
        print("this resident is not of the demo cast: give --pin too", file=sys.stderr)
        return 2
    show = not arguments.json
    ladder = Ladder()
    if show:
        _show_as_it_goes(ladder)
    try:
        course = asyncio.run(_place(settings, arguments, name, scenario, ladder))
    except CannotCall as problem:
        print(f"kinline call: {problem}", file=sys.stderr)
        return 2
    except prompts.SpeechMissing as problem:
        print(f"kinline call: {problem}", file=sys.stderr)
        return 2
    except TimeoutError:
        print(f"kinline call: the call was not over after {arguments.patience:.0f} seconds", file=sys.stderr)
        return 1
    facts = _settled_facts(ladder)
    if facts is None:
        print(f"kinline call: {_without_facts(course)}", file=sys.stderr)
        return 1
    restore(CallId(int(facts["call_id"])), scenario.resident_number)
    expected = expected_reason(arguments, name, scenario)
    as_asked = facts.get("reason") == expected
    if show:
        print()
        for line in receipt.receipt(facts, settings.recordings):
            print(line)
        if not as_asked:
            print(f"kinline call: it should have ended with {expected}", file=sys.stderr)
    else:
        print(receipt.as_json(facts, ladder, settings.recordings, as_asked))
    return 0 if as_asked else 1


def listed(scenarios: Mapping[str, "Scenario"]) -> Iterator[str]:
    """A line for each scenario: who dials what, and how it ends."""
    for name, scenario in scenarios.items():
        ends = scenario.reason or "rings"
        yield f"{name:<22}{scenario.station:<12}{scenario.resident_number:<8}dials {scenario.dialled:<16} -> {ends}"


def asked(scenarios: Mapping[str, "Scenario"], name: str, arguments: argparse.Namespace) -> "Scenario | None":
    """The scenario with what the options change in it; None for a resident whose PIN is not known."""
    scenario = scenarios[name]
    if arguments.number:
        scenario = replace(scenario, dialled=arguments.number.removeprefix("+1"), reason=None, rings="")
    if arguments.station:
        scenario = replace(scenario, station=arguments.station)
    if arguments.resident and arguments.resident != scenario.resident_number:
        # The wrong PIN of a scenario is not the one that the resident knows.
        known = (each for each in scenarios.values() if each.reason is not Reason.IDENTIFY_BAD_PIN)
        pins = {each.resident_number: each.pin for each in known}
        if not arguments.pin and arguments.resident not in pins:
            return None
        scenario = replace(scenario, resident_number=arguments.resident, pin=pins.get(arguments.resident, ""))
    return replace(scenario, pin=arguments.pin) if arguments.pin else scenario


def expected_reason(arguments: argparse.Namespace, name: str, scenario: "Scenario") -> Reason:
    """How the call should end when everything works."""
    if scenario.reason is not None:
        return scenario.reason
    accepted = arguments.manner in (Manner.ACCEPT, Manner.ASK_PRICE)
    if accepted and name in _UNTIL_ENDED:
        return Reason.TALK_TIME_LIMIT
    if accepted and arguments.family_hangs_up:
        return Reason.TALK_HANGUP_CALLED
    return _REASON_OF[arguments.manner]


async def _place(
    settings: Configuration, arguments: argparse.Namespace, name: str, scenario: "Scenario", ladder: Ladder
) -> Course:
    from kinline.demo import LINES, line_password, station_password

    language = Language(arguments.language or ("es" if name in _SPANISH else "en"))
    talk = None if name in _UNTIL_ENDED and arguments.talk is None else arguments.talk or 5.0
    resident_says, family_says = (tuple(_voice(text, language) for text in texts) for texts in _SENTENCES[language])
    number = scenario.number or _SHORT.get(scenario.dialled, "")
    return await run_call(
        _server(settings, arguments),
        Library(prompts.Prompts(settings.prompts, settings.names)),
        ladder,
        Account(scenario.station, station_password(scenario.station)),
        Caller(
            scenario.resident_number,
            scenario.pin,
            scenario.dialled,
            language,
            None if arguments.family_hangs_up else talk,
            _voice("My name is Tomás Herrera" if language is Language.ENGLISH else "Tomás Herrera", language),
            resident_says,
            arguments.hurry,
        ),
        Account(number, line_password(number)) if number in LINES else None,
        CalledParty(
            arguments.manner,
            talk if arguments.family_hangs_up else None,
            family_says,
            _voice(_GREETING, Language.ENGLISH),
            arguments.hurry,
        ),
        arguments.patience,
    )


def _server(settings: Configuration, arguments: argparse.Namespace) -> Server:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    port = settings.sips_port if arguments.transport == "tls" else settings.sip_port
    if arguments.server:
        host, _, given = arguments.server.partition(":")
        port = int(given) if given.isdigit() else port
    return Server(host, port, arguments.transport)


def _voice(text: str, language: Language) -> Samples:
    """What is said in the talk; tones where there is no espeak-ng."""
    try:
        return np.ascontiguousarray(prompts.render(text, language) * 32767).astype(np.int16)
    except prompts.SpeechMissing:
        return tones.sines((300.0 + 7 * len(text), 500.0), 1.5, -15.0)


def _show_as_it_goes(ladder: Ladder) -> None:
    for line in heading():
        print(line)

    def show(rung: Any) -> None:
        for line in drawn(rung, ladder.first_at):
            print(line, flush=True)

    ladder.on_rung = show


def _settled_facts(ladder: Ladder) -> dict[str, Any] | None:
    """What the platform wrote down of the call, once it is in the books; None without a call of ours."""
    from kinline.calls.queries import call_facts

    if ladder.call_id is None:
        return None
    deadline = time.monotonic() + _SETTLED_WITHIN
    while True:
        facts = call_facts(CallId(int(ladder.call_id)))
        if (facts is not None and facts["state"] == "settled") or time.monotonic() > deadline:
            return facts
        time.sleep(0.1)


def _without_facts(course: Course) -> str:
    status = course.resident.over.status
    if status == 503:
        return "the switchboard takes no calls at the moment (SIP 503)"
    if status:
        return f"the switchboard refused the station's call (SIP {status})"
    return "the switchboard did not name the call, so nothing can be looked up"
