"""A family shows what a facility asks for; staff who may see it decide, and what was sent in goes with the decision."""

import os
from datetime import date
from pathlib import Path

import attacks
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.urls import reverse
from web.letters import text

from kinline.audit.models import AuditEvent
from kinline.configuration import configuration
from kinline.core.identification import Proof
from kinline.documents.models import Document
from kinline.enrolment.models import IdentityCheck, IdentityRule
from kinline.notices.models import Message
from kinline.people.models import Role
from kinline.web.family.finding import found_address

PICTURES = Path(os.environ["KINLINE_PICTURES"]) if "KINLINE_PICTURES" in os.environ else None
BORN = date(1990, 5, 31)


def photo(content: bytes = b"", name: str = "license.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or attacks.a_picture(), "image/jpeg")


def asks(facility, proof: Proof) -> None:
    IdentityRule.objects.update_or_create(facility=facility, defaults={"proof": proof.value})


def test_nothing_is_asked_where_no_rule_says_so(town, signed_in) -> None:
    assert "Nothing is asked of you here" in text(signed_in(town.mother).get("/account/identity/"))


def test_a_document_is_sent_in_decided_and_gone(town, signed_in, django_capture_on_commit_callbacks) -> None:
    asks(town.jail, Proof.DOCUMENT)
    mother = signed_in(town.mother)
    page = mother.post("/account/identity/", {"facility": town.jail.pk, "document": photo()}, follow=True)
    assert "Somebody looks at it" in text(page)
    check = IdentityCheck.objects.get()
    asked = f"/facility/identity/{check.pk}/"
    assert [signed_in(who).get(asked).status_code for who in (town.other_investigator, town.officer)] == [404, 404]
    other = town.staff(Role.FACILITY_ADMINISTRATOR)
    other.roles.update(agency=town.other_jail.agency, facility=town.other_jail)
    assert signed_in(other).get(asked).status_code == 404
    approver = signed_in(town.approver)
    assert "Rosa Doucet" in text(approver.get("/facility/identity/"))
    page = approver.get(asked)
    assert f"img-src 'self' {configuration().files_site};" in page.headers["Content-Security-Policy"]
    assert "Choose why" in text(approver.post(asked, {"what": "refuse"}), 422)
    with django_capture_on_commit_callbacks(execute=True):
        approver.post(asked, {"what": "refuse", "reason": "expired"})
    assert not Document.objects.get().is_there
    assert not (configuration().documents / Document.objects.get().folder).exists()
    page = text(mother.get("/account/identity/"))
    assert "The document is no longer valid. Send one that is valid today." in page
    assert Message.objects.get().kind == "identity_refused"
    mother.post("/account/identity/", {"facility": town.jail.pk, "document": photo()})
    second = IdentityCheck.objects.latest("pk")
    assert "already" in text(approver.post(asked, {"what": "accept"}, follow=True))
    approver.post(f"/facility/identity/{second.pk}/", {"what": "accept"})
    assert "Nothing more is needed" in text(mother.get("/account/identity/"))
    did = AuditEvent.objects.filter(action__startswith="identity").values_list("action", flat=True)
    assert list(did) == ["identity.shown", "identity.decided"] * 2


def test_who_has_not_shown_enough_is_sent_here_before_asking_to_be_a_contact(town, signed_in) -> None:
    mother = signed_in(town.mother)
    ask = reverse("ask_contact", args=(found_address(town.mother, town.marcus.pk),))
    assert mother.get(ask).status_code == 200
    asks(town.jail, Proof.DOCUMENT)
    assert mother.get(ask).headers["Location"] == f"/account/identity/?facility={town.jail.pk}"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (attacks.SVG, "We take pictures (JPEG or PNG) and PDF"),
        (attacks.HTML_AS_JPEG, "We take pictures (JPEG or PNG) and PDF"),
        (attacks.huge_picture(), "too large"),
        (attacks.a_picture()[:200], "seems to be damaged"),
    ],
)
def test_what_is_no_picture_is_said_at_the_field_and_not_kept(town, signed_in, content: bytes, says: str) -> None:
    asks(None, Proof.DOCUMENT)
    page = text(signed_in(town.mother).post("/account/identity/", {"document": photo(content)}), 422)
    assert says in page.partition('id="id_document_error"')[2]
    assert not Document.objects.exists()


