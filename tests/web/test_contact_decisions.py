"""Staff decide about contacts: the queue, by keyboard alone, many at once; the registry, by two people."""

import os
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinline.audit.models import AuditEvent
from kinline.contacts import services
from kinline.contacts.models import Block, Contact, ContactDecision, PrivilegedNumber, PrivilegeKind, PrivilegeRequest
from kinline.contacts.queries import list_rules
from kinline.core.contacts import Act, Mode, Source
from kinline.core.identity import Instant
from kinline.core.numbering import E164
from kinline.facilities.models import HousingUnit, NumberRule
from kinline.people.models import Resident, Role

PICTURES = Path(os.environ["KINLINE_PICTURES"]) if "KINLINE_PICTURES" in os.environ else None
NOW = Instant(time.time_ns() // 1_000_000)
HOUR = 3_600_000


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def asked(resident: Resident, number: str, name: str, hours_ago: int = 1, relationship: str = "friend") -> Contact:
    services.keep_lists(resident.facility, Mode.APPROVE_FIRST, None, {}, "user/1", Instant(0))
    at = Instant(NOW - hours_ago * HOUR)
    return services.request_contact(resident, E164(number), name, relationship, Source.RESIDENT, "user/1", at)


@pytest.fixture
def approver(town, signed_in):
    return signed_in(town.approver)


def test_the_queue_shows_what_waits_longest_first_and_finds_by_each_filter(town, approver) -> None:
    other = HousingUnit.objects.create(facility=town.jail, name="Unit B")
    owen = Resident.objects.create(
        facility=town.jail, unit=other, resident_number="100002", name="Owen Pratt", pin_hash="-"
    )
    asked(town.marcus, "+15045550111", "Ana Young", 30, "sister")
    asked(owen, "+15045550112", "Bea Old", 200)
    asked(town.dana, "+15045550113", "Cy Elsewhere")
    Contact.objects.create(resident=owen, number="+15045550111", name="Ana too", relationship="aunt", state="approved")
    NumberRule.objects.create(agency=town.jail.agency, treatment="former_staff", number="+15045550112", note="Left")

    def found(**sought: object) -> list[str]:
        answer = approver.get("/facility/contacts/", sought)
        return [row["contact"].name for row in answer.context["rows"]]

    assert found() == ["Bea Old", "Ana Young"]
    assert found(unit=other.pk) == ["Bea Old"]
    assert found(facility=town.other_jail.pk) == found()  # of a facility that is not theirs nothing can be chosen
    assert found(relationship="sister") == ["Ana Young"]
    assert found(since="7") == ["Bea Old"]
    assert found(flag="listed") == ["Bea Old"]
    assert found(flag="shared") == ["Ana Young"]
    assert found(find="0112") == ["Bea Old"]
    assert found(state="approved", find="ana") == ["Ana too"]
    page = text(approver.get("/facility/contacts/"))
    assert "Former staff" in page
    assert "on 1 other list" in page


def test_the_queue_says_at_each_facility_how_many_wait_longer_than_nine_of_ten_did(town, approver, signed_in) -> None:
    sister = town._staff(Role.APPROVER, town.other_jail.agency, None)
    assert "longer than usual." not in text(approver.get("/facility/contacts/"))
    for place in range(10):
        decided = asked(town.marcus, f"+1504555020{place}", f"Was asked {place}", 48 if place == 9 else 2)
        services.decide_contact(decided.pk, Act.APPROVE, town.approver, NOW)
    asked(town.marcus, "+15045550111", "Ana Early")
    asked(town.marcus, "+15045550112", "Bea Late", 3)
    asked(town.marcus, "+15045550113", "Cy Later", 30)
    asked(town.dana, "+15045550114", "Dee Elsewhere", 30)

    page = approver.get("/facility/contacts/", {"since": "usual"})
    assert "2 requests wait longer than usual. Nine of ten are decided within 2 hours" in text(page)
    assert [row["contact"].name for row in page.context["rows"]] == ["Cy Later", "Bea Late"]
    assert "longer than usual." not in text(signed_in(sister).get("/facility/contacts/"))


def test_many_are_decided_with_one_reason_and_what_cannot_be_is_named(town, approver) -> None:
    first, second = asked(town.marcus, "+15045550111", "Ana"), asked(town.marcus, "+15045550112", "Bea")
    theirs = asked(town.dana, "+15045550113", "Cy")
    assert "Tick at least one" in text(approver.post("/facility/contacts/", {"bulk-act": "approve"}))
    ticked = {"contact": [first.pk, second.pk, theirs.pk], "bulk-act": "reject"}
    page = text(approver.post("/facility/contacts/", ticked, follow=True))
    assert "2 × Choose a reason" in page
    page = text(approver.post("/facility/contacts/", {**ticked, "bulk-reason": "minor"}, follow=True))
    assert "2 decided" in page
    assert set(ContactDecision.objects.values_list("contact", "reason", "by")) == {
        (first.pk, "minor", town.approver.pk),
        (second.pk, "minor", town.approver.pk),
    }
    theirs.refresh_from_db()
    assert theirs.state == "pending"


def test_one_request_is_shown_with_all_that_is_known_and_decided(town, approver) -> None:
    contact = asked(town.marcus, "+15045550111", "Ana", 24)
    owen = Resident.objects.create(facility=town.jail, resident_number="100002", name="Owen Pratt", pin_hash="-")
    Contact.objects.create(resident=owen, number=contact.number, name="Ana", relationship="aunt", state="approved")
    NumberRule.objects.create(agency=town.jail.agency, treatment="victim", number=contact.number, note="Case 12")
    Block.objects.create(number=contact.number, resident=town.marcus, blocked_by="called_party", at=NOW)
    town.failed_call("policy.contact_pending", "denied", at=NOW, number=contact.number)
    path = f"/facility/contacts/{contact.pk}/"
    page = text(approver.get(path))
    for words in ("1 other resident: <a", "Owen Pratt", "Victim or witness: Case 12", "ordinary or mobile, local"):
        assert words in page
    assert "Choose a reason" in text(approver.post(path, {"act": "reject"}))
    assert "does not fit" in text(approver.post(path, {"act": "forbid", "reason": "minor"}))
    page = text(approver.post(path, {"act": "forbid", "reason": "no_contact_order", "note": "Docket 7"}, follow=True))
    assert "Order of no contact" in page
    assert "Docket 7" in page
    mine = AuditEvent.objects.filter(subject=f"contact/{contact.pk}", actor=f"user/{town.approver.pk}")
    actions = list(mine.order_by("id").values_list("action", flat=True))
    assert actions == ["contact.seen", "contact.forbidden", "contact.seen"]


def test_who_decides_elsewhere_or_does_not_decide_gets_nowhere(town, signed_in) -> None:
    contact = asked(town.marcus, "+15045550111", "Ana")
    other = HousingUnit.objects.create(facility=town.jail, name="Unit B")
    for user in (town.officer, town.other_investigator, town.support, town.staff(Role.APPROVER, other)):
        browser = signed_in(user)
        assert browser.get(f"/facility/contacts/{contact.pk}/").status_code == 404
        assert browser.post(f"/facility/contacts/{contact.pk}/", {"act": "approve"}).status_code == 404
        assert browser.get(f"/facility/residents/{town.marcus.pk}/contacts/").status_code == 404
    assert AuditEvent.objects.filter(action="access.refused").count() == 12
    contact.refresh_from_db()
    assert contact.state == "pending"
    assert signed_in(town.approver).get("/facility/number-lists/").status_code == 404


def test_a_page_of_the_queue_takes_the_same_queries_however_many_there_are(town, approver) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            text(approver.get(path))
        return len(seen)

    contact = asked(town.marcus, "+15045550100", "One")
    few = [queries(path) for path in ("/facility/contacts/", f"/facility/contacts/{contact.pk}/")]
    for number in range(11, 41):
        asked(town.marcus, f"+150455501{number}", f"Somebody {number}")
    assert [queries(path) for path in ("/facility/contacts/", f"/facility/contacts/{contact.pk}/")] == few


def test_a_contact_is_entered_by_staff_and_listed_with_its_resident(town, approver, signed_in) -> None:
    path = f"/facility/residents/{town.marcus.pk}/contacts/"
    new = {"number": "(504) 555-0111", "name": "Ana Paz", "relationship": "aunt"}
    assert "Write ten digits" in text(approver.post(path, {**new, "number": "12"}))
    assert "Ana Paz" in text(approver.post(path, new, follow=True))
    assert "on the list already" in text(approver.post(path, new))
    Contact.objects.filter(name="Paul Doucet").update(state="no_contact_order")
    page = text(approver.get(f"/facility/residents/{town.marcus.pk}/"))
    assert "Order of no contact" in page
    assert f"/facility/contacts/{Contact.objects.get(name='Ana Paz').pk}/" in page
    assert "Order of no contact" not in text(signed_in(town.support).get(f"/facility/residents/{town.marcus.pk}/"))


def test_lists_kept_before_are_tried_and_taken_from_a_file(town, approver, signed_in) -> None:
    path = f"/facility/contacts/import/{town.jail.pk}/"
    data = (
        "resident_number,number,name,relationship\n"
        "100001,504-555-0111,Ana Paz,Aunt\n"
        "100001,12,Bo,friend\n"
        "999999,5045550112,Cy,friend\n"
        f"100001,{town.marcus.contacts.earliest('pk').number},Rosa,mother\n"
        "100001,5045550113\n"
    )

    def sent(text_: str = data, **more: str) -> str:
        return text(approver.post(path, {"file": SimpleUploadedFile("list.csv", text_.encode()), **more}))

    page = sent(is_trial="on")
    assert "1 line would be a contact" in page
    for words in ("Write ten digits", "No resident of this facility", "on the list already", "more or fewer cells"):
        assert words in page
    assert not Contact.objects.filter(name="Ana Paz").exists()
    assert "1 contact is on its list now" in sent()
    taken = Contact.objects.get(name="Ana Paz")
    assert (taken.state, taken.asked_by, taken.relationship) == ("approved", "import", "aunt")
    assert "at most 500 lines" in sent("name\n" + "x\n" * 501)
    assert "must name the columns" in sent("\n")
    assert approver.get(f"/facility/contacts/import/{town.other_jail.pk}/").status_code == 404


def test_how_lists_are_kept_is_set_by_the_facilitys_administrator(town, signed_in) -> None:
    administrator = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))
    assert administrator.get("/facility/contacts/lists/").headers["Location"].endswith(f"/{town.jail.pk}/")
    path = f"/facility/contacts/lists/{town.jail.pk}/"
    new = {"mode": "allow_list", "search_by": "name", "contacts_at_most": 20, "approval_days": 90}
    new |= {"announce_days": 14, "ask_again_days": 30, "appeal_days": 30}
    assert "Saved" in text(administrator.post(path, new, follow=True))
    town.jail.refresh_from_db()
    rules = list_rules(town.jail, NOW + 10**12)
    assert (rules.mode, rules.at_most, rules.settings.search_by) == (Mode.ALLOW_LIST, 20, "name")
    assert administrator.get(f"/facility/contacts/lists/{town.other_jail.pk}/").status_code == 404


