"""Who may see and hear what: the matrix of people and pages, and what is written down of it."""

import pytest
from attacks import a_picture
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, get_resolver, reverse

from kinline.audit.models import AuditEvent
from kinline.audit.queries import first_broken
from kinline.bookings.services import take
from kinline.core.custody import Mode
from kinline.core.money import Money
from kinline.enrolment.identity import show
from kinline.facilities.models import HousingUnit, RuleTrial
from kinline.ledger.services import open_direct_bill_account
from kinline.people.models import PROVIDER_ROLES, Role
from kinline.people.permissions import GRANTS, Permission, may
from kinline.support.services import open_case
from kinline.support.topics import Topic
from kinline.web.api.interface import api
from kinline.web.api.staff import staff_api
from kinline.web.staff.access import permission_of
from kinline.web.staff.navigation import NAVIGATION
from kinline.web.staff.portal import PERMISSIONS

OPEN, SIGN_IN, STAFF_SIGN_IN, ELSEWHERE, NOT_FOUND = "open", "sign-in", "staff", "welcome", 404

WITHOUT_A_PLACE = {
    *("staff", "staff_recovery_codes"),
    *("live_events", "history_export", "save_search", "forget_search", "recording", "import_bad_lines"),
    *("identity_document", "relationship_document"),
}
"""What leads elsewhere, or is a part of a page: it is in no section of the navigation."""

FAMILY_AND_PUBLIC = {
    "": {"home", "health", "set_language", "sign_in", "sign_out", "welcome", "stripe_webhook", "sms_webhook", "help"}
    | {"manifest", "service_worker", "offline", "ask_privilege"},
    "help": {"call_back", "phone_tests", "phone_test", "guide", "cases", "new_case", "case"},
    "rates": {"rates", "rates_of_facility", "rates_machine_readable", "facility_rules"},
    "files": {"document"},
    "notices": {"notices", "notice_settings"},
    "sign-up": {"identity", "sign_up", "sign_up_code", "agree", "agreement", "own_numbers", "confirm_number"}
    | {"second_step", "passkey_sign_in", "prove", "passkey_prove", "forgotten", "forgotten_code", "details", "email"}
    | {
        "email_code",
        "ways_in",
        "password",
        "family_second_step",
        "passkey_add",
        "passkey_remove",
        "devices",
        "own_data",
    },
    "account": {"account", "voucher", "statement", "plans", "receipt", "phone_pin", "money", "paying", "invoice"}
    | {"refund", "close_account", "calls", "calls_export", "dispute", "contacts", "settings"}
    | {"contact", "find_resident", "ask_contact", "wishes"}
    | {"payment", "payment_card", "save_card", "remove_card", "card_form", "card_saved", "reload_settings"},
    "before the second step": {"staff_sign_in", "account_login", "staff_second_step", "mfa_authenticate"}
    | {"staff_second_step_set_up", "staff_sign_out", "staff_invitation"},
}
"""Pages that no permission of staff opens, by who may see them; each view asks for itself."""

EXAMPLES = {
    "call_id": lambda town: town.recorded_call().pk,
    "facility_id": lambda town: town.jail.pk,
    "resident_id": lambda town: town.marcus.pk,
    "contact_id": lambda town: town.marcus.contacts.earliest("pk").pk,
    "import_id": lambda town: take(town.jail, "none.csv", b"name", "upload", Mode.CHANGES, "user/1", 0).pk,
    "user_id": lambda town: town.officer.pk,
    "step": lambda town: "phones",
    "level": lambda town: "facility",
    "place": lambda town: town.jail.pk,
    "trial_id": lambda town: (
        RuleTrial.objects.create(level="facility", place=town.jail.pk, asked_at=0, actor="user/1", since=0, until=0).pk
    ),
    "check_id": lambda town: show(town.mother, town.jail, SimpleUploadedFile("a.png", a_picture("PNG")), 0).pk,
    "identity_document": lambda town: town.document("identity").pk,
    "relationship_document": lambda town: town.document("relationship").pk,
    "page": lambda town: 1,
    "attachment_document": lambda town: town.document("attachment").pk,
    "case_id": lambda town: open_case(town.mother, Topic.OTHER, "Hello.", 0).pk,
    "agency_id": lambda town: town.jail.agency_id,
    "account_id": lambda town: open_direct_bill_account(town.mother.pk, Money.parse("20.00")),
}
"""Of each kind of thing that an address of the portal names, one at the jail."""