def test_what_the_provider_asks_for_the_provider_decides(town, signed_in) -> None:
    asks(None, Proof.DOCUMENT)
    signed_in(town.mother).post("/account/identity/", {"facility": town.jail.pk, "document": photo()})
    check = IdentityCheck.objects.get()
    assert check.facility is None
    assert signed_in(town.approver).get(f"/facility/identity/{check.pk}/").status_code == 404
    assert signed_in(town.support).get(f"/facility/identity/{check.pk}/").status_code == 200


def test_who_knows_the_resident_is_let_on_and_nobody_finds_out_by_trying(town, signed_in) -> None:
    asks(town.jail, Proof.KNOWLEDGE)
    type(town.marcus).objects.filter(pk=town.marcus.pk).update(birth_date=BORN)
    mother, father = signed_in(town.mother), signed_in(town.father)
    said = {"facility": town.jail.pk, "resident_number": "100001", "birth_date": "1990-05-31"}
    pages = [
        text(father.post("/account/identity/", {**said, **wrong}), 422)
        for wrong in ({"birth_date": "1990-06-01"}, {"resident_number": "999999"})
    ]
    found = ["do not go together" in page for page in pages]
    assert found == [True, True]
    assert "Marcus" not in "".join(pages)
    for _ in range(3):
        father.post("/account/identity/", {**said, "resident_number": "999999"})
    assert "too many tries" in text(father.post("/account/identity/", said), 422)
    assert "that is right" in text(mother.post("/account/identity/", said, follow=True))
    assert "Nothing more is needed" in text(mother.get("/account/identity/"))


def test_the_rule_is_set_where_one_may_and_written_down(town, signed_in) -> None:
    administrator = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))
    rule = {"facility": town.jail.pk, "proof": "document", "why": "Board decision"}
    administrator.post("/facility/identity/rule/", rule)
    assert IdentityRule.objects.get().proof == "document"
    for elsewhere in ("", town.other_jail.pk):
        assert administrator.post("/facility/identity/rule/", {**rule, "facility": elsewhere}).status_code == 404
    compliance = signed_in(town.staff(Role.COMPLIANCE))
    compliance.post("/facility/identity/rule/", {**rule, "facility": "", "proof": "knowledge"})
    event = AuditEvent.objects.filter(action="identity_rule.set").latest("pk")
    assert (event.before, event.after) == ('{"proof": "none"}', '{"proof": "knowledge"}')


@pytest.fixture
def files_listener(address, monkeypatch) -> str:
    """The files' port: the same server as `address`, listening a second time."""
    from web.conftest import _OneAtATime, _ServerThread

    connection = connections["default"]
    server = _ServerThread("localhost", _OneAtATime, connections_override={connection.alias: connection})
    server.daemon = True
    server.start()
    server.is_ready.wait()
    monkeypatch.setattr(configuration(), "files_port", server.port)
    monkeypatch.setattr(configuration(), "files_address", f"http://localhost:{server.port}")
    yield f"http://localhost:{server.port}"
    server.terminate()


def test_a_photo_is_sent_without_javascript_and_its_reviewer_sees_it_from_the_other_origin(
    town, signed_in, chromium, address, files_listener, tmp_path
) -> None:
    asks(town.jail, Proof.DOCUMENT)
    picture = tmp_path / "license.png"
    picture.write_bytes(attacks.a_picture("PNG"))

    def send(page) -> str:
        page.goto("/account/identity/")
        page.get_by_label("Su documento de identidad").set_input_files(picture)
        page.get_by_role("button", name="Enviar").click()
        page.get_by_text("Tenemos su documento").wait_for()
        return page.locator("main").inner_text()

    session = signed_in(town.mother).session.session_key
    chromium.visit(send, base=address, session=session, language="es", width=320, scripts=False)
    check = IdentityCheck.objects.get()
    reviewer = signed_in(town.approver).session.session_key

    def look(path: str, language: str, width: int, who: str):
        name = PICTURES and PICTURES / f"{path.strip('/').replace('/', '-')}-{language}-{width}.png"

        def journey(page):
            found = chromium.look_at(page, path, name)
            size = page.evaluate("document.querySelector('img.paper')?.naturalWidth ?? 0")
            return found, size

        return chromium.visit(journey, base=address, session=who, language=language, width=width)

    looks = [
        look("/account/identity/", "es", 320, session),
        look(f"/facility/identity/{check.pk}/", "en", 320, reviewer),
        look("/facility/identity/", "es", 1280, reviewer),
    ]
    assert [(each.violations, each.complaints) for each, _ in looks] == [([], [])] * len(looks)
    assert [each.width for each, _ in looks] == [320, 320, 1280]
    assert [size for _, size in looks] == [0, 320, 0]
    assert AuditEvent.objects.filter(action="document.opened").exists()
