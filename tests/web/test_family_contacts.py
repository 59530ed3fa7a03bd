"""A family finds its resident, asks, is told, appeals, withdraws; and who gathers or tries another's gets nothing."""

import os
import re
import time
from pathlib import Path

import pytest
from attacks import a_picture
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinline.audit.models import AuditEvent
from kinline.contacts import services
from kinline.contacts.models import Contact, ContactSettings, PrivilegedNumber, PrivilegeRequest
from kinline.core.contacts import Act, ContactReason, Mode
from kinline.core.identity import Instant
from kinline.documents.models import Document
from kinline.people.models import CustomerNumber, Resident

PICTURES = Path(os.environ["KINLINE_PICTURES"]) if "KINLINE_PICTURES" in os.environ else None
NOW = Instant(time.time_ns() // 1_000_000)
NEW = "+15045550777"
RIGHT = {"resident_number": "100001", "last_name": "Doucet"}


@pytest.fixture(autouse=True)
def approve_first(town) -> None:
    services.keep_lists(town.jail, Mode.APPROVE_FIRST, None, {}, "user/1", Instant(0))
    CustomerNumber.objects.create(customer=town.mother, number=NEW, order=1, is_verified=True)


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def searched(browser, town, **typed: str) -> str:
    return text(browser.post(f"/account/contacts/find/?facility={town.jail.pk}", typed))


def found_address(page: str) -> str:
    return re.search(r'href="(/account/contacts/ask/[^"]+)"', page)[1]


def asked(browser, town, **more: object) -> Contact:
    address = found_address(searched(browser, town, **RIGHT))
    answer = browser.post(address, {"number": NEW, "relationship": "aunt", "message": "Sunday", **more})
    assert answer.status_code == 302, answer.content.decode()
    return Contact.objects.get(number=NEW)


def without_what_was_typed(page: str, *typed: str) -> str:
    for each in typed:
        page = page.replace(each, "")
    page = re.sub(r"</span> \d+", "</span>", page)  # how many notices are unread
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page)


def test_who_is_not_there_and_who_is_not_shown_get_the_same_answer(town, signed_in) -> None:
    mother = signed_in(town.mother)
    Resident.objects.create(
        facility=town.jail, resident_number="100009", name="Terry Boone", pin_hash="-", status="released"
    )
    answers, queries = [], []
    for number, last in (("999999", "Doucet"), ("100001", "Landry"), ("100009", "Boone"), ("100001", "Dou")):
        with CaptureQueriesContext(connection) as seen:
            page = searched(mother, town, resident_number=number, last_name=last)
        answers.append(without_what_was_typed(page, number, last))
        queries.append(len(seen))
    assert len(set(answers)) == 1
    assert "nobody whom we can show" in answers[0]
    with CaptureQueriesContext(connection) as seen:
        assert "Marcus D." in searched(mother, town, **RIGHT)
    assert set(queries) == {len(seen)}
    assert "Marcus Doucet" not in searched(mother, town, **RIGHT)
    told = AuditEvent.objects.filter(action="resident.sought")
    assert told.count() == 6
    assert not any("100001" in event.after or "Doucet" in event.after for event in told)


def test_names_are_sought_only_where_the_facility_lets_them(town, signed_in) -> None:
    mother = signed_in(town.mother)
    named = {"first_name": "Marcus", "last_name": "Doucet"}
    assert "Marcus D." not in searched(mother, town, **named)
    ContactSettings.objects.update(search_by="name")
    assert "Marcus D." in searched(mother, town, **named)
    assert "Write their first name too" in searched(mother, town, last_name="Doucet")
    assert "Marcus D." not in searched(mother, town, first_name="M", last_name="Doucet")
    ContactSettings.objects.update(search_by="number")
    assert "Marcus D." in searched(mother, town, resident_number="100001")


def test_who_searches_too_often_is_stopped(town, signed_in) -> None:
    mother = signed_in(town.mother)
    for number in range(20):
        searched(mother, town, resident_number=str(number), last_name="Doucet")
    address = f"/account/contacts/find/?facility={town.jail.pk}"
    assert mother.post(address, RIGHT).status_code == 429
    assert "Marcus D." in searched(signed_in(town.father), town, **RIGHT)


def test_a_found_address_opens_for_its_finder_alone(town, signed_in) -> None:
    address = found_address(searched(signed_in(town.mother), town, **RIGHT))
    father = signed_in(town.father)
    for tried in (address, address[:-3] + "xx/", f"/account/contacts/ask/{town.marcus.pk}/"):
        assert father.get(tried).status_code == 404
    assert AuditEvent.objects.filter(action="access.refused", actor=f"user/{town.father.user.pk}").count() == 3
    assert signed_in(town.mother).get(address).status_code == 200