def pages_of_staff() -> dict[str, tuple[URLPattern, Permission]]:
    patterns = [each for each in get_resolver().url_patterns if isinstance(each, URLPattern)]
    return {
        str(each.name): (each, permission)
        for each in patterns
        if (permission := permission_of(each.callback)) is not None
    }


def _answer(response) -> int | str:
    if response.streaming:
        b"".join(response)  # to its end, which closes the file
    if response.status_code == 302:
        place = response.headers["Location"]
        if place.startswith(("/sign-in/", "/staff/sign-in/", "/welcome/")):
            return place.strip("/").partition("/")[0]
    return OPEN if response.status_code in (200, 302, 405) else response.status_code


def test_every_page_is_opened_by_a_permission_or_listed_as_one_that_is_not() -> None:
    named = {str(each.name) for each in get_resolver().url_patterns if isinstance(each, URLPattern)}
    listed = set().union(*FAMILY_AND_PUBLIC.values())
    assert named - set(pages_of_staff()) - listed == set(), "guard it with @staff_page, or list it above"
    assert listed - named == set()
    asked = {permission for _, permission in pages_of_staff().values()}
    assert set(GRANTS) == set(Permission)
    assert set(PERMISSIONS) == set(Permission)
    entries = [entry for section in NAVIGATION for entry in section.entries]
    assert {entry.permission for entry in entries} <= asked
    for entry in entries:  # nobody is offered what would not open
        assert pages_of_staff()[entry.url_name][1] == entry.permission
    places = [name for entry in entries for name in (entry.url_name, *entry.covers)]
    assert len(places) == len(set(places))
    assert set(places) == set(pages_of_staff()) - WITHOUT_A_PLACE, "give it a place in staff/navigation.py"


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "family and strangers")
def test_each_role_opens_exactly_what_the_table_says(town, signed_in, role: Role | None) -> None:
    browsers = [signed_in(town.staff(role))] if role else [signed_in(None), signed_in(town.mother)]
    made: dict[str, object] = {}
    answers, expected = {}, {}
    for name, (pattern, permission) in pages_of_staff().items():
        wanted = pattern.pattern.converters
        for each in wanted:
            if each not in made:
                made[each] = EXAMPLES[each](town)
        path = reverse(name, kwargs={each: made[each] for each in wanted})
        for number, browser in enumerate(browsers):
            answers[name, number] = _answer(browser.get(path))
            expected[name, number] = STAFF_SIGN_IN if role is None else OPEN if may(role, permission) else NOT_FOUND
    assert answers == expected


@pytest.mark.parametrize("role", Role)
def test_no_role_of_another_place_finds_what_is_here(town, signed_in, role: Role) -> None:
    """Each page that names something at the jail, asked by somebody who has the role at another jail, and in another
    unit of the same one. The provider's roles hold everywhere, and find it."""
    of_provider = role in PROVIDER_ROLES
    away = town.staff(role) if of_provider else town._staff(role, town.other_jail.agency, town.other_jail)
    next_door = HousingUnit.objects.create(facility=town.jail, name="Unit B")
    browsers = {"away": signed_in(away)}
    if not of_provider:
        browsers["next door"] = signed_in(town.staff(role, next_door))
    made: dict[str, object] = {}
    answers, expected = {}, {}
    for name, (pattern, permission) in pages_of_staff().items():
        wanted = pattern.pattern.converters
        if not wanted:
            continue
        made |= {each: EXAMPLES[each](town) for each in wanted if each not in made}
        path = reverse(name, kwargs={each: made[each] for each in wanted})
        for where, browser in browsers.items():
            if where == "next door" and name in OF_THE_WHOLE:
                continue
            answer = browser.get(path)
            answers[name, where] = _answer(browser.post(path) if answer.status_code == 405 else answer)
            everywhere = of_provider and may(role, permission)
            expected[name, where] = OPEN if everywhere else NOT_FOUND
    assert answers == expected


