"""The conversation of families with customer service, from both sides."""

import json
import os
import re
from pathlib import Path

import pytest
from attacks import a_picture
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinline.audit.models import AuditEvent
from kinline.core.identity import AccountId, CallId, Instant
from kinline.core.money import Money
from kinline.documents.models import Document
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account
from kinline.notices.models import Message, SmsConsent
from kinline.notices.preferences import agree_to_texts
from kinline.payments.models import Payment
from kinline.people.models import Role
from kinline.support.models import Case
from kinline.support.services import answer, open_case
from kinline.support.topics import Topic

NOON = 1_795_111_200_000
QUALITY = {"packets": 12_600, "lost": 900, "loss": 0.071, "jitter_ms": 34.0, "round_trip_ms": 180.0, "r_factor": 61.0}


def text(response, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_a_family_asks_about_a_call_in_spanish_support_answers_and_the_family_reads_it(
    town, address, chromium, signed_in
) -> None:
    call = town.call(quality_resident=json.dumps({**QUALITY, "mos": 3.1}))
    town.failed_call("ring.no_answer", "no_answer", at=NOON - 3_600_000)
    mother = signed_in(town.mother).cookies["sessionid"].value
    support = signed_in(town.support).cookies["sessionid"].value

    def asks(page) -> str:
        page.goto(f"/help/cases/new/?call={call.pk}")
        page.get_by_label("¿De qué se trata?").select_option(label="Casi no nos oíamos")
        page.get_by_label("¿Qué pasó y qué desea que hagamos?").fill("Se oía un zumbido <b>todo</b> el tiempo.")
        page.get_by_label("Una foto o un papel").set_input_files(
            [{"name": "recibo.png", "mimeType": "image/png", "buffer": a_picture("PNG")}]
        )
        page.get_by_role("button", name="Enviar").click()
        return page.locator("main").inner_text()

    def answers(page) -> list[str]:
        page.goto("/provider/cases/")
        page.get_by_role("link", name="We could hardly hear each other").click()
        seen = [page.locator("main").inner_text()]
        page.get_by_label("Answer, which the family reads").fill("Tiene razón: le devolvemos la mitad.")
        page.get_by_role("button", name="Send the answer").click()
        page.get_by_label("Amount, in dollars").fill("0.13")
        page.get_by_label("What happened, for staff and auditors").fill("Loss of 7 per cent")
        page.get_by_role("button", name="Give the credit").click()
        page.get_by_label("Why, in words that the family reads").fill("La línea estuvo mal.")
        page.get_by_role("button", name="Decide, and tell the family").click()
        seen.append(page.locator("main").inner_text())
        return seen

    def reads(page) -> list[str]:
        page.goto("/help/cases/")
        page.get_by_role("link", name="Casi no nos oíamos").click()
        seen = [page.locator("main").inner_text()]
        page.get_by_role("button", name="No necesito más: cerrarlo").click()
        seen.append(page.locator("main").inner_text())
        return seen

    asked = chromium.visit(asks, base=address, session=mother, language="es", scripts=False)
    case = Case.objects.get()
    assert "Recibimos su mensaje" in asked
    assert "Se oía un zumbido <b>todo</b> el tiempo." in asked
    assert "Respondemos en 48 horas." in asked
    assert "recibo.png" in asked
    assert f'href="/help/cases/{case.pk}/"' in text(signed_in(town.mother).get(f"/account/calls/{call.pk}/"))
    picture = Document.objects.get()
    assert signed_in(town.mother).get(f"/documents/{picture.pk}/1/").status_code == 302
    assert signed_in(town.support).get(f"/provider/cases/documents/{picture.pk}/1/").status_code == 302
    for other in (town.father, town.investigator):
        assert signed_in(other).get(f"/documents/{picture.pk}/1/").status_code == 404
    assert (case.call_id, case.language, case.topic) == (call.pk, "es", "bad_sound")

    facts, decided = chromium.visit(answers, base=address, session=support, scripts=False)
    for fact in ("talk.hangup_called", "3.1", "7.1", "$0.263214", "100001", "No answer"):
        assert fact in facts
    assert "Credited" in decided
    assert re.search(r"\$0\.13, The sound of a call was bad", decided)

    read, closed = chromium.visit(reads, base=address, session=mother, language="es", scripts=False)
    assert "Se devolvieron $0.13: " in read
    assert "Tiene razón" in read
    assert "Loss of 7" not in read
    assert "Este caso está cerrado." in closed
    assert [each.kind for each in Message.objects.order_by("pk")] == ["case_answered", "case_resolved"]
    assert AuditEvent.objects.filter(action="case.seen", subject=f"case/{case.pk}").exists()


def test_another_family_finds_nothing_and_the_attempt_is_written_down(town, signed_in) -> None:
    call = town.call()
    case = open_case(town.mother, Topic.BAD_SOUND, "", NOON, call=CallId(call.pk))
    father = signed_in(town.father)
    for answered in (
        father.get(f"/help/cases/{case.pk}/"),
        father.post(f"/help/cases/{case.pk}/", {"what": "write", "words": "Mine"}),
        father.get(f"/help/cases/new/?call={call.pk}"),
        father.post("/help/cases/new/", {"call": call.pk, "topic": "bad_sound", "words": "x", "reference": "a" * 32}),
        father.post("/help/cases/new/", {"payment": "b" * 32, "topic": "payment", "words": "x", "reference": "c" * 32}),
        signed_in(town.investigator).get(f"/help/cases/{case.pk}/"),
    ):
        assert answered.status_code == 404
    assert AuditEvent.objects.filter(action="access.refused", actor=f"user/{town.father.user.pk}").count() == 5
    assert case.messages.count() == 0
    assert signed_in(town.officer).get(f"/provider/cases/{case.pk}/").status_code == 404


def test_a_case_opened_from_a_payment_carries_it(town, signed_in) -> None:
    account = Account.objects.get(customer=town.mother)
    payment = Payment.objects.create(
        customer=town.mother,
        account=account,
        amount=25_000_000,
        way="new_card",
        provider="stripe",
        state="failed",
        reason="pay.declined",
        created_at=NOON,
        changed_at=NOON,
    )
    mother = signed_in(town.mother)
    address = f"/help/cases/new/?payment={payment.reference}"
    assert address in text(mother.get(f"/account/money/payments/{payment.reference}/"))
    assert "About your payment." in text(mother.get(address))
    form = {"payment": payment.reference, "topic": "payment", "words": "It was charged!", "reference": "a" * 32}
    assert "The payment" in text(mother.post("/help/cases/new/", form, follow=True))
    case = Case.objects.get()
    shown = text(signed_in(town.support).get(f"/provider/cases/{case.pk}/"))
    for fact in ("$25.00", "pay.declined", payment.reference):
        assert fact in shown


def test_what_is_wrong_in_a_form_is_said_at_its_field(town, signed_in) -> None:
    mother = signed_in(town.mother)
    form = {"topic": "account", "words": " ", "reference": "a" * 32}
    assert "Write what happened, so that we can help." in text(mother.post("/help/cases/new/", form), 422)
    form["words"] = "How?"
    page = mother.post("/help/cases/new/", form, follow=True)
    assert "How?" in text(page)
    assert mother.post("/help/cases/new/", form).headers["Location"] == page.redirect_chain[-1][0]
    case = Case.objects.get()
    assert "Write something first." in text(mother.post(f"/help/cases/{case.pk}/", {"what": "write"}), 422)
    bad = SimpleUploadedFile("photo.png", b"MZ no picture")
    refused = mother.post(f"/help/cases/{case.pk}/", {"what": "write", "words": "See:", "attachment": bad})
    assert "We take pictures (JPEG or PNG) and PDF." in text(refused, 422)
    good = SimpleUploadedFile("photo.png", a_picture("PNG"))
    page = mother.post(f"/help/cases/{case.pk}/", {"what": "write", "attachment": good}, follow=True)
    assert "photo.png" in text(page)
    mother.post(f"/help/cases/{case.pk}/", {"what": "close"})
    late = mother.post(f"/help/cases/{case.pk}/", {"what": "write", "words": "One more"}, follow=True)
    assert "Open a new one" in text(late)


def test_a_credit_is_refused_to_who_may_not_and_never_above_the_call(town, signed_in) -> None:
    call = town.call()
    account = AccountId(Account.objects.get(customer=town.mother).pk)
    ledger.deposit(account, Money.parse("1.00"), "test/deposit", Instant(NOON))
    before = books.balance(account)
    case = open_case(town.mother, Topic.WRONG_PRICE, "", NOON, call=CallId(call.pk))
    form = {"what": "credit", "reference": "c" * 32, "reason": "wrong_price", "text": "-", "amount": "9.00"}
    support = signed_in(town.support)
    assert "left to give back" in text(support.post(f"/provider/cases/{case.pk}/", form, follow=True))
    decide = {"what": "resolve", "outcome": "credited", "why": "Yes"}
    assert "First give the credit" in text(support.post(f"/provider/cases/{case.pk}/", decide, follow=True))
    assert books.balance(account) == before
    note = {"what": "note", "note": "Asked finance."}
    assert "Noted." in text(support.post(f"/provider/cases/{case.pk}/", note, follow=True))
    assert "Asked finance." not in text(signed_in(town.mother).get(f"/help/cases/{case.pk}/"))
    agree_to_texts(town.mother.user, "+15045550901", "I agree.", Instant(NOON))
    ended = text(support.post(f"/provider/cases/{case.pk}/", {"what": "end_texts"}, follow=True))
    assert "no more text messages" in ended
    assert SmsConsent.objects.get().withdrawn_by == f"user/{town.support.pk}"
    assert support.post(f"/provider/cases/{case.pk}/", {"what": "end_texts"}).status_code == 404
    assign = {"what": "assign", "to": town.support.pk}
    assert "is responsible now" in text(support.post(f"/provider/cases/{case.pk}/", assign, follow=True))
    assert "Mine (1)" in text(support.get("/provider/cases/"))
    assert signed_in(town.staff(Role.FINANCE)).post(f"/provider/cases/{case.pk}/", note).status_code == 404


def test_a_thousand_cases_ask_the_database_no_more_than_one(town, signed_in) -> None:
    def asked(browser, path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert browser.get(path).status_code == 200
        return len(asked)

    mother, support = signed_in(town.mother), signed_in(town.support)
    first = open_case(town.mother, Topic.OTHER, "Hello.", NOON, subject="Hello")
    paths = ((mother, "/help/cases/"), (support, "/provider/cases/"), (support, "/provider/cases/?queue=all&words=hel"))
    few = [asked(browser, path) for browser, path in paths]
    Case.objects.bulk_create(
        Case(
            customer=town.mother,
            topic=Topic.OTHER,
            subject=f"Hello {number}",
            language="en",
            opened_at=NOON,
            changed_at=NOON,
            waiting_since=NOON,
            assigned_to=town.support,
        )
        for number in range(1000)
    )
    many = [asked(browser, path) for browser, path in paths]
    one = asked(mother, f"/help/cases/{first.pk}/")
    for number in range(30):
        answer(first.pk, f"Answer {number}", town.support, Instant(NOON + number))
    assert many == few
    assert asked(mother, f"/help/cases/{first.pk}/") == one


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 320)])
def test_the_pages_fit_and_are_accessible(town, signed_in, chromium, address, language: str, width: int) -> None:
    measured = json.dumps({**QUALITY, "mos": 3.1})
    call = town.call(quality_resident=measured, quality_called_party=measured)
    case = open_case(town.mother, Topic.BAD_SOUND, "It hissed.\n\nAll the time.", NOON, call=CallId(call.pk))
    answer(case.pk, "We look at it.", town.support, Instant(NOON + 1))
    open_case(town.father, Topic.ACCOUNT, "How do I change my number?", NOON, subject="My number has changed")
    mother, support = signed_in(town.mother, language), signed_in(town.support, language)
    wrong = []
    for browser, path in (
        (mother, "/help/cases/"),
        (mother, f"/help/cases/new/?call={call.pk}"),
        (mother, f"/help/cases/{case.pk}/"),
        (mother, "/help/call-back/"),
        (support, "/provider/cases/"),
        (support, f"/provider/cases/{case.pk}/"),
    ):
        look = chromium.visit(
            lambda page, path=path: chromium.look_at(page, path, _picture(path, language)),
            base=address,
            session=browser.cookies["sessionid"].value,
            language=language,
            width=width,
        )
        wrong += [f"{path}: {each}" for each in (*look.violations, *look.complaints)]
        wrong += [f"{path}: {look.width} px wide"] if look.width > width else []
    assert wrong == []


def _picture(path: str, language: str) -> Path | None:
    folder = os.environ.get("KINLINE_PICTURES")
    name = re.sub(r"\W+", "-", path).strip("-")
    return Path(folder) / f"{name}-{language}.png" if folder else None