def test_another_familys_request_is_not_found_and_the_attempt_is_written_down(town, signed_in) -> None:
    contact = asked(signed_in(town.mother), town)
    father = signed_in(town.father)
    path = f"/account/contacts/{contact.pk}/"
    assert father.get(path).status_code == 404
    for what in ("withdraw", "appeal", "renew"):
        assert father.post(path, {"what": what, "text": "Mine"}).status_code == 404
    assert AuditEvent.objects.filter(action="access.refused", subject=f"contact/{contact.pk}").count() == 4
    contact.refresh_from_db()
    assert (contact.state, contact.waits_for) == ("pending", "request")
    assert "Marcus D." in text(signed_in(town.mother).get(path))
    assert signed_in(town.officer).get("/account/contacts/").headers["Location"] == "/welcome/"


def test_a_family_asks_only_for_its_own_confirmed_numbers(town, signed_in) -> None:
    mother = signed_in(town.mother)
    address = found_address(searched(mother, town, **RIGHT))
    for number in ("+15045550902", "911"):
        assert "is not one of the available choices" in text(
            mother.post(address, {"number": number, "relationship": "aunt"})
        )
    CustomerNumber.objects.filter(customer=town.mother).update(is_verified=False)
    assert "First confirm a telephone number" in text(mother.get(address))
    services.keep_lists(town.jail, Mode.ALLOW_LIST, None, {}, "user/1", NOW)
    assert "takes no requests" in text(mother.get(address))


def test_an_order_of_no_contact_reads_like_a_plain_refusal_from_asking_to_appeal(town, signed_in) -> None:
    mother = signed_in(town.mother)
    owen = Resident.objects.create(facility=town.jail, resident_number="100002", name="Owen Pratt", pin_hash="-")
    for resident, state in ((town.marcus, "no_contact_order"), (owen, None)):
        if state:
            Contact.objects.create(resident=resident, number=NEW, name="Rosa", relationship="friend", state=state)
    assert "Marcus D." not in text(mother.get("/account/contacts/"))
    cases = (town.marcus, "Doucet", ContactReason.NO_CONTACT_ORDER), (owen, "Pratt", ContactReason.FACILITY_DECISION)
    seen: dict[str, list[str]] = {resident.resident_number: [] for resident, _, _ in cases}
    for resident, last, _ in cases:
        address = found_address(searched(mother, town, resident_number=resident.resident_number, last_name=last))
        mother.post(address, {"number": NEW, "relationship": "aunt"})
        path = f"/account/contacts/{Contact.objects.get(resident=resident, number=NEW).pk}/"
        seen[resident.resident_number].append(text(mother.get(path)))
    for resident, _, reason in cases:
        contact, pages = Contact.objects.get(resident=resident, number=NEW), seen[resident.resident_number]
        services.decide_contact(contact.pk, Act.REJECT, town.approver, NOW, reason=reason)
        pages.append(text(mother.get(f"/account/contacts/{contact.pk}/")))
        mother.post(f"/account/contacts/{contact.pk}/", {"what": "appeal", "text": "Please"})
        pages.append(text(mother.get(f"/account/contacts/{contact.pk}/")))
    plain = [
        [without_what_was_typed(page, "Marcus D.", "Owen P.", *re.findall(r"/contacts/\d+/", page)) for page in pages]
        for pages in seen.values()
    ]
    assert plain[0] == plain[1]
    assert "Not approved" in plain[0][1]
    assert "appeal is being decided" in plain[0][2]


def test_what_can_be_put_right_is_asked_again_at_once_and_the_rest_after_its_time(town, signed_in) -> None:
    mother = signed_in(town.mother)
    contact = asked(mother, town)
    path = f"/account/contacts/{contact.pk}/"
    services.decide_contact(contact.pk, Act.REJECT, town.approver, NOW, reason=ContactReason.RELATIONSHIP_NOT_SHOWN)
    again = found_address(text(mother.get(path)))
    assert mother.post(again, {"number": NEW, "relationship": "friend"}).headers["Location"] == path
    services.decide_contact(contact.pk, Act.REJECT, town.approver, NOW, reason=ContactReason.SUPERVISION)
    assert "/contacts/ask/" not in text(mother.get(path))
    assert "You can ask again from" in text(mother.post(again, {"number": NEW, "relationship": "friend"}))


def test_a_document_is_sent_where_the_facility_asks_for_one(town, signed_in) -> None:
    services.keep_lists(town.jail, Mode.APPROVE_FIRST, None, {"asks_document": True}, "user/1", NOW)
    mother = signed_in(town.mother)
    address = found_address(searched(mother, town, **RIGHT))
    typed = {"number": NEW, "relationship": "aunt"}
    assert "This field is required" in text(mother.post(address, typed))
    fake = SimpleUploadedFile("passport.png", b"<script>alert(1)</script>")
    assert "pictures (JPEG or PNG)" in text(mother.post(address, {**typed, "document": fake}))
    contact = asked(mother, town, document=SimpleUploadedFile("passport.png", a_picture("PNG")))
    document = Document.objects.get()
    assert (document.purpose, document.facility) == ("relationship", town.jail)
    assert "passport.png" in text(mother.get(f"/account/contacts/{contact.pk}/"))
    page = text(signed_in(town.approver).get(f"/facility/contacts/{contact.pk}/"))
    assert f"/facility/contacts/documents/{document.pk}/1/" in page
    again = found_address(searched(mother, town, **RIGHT))
    retry = {**typed, "document": SimpleUploadedFile("passport.png", a_picture("PNG"))}
    assert "You asked already" in text(mother.post(again, retry))
    services.decide_contact(contact.pk, Act.APPROVE, town.approver, NOW)
    document.refresh_from_db()
    assert document.delete_at == NOW + 30 * 86_400_000