def test_a_privileged_number_is_asked_for_entered_verified_and_revoked(town, signed_in) -> None:
    pat, kim = signed_in(town.approver), signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))
    services.ask_for_privilege(
        E164("+15045550199"), PrivilegeKind.ATTORNEY, "G. Landry", "Landry LLC", "LA 12345", "g@law.example", "en", NOW
    )
    request = PrivilegeRequest.objects.get()
    assert "LA 12345" in text(pat.get("/facility/registry/"))
    assert "Say what shows" in text(
        pat.post("/facility/registry/", {"what": "take", "request": request.pk}, follow=True)
    )
    took = {"what": "take", "request": request.pk, "why": "Bar roll"}
    assert "Somebody else must verify" in text(pat.post("/facility/registry/", took, follow=True))
    entry = PrivilegedNumber.objects.get()
    assert (entry.agency, entry.entered_by) == (town.jail.agency, town.approver)
    verify = {"what": "verify", "entry": entry.pk}
    assert "You entered it yourself" in text(pat.post("/facility/registry/", verify, follow=True))
    stranger = signed_in(town.staff(Role.COMPLIANCE))
    assert "G. Landry" in text(stranger.get("/facility/registry/"))
    elsewhere = town._staff(Role.APPROVER, town.other_jail.agency, None)
    assert signed_in(elsewhere).post("/facility/registry/", verify).status_code == 404
    assert "Verified." in text(kim.post("/facility/registry/", verify, follow=True))
    assert "faster" in text(kim.post("/facility/registry/", verify, follow=True))
    revoke = {"what": "revoke", "entry": entry.pk}
    assert "Say why" in text(pat.post("/facility/registry/", revoke, follow=True))
    assert "Revoked." in text(pat.post("/facility/registry/", {**revoke, "why": "Retired"}, follow=True))
    new = {"what": "enter", "enter-number": "5045550198", "enter-kind": "clergy", "enter-holder": "Fr. Tim"}
    new |= {"enter-evidence": "Letter", "enter-agency": town.jail.agency.pk, "enter-is_free": "on"}
    assert "No resident of yours" in text(kim.post("/facility/registry/", {**new, "enter-resident_number": "200001"}))
    assert "Entered." in text(kim.post("/facility/registry/", {**new, "enter-resident_number": "100001"}, follow=True))
    assert PrivilegedNumber.objects.get(kind="clergy").resident == town.marcus