OF_THE_WHOLE = {"rules_of_level", "identity_check", "identity_document", "relationship_document"}
"""What everybody of a facility with the permission reads, in whichever unit they work: its rules rule their unit too,
and what families send in is for the facility."""


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "family and strangers")
def test_who_may_not_see_a_page_may_not_post_to_it(town, signed_in, role: Role | None) -> None:
    browser = signed_in(town.staff(role) if role else None)
    made: dict[str, object] = {}
    wrong = {}
    for name, (pattern, permission) in pages_of_staff().items():
        if role is not None and may(role, permission):
            continue
        wanted = pattern.pattern.converters
        made |= {each: EXAMPLES[each](town) for each in wanted if each not in made}
        answer = browser.post(reverse(name, kwargs={each: made[each] for each in wanted}), {"what": "x"})
        if answer.status_code != 405 and _answer(answer) != (STAFF_SIGN_IN if role is None else NOT_FOUND):
            wrong[name] = _answer(answer)
    assert wrong == {}


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "strangers")
def test_no_page_of_a_family_opens_to_staff_or_strangers(town, signed_in, role: Role | None) -> None:
    browser = signed_in(town.staff(role) if role else None)
    examples = {
        "call_id": town.recorded_call().pk,
        "reference": "none",
        "number": "none",
        "card_id": 1,
        "contact_id": 1,
        "case_id": 1,
        "found": "none",
    }
    answers = {}
    families = FAMILY_AND_PUBLIC["account"] | FAMILY_AND_PUBLIC["notices"] | {"cases", "new_case", "case", "call_back"}
    for each in get_resolver().url_patterns:
        if isinstance(each, URLPattern) and each.name in families:
            path = reverse(each.name, kwargs={name: examples[name] for name in each.pattern.converters})
            answer = browser.get(path)
            answers[each.name] = SIGN_IN if answer.status_code == 405 else _answer(answer)
    allowed = {SIGN_IN} if role is None else {SIGN_IN, ELSEWHERE, NOT_FOUND}
    assert {name: answer for name, answer in answers.items() if answer not in allowed} == {}


OPERATIONS = {
    "/api/kiosk/v1/deposits",
    "/api/kiosk/v1/deposits/{receipt_number}/reversal",
    "/api/kiosk/v1/redeem",
    "/api/kiosk/v1/residents",
    "/api/bookings/v1/residents",
    "/staff/api/v1/may",
}
"""What machines may ask: each with a key of its own place, or the session of a member of staff."""


def test_every_operation_for_machines_is_listed_and_closed_without_a_key(town, signed_in) -> None:
    described = {
        path: operations for each in (api, staff_api) for path, operations in each.get_openapi_schema()["paths"].items()
    }
    assert set(described) == OPERATIONS, "list it above, and close it"
    for who in (None, town.mother, town.officer):
        browser = signed_in(who)
        for path, operations in described.items():
            if path.startswith("/staff/") and who == town.officer:
                continue
            for method in operations:
                answer = getattr(browser, method)(path.replace("{receipt_number}", "1"))
                assert answer.status_code in (401, 302), (path, method, answer.status_code)