def test_an_attorney_asks_without_an_account_and_no_call_is_touched_by_it(town, signed_in) -> None:
    nobody = signed_in(None)
    new = {"kind": "attorney", "holder": "G. Landry", "licence": "LA 12345", "number": "(504) 555-0901"}
    assert "Write ten digits" in text(nobody.post("/attorneys/", {**new, "number": "12", "email": "g@law.example"}))
    for _ in range(2):
        page = text(nobody.post("/attorneys/", {**new, "email": "G@law.example"}, follow=True))
        assert "Thank you." in page
    assert PrivilegeRequest.objects.get().number == "+15045550901"
    assert not PrivilegedNumber.objects.exists()


def test_a_family_asks_is_refused_appeals_and_is_approved(town, signed_in, chromium, address) -> None:
    session = signed_in(town.mother).cookies["sessionid"].value

    def asks(page) -> str:
        page.goto("/account/contacts/")
        page.get_by_role("link", name="Ask to be a contact").click()
        page.get_by_label("Which facility").select_option("Cypress County Jail")
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Their number").fill("100001")
        page.get_by_label("Their last name").fill("doucet")
        page.get_by_role("main").get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Ask to be a contact of Marcus D.").click()
        page.get_by_label("Which of your numbers").select_option(NEW)
        page.get_by_label("What are you to them?").select_option("aunt")
        page.get_by_role("button", name="Send the request").click()
        return page.get_by_role("main").inner_text()

    def appeals(page) -> str:
        page.goto("/account/contacts/")
        page.get_by_role("link", name="Marcus D.").click()
        before = page.get_by_role("main").inner_text()
        page.get_by_label("Why should").fill("Both are my sons")
        page.get_by_role("button", name="Send the appeal").click()
        return before + page.get_by_role("main").inner_text()

    def withdraws(page) -> str:
        page.goto("/account/contacts/")
        page.get_by_role("link", name="Marcus Doucet").first.click()
        before = page.get_by_role("main").inner_text()
        page.get_by_role("button", name="Withdraw").click()
        return before + page.get_by_role("main").inner_text()

    def journey(steps):
        return chromium.visit(steps, base=address, session=session, width=320, scripts=False)

    assert "Waiting for the facility’s decision" in journey(asks)
    contact = Contact.objects.get(number=NEW)
    services.decide_contact(contact.pk, Act.REJECT, town.approver, NOW, reason=ContactReason.NUMBER_SHARED)
    told = journey(appeals)
    assert "on the list of another resident too" in told
    assert "Your appeal is being decided" in told
    services.decide_contact(contact.pk, Act.APPROVE, town.staff("approver"), NOW)
    told = journey(withdraws)
    assert "Approved: they may call you" in told
    assert "You withdrew" in told


def test_the_pages_are_accessible_fit_and_speak_spanish(town, signed_in, chromium, address) -> None:
    mother = signed_in(town.mother)
    contact = asked(mother, town)
    services.decide_contact(contact.pk, Act.REJECT, town.approver, NOW, reason=ContactReason.DOCUMENT_UNCLEAR)
    ContactSettings.objects.update(search_by="name", asks_document=True)
    ask = found_address(searched(mother, town, **RIGHT))
    pages = {
        "people": ("/account/contacts/", "es", 320, "Personas"),
        "person": (f"/account/contacts/{contact.pk}/", "es", 320, "Apelación"),
        "person-wide": (f"/account/contacts/{contact.pk}/", "en", 1280, "could not be read"),
        "find": (f"/account/contacts/find/?facility={town.jail.pk}", "es", 320, "apellido"),
        "ask": (ask, "es", 320, "números"),
        "attorneys": ("/attorneys/", "es", 320, "abogados"),
    }
    wrong = []
    for name, (path, language, width, words) in pages.items():
        picture = PICTURES and PICTURES / f"{name}.png"
        look = chromium.visit(
            lambda page, path=path, picture=picture: chromium.look_at(page, path, picture),
            base=address,
            session=mother.cookies["sessionid"].value,
            language=language,
            width=width,
        )
        wrong += [f"{name}: {each}" for each in (*look.violations, *look.complaints)]
        if look.width > width or words not in look.text:
            wrong.append(f"{name}: {look.width} px wide, {words in look.text}")
    assert wrong == []