def test_an_agency_keeps_its_lists_of_numbers(town, signed_in) -> None:
    investigator = signed_in(town.staff(Role.INVESTIGATOR))
    new = {
        "what": "add",
        "agency": town.jail.agency.pk,
        "treatment": "victim",
        "number": "5045550177",
        "why": "Case 12",
    }
    page = text(investigator.post("/facility/number-lists/", new, follow=True))
    assert "Case 12" in page
    assert "on the list already" in text(investigator.post("/facility/number-lists/", new))
    rule = NumberRule.objects.get(agency=town.jail.agency)
    elsewhere = signed_in(town.other_investigator)
    assert elsewhere.post("/facility/number-lists/", {"rule": rule.pk, "why": "No"}).status_code == 404
    assert "Say why" in text(investigator.post("/facility/number-lists/", {"rule": rule.pk}, follow=True))
    investigator.post("/facility/number-lists/", {"rule": rule.pk, "why": "Case closed"})
    assert not NumberRule.objects.filter(pk=rule.pk).exists()
    events = AuditEvent.objects.filter(action__startswith="number.").order_by("id")
    assert [event.reason for event in events] == ["Case 12", "Case closed"]


def test_an_officer_of_the_night_decides_by_keyboard_alone(town, approver, chromium, address) -> None:
    first = asked(town.marcus, "+15045550111", "Ana Paz", 9)
    second = asked(town.marcus, "+15045550112", "Bea Paz", 8)
    third = asked(town.marcus, "+15045550113", "Cy Paz", 7)

    def tab_to(page, words: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if (
                page.evaluate(
                    "(document.activeElement.getAttribute('aria-label') || document.activeElement.labels?.[0]"
                    "?.innerText || document.activeElement.innerText || '').trim()"
                )
                == words
            ):
                return
        raise AssertionError(f"no way to {words!r} by keyboard")

    def journey(page) -> list[str]:
        page.goto("/facility/contacts/")
        tab_to(page, "Ana Paz")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/contacts/{first.pk}/")
        tab_to(page, "Approve")
        page.keyboard.press("Space")
        tab_to(page, "Decide and go to the next")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/contacts/{second.pk}/#content")
        seen = [page.get_by_role("status").inner_text()]
        page.goto("/facility/contacts/")
        for name in ("Bea Paz", "Cy Paz"):
            tab_to(page, f"Tick {name}")
            page.keyboard.press("Space")
        tab_to(page, "Decision")
        page.keyboard.type("Do not")
        tab_to(page, "Reason, when not approved")
        page.keyboard.type("Under")
        tab_to(page, "Decide")
        page.keyboard.press("Enter")
        seen.append(page.get_by_role("status").first.inner_text())
        return seen

    told = chromium.visit(journey, base=address, session=approver.cookies["sessionid"].value, scripts=False)
    assert ["Decided" in told[0], "2 decided" in told[1]] == [True, True]
    states = dict(Contact.objects.filter(pk__in=(first.pk, second.pk, third.pk)).values_list("name", "state"))
    assert states == {"Ana Paz": "approved", "Bea Paz": "rejected", "Cy Paz": "rejected"}
    assert set(ContactDecision.objects.filter(act="reject").values_list("reason", flat=True)) == {"minor"}


def test_two_people_put_a_number_on_the_registry_in_their_browsers(
    town, approver, signed_in, chromium, address
) -> None:
    administrator = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))

    def enters(page) -> str:
        page.goto("/facility/registry/")
        page.get_by_label("Telephone number").fill("(504) 555-0198")
        page.get_by_label("Whose it is").select_option("clergy")
        page.get_by_label("Name", exact=True).fill("Fr. Tim")
        page.get_by_label("What shows that the number is theirs").fill("Diocesan directory")
        page.get_by_role("button", name="Enter", exact=True).click()
        return page.get_by_role("main").inner_text()

    def verifies(page) -> str:
        page.goto("/facility/registry/")
        page.get_by_role("button", name="Verify Fr. Tim").click()
        return page.get_by_role("status").inner_text()

    def journey(steps, browser) -> str:
        return chromium.visit(steps, base=address, session=browser.cookies["sessionid"].value, scripts=False)

    told = journey(enters, approver)
    assert "You entered it: somebody else verifies it" in told
    assert "Verified." in journey(verifies, administrator)
    entry = PrivilegedNumber.objects.get()
    assert (entry.entered_by, entry.verified is not None) == (town.approver, True)
    assert entry.verified_by_id not in (None, town.approver.pk)