@pytest.mark.parametrize("role", Role)
def test_machines_of_staff_are_told_what_the_table_says_of_their_own_place(town, signed_in, role: Role) -> None:
    answers = []
    for resident in (town.marcus, town.dana):
        asked = {"resident": resident.pk, "number": "+15045550901"}
        answers.append(signed_in(town.staff(role)).get("/staff/api/v1/may", asked).status_code)
    here = 200 if may(role, Permission.SEE_RULES) else 404
    assert answers == [here, here if role in PROVIDER_ROLES else 404]


def test_who_is_in_one_unit_sees_no_other(town, signed_in) -> None:
    other = HousingUnit.objects.create(facility=town.jail, name="Unit B")
    mine = town.call()
    theirs = town.call(unit=other)
    officer = signed_in(town.staff(Role.OFFICER, town.jail.units.get(name="Unit A")))
    assert [call.call_id for call in officer.get("/facility/").context["calls"]] == [mine.pk]
    assert officer.get(f"/facility/calls/{mine.pk}/").status_code == 200
    assert officer.get(f"/facility/calls/{theirs.pk}/").status_code == 404


# Who gets what at addresses that name something; whoever is not named is told to sign in or finds nothing there.
EVERYBODY = ("nobody", "mother", "father", "officer", "investigator", "approver", "other_investigator", "support")
MATRIX = {
    "/": dict.fromkeys(EVERYBODY, OPEN),
    "/help/": dict.fromkeys(EVERYBODY, OPEN),
    "/account/": {"mother": OPEN, "father": OPEN, **dict.fromkeys(EVERYBODY[3:], ELSEWHERE)},
    "/account/calls/{call}/": {"mother": OPEN},
    "/facility/": dict.fromkeys(("officer", "investigator", "other_investigator", "support"), OPEN),
    "/facility/calls/{call}/": dict.fromkeys(("officer", "investigator", "support"), OPEN),
    "/facility/calls/{call}/recording.wav": {"investigator": OPEN},
    "/facility/calls/{privileged}/": dict.fromkeys(("officer", "investigator", "support"), OPEN),
    "/facility/calls/{privileged}/recording.wav": {},
    "/facility/calls/1/": {},
    "/account/calls/1/": {},
    **{
        f"/account/{page}/": {"mother": OPEN, "father": OPEN, **dict.fromkeys(EVERYBODY[3:], ELSEWHERE)}
        for page in ("statement", "plans", "phone-pin", "paying", "calls", "contacts", "settings")
    },
}


@pytest.mark.parametrize("address", MATRIX)
def test_each_person_reaches_what_is_theirs_and_nothing_else(town, signed_in, address: str) -> None:
    call, privileged = town.recorded_call(), town.recorded_call(is_privileged=True)
    path = address.format(call=call.pk, privileged=privileged.pk)
    answers = {who: _answer(signed_in(None if who == "nobody" else getattr(town, who)).get(path)) for who in EVERYBODY}
    is_portal = path.startswith("/facility/")
    strangers = {"nobody": STAFF_SIGN_IN if is_portal else SIGN_IN}
    if is_portal:
        strangers |= dict.fromkeys(("mother", "father"), STAFF_SIGN_IN)
    assert answers == dict.fromkeys(EVERYBODY, NOT_FOUND) | strangers | MATRIX[address]


def test_another_familys_call_is_not_found_and_the_attempt_is_written_down(town, signed_in) -> None:
    call = town.call()
    answer = signed_in(town.father).get(f"/account/calls/{call.pk}/")
    assert answer.status_code == 404
    assert town.marcus.name not in answer.content.decode()
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.subject) == (
        f"user/{town.father.user.pk}",
        "access.refused",
        f"call/{call.pk}",
    )


def test_looking_at_a_call_and_hearing_it_are_written_down_and_the_chain_is_whole(town, signed_in) -> None:
    call = town.recorded_call()
    investigator = signed_in(town.investigator)
    investigator.get(f"/facility/calls/{call.pk}/")
    assert len(b"".join(investigator.get(f"/facility/calls/{call.pk}/recording.wav"))) == 32_044
    investigator.get(f"/facility/calls/{call.pk}/recording.wav", headers={"range": "bytes=100-"})
    events = list(AuditEvent.objects.order_by("id"))
    assert [event.action for event in events] == ["call.seen", "recording.heard", "recording.heard"]
    assert {event.facility for event in events} == {town.jail.pk}
    assert first_broken() is None


