"""A family's history of calls: every attempt, why, what can be done; narrowed, paged, kept as a file, disputed."""

import csv
import io
import json
import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from make import DAY, MINUTE

from kinline.calls.models import Call
from kinline.core.identity import Instant, new_call_id
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.queries import house_account
from kinline.support.models import Case

NOON = 1_795_111_200_000
MOTHER, FATHER = "+15045550901", "+15045550902"


def text(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def shown(answer) -> list[int]:
    return [call.call_id for call in answer.context["calls"]]


def test_an_attempt_that_never_reached_them_says_why_and_offers_what_helps(town, signed_in) -> None:
    town.failed_call("fund.insufficient", "denied", number=FATHER)
    town.failed_call("offer.no_key", "no_answer", number=FATHER, at=NOON + MINUTE)
    page = text(signed_in(town.father).get("/account/calls/"))
    assert "There is not enough money in your account." in page
    assert 'href="/account/money/#add">Add money<' in page
    assert "No key was pressed in time" in page
    assert "Test my phone<" in page


def test_the_history_is_narrowed_by_resident_number_outcome_and_month(town, signed_in) -> None:
    talked = town.call()
    missed = town.failed_call("ring.no_answer", "no_answer", at=NOON + MINUTE)
    declined = town.failed_call("offer.refused", "refused", at=NOON - 40 * DAY)
    family = signed_in(town.mother)

    def asked(query: str) -> list[int]:
        return shown(family.get(f"/account/calls/?{query}"))

    assert asked("") == [missed.pk, talked.pk, declined.pk]
    assert asked("outcome=talked") == [talked.pk]
    assert asked("outcome=missed") == [missed.pk]
    assert asked("outcome=declined") == [declined.pk]
    assert asked("month=2026-10") == [declined.pk]
    assert asked(f"resident={town.marcus.pk}&month=2026-11") == [missed.pk, talked.pk]
    assert asked(f"resident={town.dana.pk}") == [missed.pk, talked.pk, declined.pk]  # nobody on their list: no choice
    assert asked("number=%2B15045550901") == [missed.pk, talked.pk, declined.pk]
    assert asked("number=%2B15045550902&month=never&before=x") == [missed.pk, talked.pk, declined.pk]


def test_pages_follow_each_other_without_a_gap(town, signed_in) -> None:
    made = [town.call(at=NOON + hour * MINUTE).pk for hour in range(45)]
    family, seen, address = signed_in(town.mother), [], "?"
    pages = 0
    while address:
        answer = family.get(f"/account/calls/{address}")
        seen += shown(answer)
        pages += 1
        address = f"?{answer.context['older']}" if answer.context["older"] else ""
    assert (seen, pages) == (made[::-1], 3)
    newer = family.get(f"/account/calls/?before={made[20]}")
    assert shown(newer) == made[19:0:-1] + made[:1]
    back = family.get(f"/account/calls/?{newer.context['newer']}")
    assert shown(back) == made[39:19:-1]
    assert shown(family.get(f"/account/calls/?{back.context['newer']}")) == made[:39:-1]
    assert not family.get(f"/account/calls/?{back.context['newer']}").context["newer"]


def test_ten_thousand_calls_ask_the_database_no_more_than_ten(town, signed_in) -> None:
    account = Account.objects.get(customer=town.mother)
    revenue = house_account(AccountKind.REVENUE)
    pattern = town.call(charge=1000, taxes=0, credited=0)
    fields = {each.attname: getattr(pattern, each.attname) for each in Call._meta.concrete_fields}

    def history(numbers: range) -> None:
        made = [(new_call_id(Instant(at), n), at) for n, at in ((n, NOON - n * MINUTE) for n in numbers)]
        Call.objects.bulk_create(Call(**{**fields, "id": call, "opened_at": at}) for call, at in made)
        Transfer.objects.bulk_create(
            Transfer(
                key=f"call/{call}/charge",
                inputs="-",
                debit_id=account.pk,
                credit_id=revenue,
                amount=1000,
                reason="charge",
                call_id=call,
                at=at,
            )
            for call, at in made
        )

    family = signed_in(town.mother)
    month = "?month=2026-11"
    pages = ("/account/", "/account/calls/", f"/account/calls/{month}&outcome=talked", f"/account/statement/{month}")

    def counted() -> list[int]:
        counts = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert family.get(page).status_code == 200
            counts.append(len(queries))
        return counts

    history(range(1, 10))
    counted()  # what is kept for the process is kept now
    few = counted()
    history(range(10, 10_000))
    assert Call.objects.filter(account=account).count() == 10_000
    assert counted() == few
    assert max(few) <= 26


def test_how_a_call_sounded_is_one_word(town, signed_in) -> None:
    legs = [json.dumps({"packets": 5000, "mos": mos}) for mos in (4.4, 3.5)]
    call = town.call(quality_resident=legs[0], quality_called_party=legs[1])
    family = signed_in(town.mother)
    assert "the sound was fair" in text(family.get("/account/calls/"))
    assert "the sound was fair" in text(family.get(f"/account/calls/{call.pk}/"))


def test_the_history_can_be_kept_as_a_spreadsheet(town, signed_in) -> None:
    town.call()
    town.failed_call("ring.no_answer", "no_answer", at=NOON + MINUTE)
    town.call(number=FATHER, account=None)
    answer = signed_in(town.mother, "es").get("/account/calls.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="calls.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(line["Resultado"], line["Precio"]) for line in lines] == [
        ("No conectada", "0.00"),
        ("Conectada", "0.263214"),
    ]
    assert lines[0]["Por qué"] == "Tuvo una llamada perdida."


def test_a_call_is_disputed_in_three_taps_by_keyboard_alone(town, signed_in, address, chromium) -> None:
    call = town.call()
    session = signed_in(town.mother).cookies["sessionid"].value

    def journey(page) -> list[str]:
        page.goto(f"/account/calls/{call.pk}/")
        page.get_by_role("link", name="Something was wrong with this call").press("Enter")
        page.get_by_label("We could hardly hear each other").press("Space")
        page.get_by_role("button", name="Send").press("Enter")
        return [page.url, page.get_by_role("main").inner_text()]

    url, told = chromium.visit(journey, session=session, base=address, scripts=False)
    case = Case.objects.get()
    assert re.search(rf"/help/cases/{case.pk}/$", url)
    assert "We have your message" in told
    assert (case.topic, case.call_id, case.customer) == ("bad_sound", call.pk, town.mother)
    assert json.loads(case.facts)["call"]


def test_a_dispute_needs_a_reason_and_a_call_that_is_over_and_theirs(town, signed_in) -> None:
    call = town.call()
    family = signed_in(town.mother)
    wrong = family.post(f"/account/calls/{call.pk}/dispute/", {"reference": "a" * 32})
    assert wrong.status_code == 422
    assert "Choose what was wrong." in wrong.content.decode()
    live = town.call(at=NOON + MINUTE, state="accepted", disposition="", reason="", ended_at=None, settled_at=None)
    assert family.get(f"/account/calls/{live.pk}/dispute/").headers["Location"] == f"/account/calls/{live.pk}/"
    sent = {"reference": "b" * 32, "topic": "bad_sound"}
    assert signed_in(town.father).post(f"/account/calls/{call.pk}/dispute/", sent).status_code == 404
    assert not Case.objects.exists()


def test_choosing_shows_what_fits_at_once_where_scripts_run(town, signed_in, address, chromium) -> None:
    town.call()
    town.failed_call("ring.no_answer", "no_answer", at=NOON + MINUTE)
    session = signed_in(town.mother).cookies["sessionid"].value

    def journey(page) -> list[str]:
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto("/account/calls/")
        page.get_by_text("Choose which calls to see").click()
        page.get_by_label("What became of it").select_option("missed")
        page.wait_for_url("**/account/calls/?**outcome=missed**")
        page.wait_for_function("document.querySelectorAll('#found .call').length === 1")
        return [*complaints, page.locator("#found").inner_text()]

    told = chromium.visit(journey, session=session, base=address)
    assert len(told) == 1
    assert "You missed a call." in told[0]