def test_the_pages_are_accessible_fit_and_speak_spanish(town, signed_in, chromium, address) -> None:
    user = town.staff(Role.FACILITY_ADMINISTRATOR)
    client = signed_in(user)
    contact = asked(town.marcus, "+15045550111", "Ana Paz", 30)
    owen = Resident.objects.create(facility=town.jail, resident_number="100002", name="Owen Pratt", pin_hash="-")
    Contact.objects.create(resident=owen, number=contact.number, name="Ana", relationship="aunt", state="approved")
    NumberRule.objects.create(
        agency=town.jail.agency, treatment="former_staff", number=contact.number, note="Left in May", put_at=NOW
    )
    services.enter_privileged(
        E164("+15045550199"),
        PrivilegeKind.ATTORNEY,
        "G. Landry",
        "Bar roll",
        town.approver,
        NOW,
        agency=town.jail.agency,
    )
    services.ask_for_privilege(
        E164("+15045550198"), PrivilegeKind.CLERGY, "Fr. Tim", "St. Ann", "Letter", "t@ann.example", "en", NOW
    )
    pages = {
        "contact-queue": ("/facility/contacts/?tick=all", "es", 320, "Contactos"),
        "contact-queue-wide": ("/facility/contacts/", "en", 1280, "the longest waiting first"),
        "contact-case": (f"/facility/contacts/{contact.pk}/", "es", 320, "Decidir"),
        "contact-case-wide": (f"/facility/contacts/{contact.pk}/", "en", 1280, "Former staff"),
        "contact-lists": (f"/facility/contacts/lists/{town.jail.pk}/", "es", 320, "listas"),
        "contact-import": (f"/facility/contacts/import/{town.jail.pk}/", "es", 320, "contactos"),
        "registry": ("/facility/registry/", "es", 320, "privilegiados"),
        "number-lists": ("/facility/number-lists/", "es", 320, "Listas de números"),
        "enter-contact": (f"/facility/residents/{town.marcus.pk}/contacts/", "es", 320, "contacto"),
        "resident-contacts": (f"/facility/residents/{town.marcus.pk}/", "en", 320, "Ana Paz"),
    }
    wrong = []
    for name, (path, language, width, words) in pages.items():
        picture = PICTURES and PICTURES / f"{name}.png"
        look = chromium.visit(
            lambda page, path=path, picture=picture: chromium.look_at(page, path, picture),
            base=address,
            session=client.cookies["sessionid"].value,
            language=language,
            width=width,
        )
        wrong += [f"{name}: {each}" for each in (*look.violations, *look.complaints)]
        if look.width > width or words not in look.text:
            wrong.append(f"{name}: {look.width} px wide, {words in look.text}")
    assert wrong == []