def test_a_privileged_call_is_listed_and_offers_nothing_to_play(town, signed_in) -> None:
    call = town.recorded_call(is_privileged=True)
    page = signed_in(town.investigator).get(f"/facility/calls/{call.pk}/").content.decode()
    assert "Privileged" in page
    assert "<audio" not in page
    assert "nobody could listen" in page


def test_a_call_to_a_number_that_is_not_confirmed_as_theirs_stays_hidden(town, signed_in) -> None:
    call = town.call(account=None)
    town.mother.numbers.update(is_verified=False)
    assert signed_in(town.mother).get(f"/account/calls/{call.pk}/").status_code == 404


def test_the_balance_of_a_resident_is_not_shown_to_the_family_they_called(town, signed_in) -> None:
    call = town.call(account=None, payer="resident_debit", balance_before=987_654_321, balance_after=987_391_107)
    page = signed_in(town.mother).get(f"/account/calls/{call.pk}/").content.decode()
    assert "987" not in page
    assert "not paid from your account" in page


@pytest.mark.parametrize("reason", ["policy.victim", "policy.no_contact_order", "policy.staff_number"])
def test_a_protected_reason_reads_the_same_as_any_other_of_its_kind(town, signed_in, reason: str) -> None:
    call = town.failed_call(reason, "denied")
    family = signed_in(town.mother)
    page = family.get(f"/account/calls/{call.pk}/").content.decode()
    call.pk += 1
    call.reason = "policy.number_blocked_security"
    call.save(force_insert=True)
    other = family.get(f"/account/calls/{call.pk}/").content.decode()
    main = [text.partition('aria-labelledby="what"')[2].partition("</section>")[0] for text in (page, other)]
    assert main[0] == main[1] != ""
    assert reason not in page


def test_a_file_outside_the_recordings_is_never_sent(town, signed_in) -> None:
    call = town.call(recording="../secrets/secret_key")
    assert signed_in(town.investigator).get(f"/facility/calls/{call.pk}/recording.wav").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "part", "length"),
    [
        ("bytes=0-43", 206, "bytes 0-43/32044", 44),
        ("bytes=32000-", 206, "bytes 32000-32043/32044", 44),
        ("bytes=-44", 206, "bytes 32000-32043/32044", 44),
        ("bytes=0-99999", 206, "bytes 0-32043/32044", 32_044),
        ("bytes=40000-", 416, "bytes */32044", 0),
        ("bytes=0-1,5-6", 200, None, 32_044),
        ("lines=1-2", 200, None, 32_044),
    ],
)
def test_a_recording_is_sent_in_the_part_that_is_asked_for(
    town, signed_in, asked: str, status: int, part: str | None, length: int
) -> None:
    call = town.recorded_call()
    answer = signed_in(town.investigator).get(f"/facility/calls/{call.pk}/recording.wav", headers={"range": asked})
    content = b"".join(answer) if answer.streaming else answer.content
    assert (answer.status_code, answer.headers.get("Content-Range"), len(content)) == (status, part, length)


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/account/", "/nowhere/"])
def test_every_answer_forbids_scripts_of_others_and_strangers(town, signed_in, path: str) -> None:
    answer = signed_in(town.mother if path == "/account/" else None).get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy
    assert "nonce" not in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_no_page_of_a_person_is_kept_by_the_browser(town, signed_in) -> None:
    assert signed_in(town.mother).get("/account/").headers["Cache-Control"] == "private, no-store"


def test_health_needs_no_sign_in(town, signed_in) -> None:
    assert signed_in(None).get("/healthz").content == b"ok\n"
