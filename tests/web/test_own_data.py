"""A family takes a copy of all that is kept of it, and of nobody else."""

import csv
import io
import json
import time
import zipfile

from kinline.audit.models import AuditEvent
from kinline.contacts.models import Contact
from kinline.people.models import CustomerNumber


def copy_of(town, signed_in, customer) -> zipfile.ZipFile:
    browser = signed_in(None)
    browser.post("/sign-in/", {"username": customer.user.email, "password": "correct horse battery"})
    response = browser.post("/account/data/")
    assert response.status_code == 200
    return zipfile.ZipFile(io.BytesIO(response.content))


def test_the_copy_has_everything_of_theirs_as_tables_and_for_programs(town, signed_in) -> None:
    town.full_of_calls()
    copy = copy_of(town, signed_in, town.mother)
    tables = {"numbers", "calls", "money", "payments", "contacts", "messages", "cases", "documents", "identity"}
    tables |= {"agreements", "devices"}
    assert set(copy.namelist()) == {"account.json", *(f"{each}.{kind}" for each in tables for kind in ("json", "csv"))}
    assert json.loads(copy.read("account.json"))["email"] == "mother@town.example"
    calls = json.loads(copy.read("calls.json"))
    assert {call["number"] for call in calls} == {"+15045550901"}
    assert calls[1]["charge"] == "0.263214"
    rows = list(csv.DictReader(io.StringIO(copy.read("calls.csv").decode())))
    assert [row["call"] for row in rows] == [call["call"] for call in calls]
    assert "password" not in copy.read("account.json").decode()
    assert AuditEvent.objects.filter(action="data.downloaded").count() == 1


def test_nothing_of_others_and_no_protected_reason_is_in_it(town, signed_in) -> None:
    town.failed_call("policy.victim", "denied")
    town.call(account=None, payer="resident_debit", balance_after=987_654_321)
    Contact.objects.filter(resident=town.marcus).update(name="=HYPERLINK(1)")
    copy = copy_of(town, signed_in, town.mother)
    everything = "".join(copy.read(name).decode() for name in copy.namelist())
    assert "victim" not in everything
    assert "987" not in everything
    assert "father@" not in everything
    assert "+15045550902" not in everything
    paid_by_others = [call for call in json.loads(copy.read("calls.json")) if call["outcome"] == "completed"]
    assert [call["charge"] for call in paid_by_others] == [""]


def test_it_is_given_to_who_proved_lately_who_they_are_and_not_too_often(town, signed_in) -> None:
    assert signed_in(town.mother).post("/account/data/").headers["Location"].startswith("/prove/")
    browser = signed_in(None)
    browser.post("/sign-in/", {"username": town.mother.user.email, "password": "correct horse battery"})
    assert [browser.post("/account/data/").status_code for _ in range(6)] == [200] * 5 + [429]


def test_a_changed_number_is_asked_for_wherever_the_old_one_was_allowed(town, signed_in) -> None:
    from web.letters import texted

    town.marcus.contacts.filter(number=town.mother.numbers.get().number).update(customer=town.mother)
    browser = signed_in(town.mother)
    browser.post("/account/numbers/", {"number": "504 555 0166", "replaces": "+15045550901"})
    browser.post("/account/numbers/confirm/", {"way": "text"})
    browser.post("/account/numbers/confirm/", {"code": texted()})
    assert list(CustomerNumber.objects.filter(customer=town.mother).values_list("number", flat=True)) == [
        "+15045550166"
    ]
    asked = Contact.objects.get(resident=town.marcus, number="+15045550166")
    assert (asked.customer, asked.relationship) == (town.mother, "mother")
    assert asked.state in ("approved", "pending")


def test_a_number_that_was_given_out_again_does_not_bring_the_calls_of_who_had_it_before(town, signed_in) -> None:
    from web.letters import texted

    number, now = "+15045550166", time.time_ns() // 1_000_000
    before = town.failed_call("ring.no_answer", "no_answer", number=number, at=now - 60_000)
    browser = signed_in(town.father)
    browser.post("/account/numbers/", {"number": "504 555 0166"})
    browser.post("/account/numbers/confirm/", {"way": "text"})
    browser.post("/account/numbers/confirm/", {"code": texted()})
    since = town.failed_call("ring.no_answer", "no_answer", number=number, at=now + 60_000)
    assert [call.call_id for call in browser.get("/account/calls/").context["calls"]] == [since.pk]
    assert browser.get(f"/account/calls/{before.pk}/").status_code == 404
    assert browser.get(f"/account/calls/{since.pk}/").status_code == 200
    home = browser.get("/account/").content.decode()
    assert "1 call did not reach you" in home
