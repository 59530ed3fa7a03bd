"""What strangers send in is drawn anew, sealed, read by whom its purpose names, and gone when its time has come."""

import io
import os
import time
from pathlib import Path

import attacks
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from make import DAY, NOON, a_facility
from PIL import Image

from kinline.audit.models import AuditEvent
from kinline.configuration import configuration
from kinline.core.identity import Instant
from kinline.documents import services
from kinline.documents.errors import UnacceptableUpload, Why
from kinline.documents.models import Document, Purpose
from kinline.documents.queries import READERS, address_for, may_read, open_page
from kinline.documents.remaking import LARGEST, LONGEST_SIDE, remade
from kinline.people.models import Role, StaffRole, User

PROVIDER = {Role.SUPPORT, Role.PLATFORM_ADMINISTRATOR}


def a_user(name: str = "rosa") -> User:
    return User.objects.create_user(f"{name}@example.org", "correct horse battery", name=name)


def kept(owner: User, purpose: Purpose = Purpose.IDENTITY, content: bytes = b"", **how: object) -> Document:
    upload = SimpleUploadedFile("../../etc/pass\nport.jpg", content or attacks.a_picture())
    return services.keep(owner, purpose, upload, NOON, **how)


def files_of(document: Document) -> list[Path]:
    return sorted((configuration().documents / document.folder).glob("*"))


def test_a_photo_comes_out_turned_as_it_was_seen_and_says_nothing_of_where_it_was_taken() -> None:
    photo = attacks.with_a_place()
    assert b"SecretPhoneMaker" in photo
    assert b"SecretComment" in photo
    [page] = remade(photo)
    with Image.open(io.BytesIO(page)) as seen:
        assert (seen.format, seen.size) == ("JPEG", (200, 320))
        assert not seen.getexif()
    assert b"Secret" not in page


def test_a_large_picture_is_made_smaller_and_what_is_clear_in_it_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (5000, 2500), (0, 0, 0, 0)).save(file, "PNG")
    [page] = remade(file.getvalue())
    with Image.open(io.BytesIO(page)) as seen:
        assert seen.size == (LONGEST_SIDE, LONGEST_SIDE // 2)
        assert seen.getpixel((10, 10)) == (255, 255, 255)


def test_nothing_of_a_stranger_is_in_what_comes_out() -> None:
    assert len(remade(attacks.a_pdf(pages=3))) == 3
    for content in (attacks.polyglot(), attacks.pdf_with_a_script()):
        [page] = remade(content)
        assert page.startswith(b"\xff\xd8\xff")
        assert b"script" not in page.lower()
        assert page.endswith(b"\xff\xd9")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Why.EMPTY),
        (bytes(LARGEST + 1), Why.TOO_LARGE),
        (attacks.SVG, Why.NOT_TAKEN),
        (attacks.HTML_AS_JPEG, Why.NOT_TAKEN),
        (b"GIF89a" + bytes(100), Why.NOT_TAKEN),
        (b"\xff\xd8\xff" + attacks.HTML_AS_JPEG, Why.UNREADABLE),
        (attacks.a_picture(size=(2000, 2000))[:9000], Why.UNREADABLE),
        (attacks.huge_picture(), Why.TOO_MANY_PIXELS),
        (b"%PDF-1.7 and nothing more", Why.UNREADABLE),
        (attacks.a_pdf(pages=11), Why.TOO_MANY_PAGES),
    ],
    ids=lambda each: each.value if isinstance(each, Why) else "",
)
def test_what_cannot_be_kept_is_refused_with_why(content: bytes, why: Why) -> None:
    with pytest.raises(UnacceptableUpload) as refused:
        remade(content)
    assert refused.value.why is why


def test_a_page_is_stored_sealed_for_its_owner_alone_under_a_name_of_ours(db: None) -> None:
    document = kept(a_user())
    assert document.name == "passport.jpg"
    [file] = files_of(document)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert b"JFIF" not in file.read_bytes()
    assert AuditEvent.objects.get().action == "document.kept"


def test_a_sealed_page_that_lies_in_anothers_place_does_not_open(db: None) -> None:
    reader = a_user("support")
    StaffRole.objects.create(user=reader, role=Role.SUPPORT)
    one, other = kept(a_user()), kept(a_user("paul"))
    files_of(other)[0].chmod(0o600)
    files_of(other)[0].write_bytes(files_of(one)[0].read_bytes())
    token = address_for(other, reader).rpartition("/")[2]
    assert open_page(token, NOON) is None


@pytest.mark.parametrize("purpose", Purpose)
def test_only_the_roles_of_its_purpose_at_its_place_may_read_it(db: None, purpose: Purpose) -> None:
    jail, elsewhere = a_facility(), a_facility()
    owner = a_user()
    at_the_jail, of_the_provider = kept(owner, purpose, facility=jail), kept(owner, purpose)
    allowed = {True: set(), False: set()}
    for role in Role:
        for facility in (jail, elsewhere):
            reader = a_user(f"{role}{facility.pk}")
            is_provider = role in {Role.SUPPORT, Role.FINANCE, Role.COMPLIANCE, Role.PLATFORM_ADMINISTRATOR}
            where = {} if is_provider else {"agency": facility.agency, "facility": facility}
            StaffRole.objects.create(user=reader, role=role, **where)
            if facility == jail or is_provider:
                if may_read(reader, at_the_jail):
                    allowed[True].add(role)
                if may_read(reader, of_the_provider):
                    allowed[False].add(role)
            else:
                assert not may_read(reader, at_the_jail)
    expected = {
        Purpose.IDENTITY: {Role.APPROVER, Role.FACILITY_ADMINISTRATOR, Role.SUPPORT},
        Purpose.RELATIONSHIP: {Role.APPROVER, Role.FACILITY_ADMINISTRATOR},
        Purpose.ATTACHMENT: PROVIDER,
    }[purpose]
    assert allowed == {True: expected, False: expected & PROVIDER}
    assert set(READERS) == set(Purpose)
    assert may_read(owner, of_the_provider) == (purpose is Purpose.ATTACHMENT)
    assert not may_read(a_user("stranger"), of_the_provider)


def test_an_address_dies_with_the_minute_the_password_the_role_and_the_document(db: None, monkeypatch) -> None:
    reader = a_user("support")
    role = StaffRole.objects.create(user=reader, role=Role.SUPPORT)
    document = kept(a_user())
    assert configuration().files_site != configuration().site

    def token() -> str:
        return address_for(document, reader).rpartition("/")[2]

    fresh = token()
    opened = open_page(fresh, NOON)
    assert opened is not None
    assert opened.content.startswith(b"\xff\xd8\xff")
    assert open_page(fresh + "x", NOON) is None
    assert open_page(address_for(document, reader, page=2).rpartition("/")[2], NOON) is None
    with monkeypatch.context() as later:
        now = time.time()
        later.setattr(time, "time", lambda: now + 61)
        assert open_page(fresh, NOON) is None
    role.delete()
    assert open_page(fresh, NOON) is None
    StaffRole.objects.create(user=reader, role=Role.SUPPORT)
    assert open_page(fresh, NOON) is not None
    reader.set_password("another one, longer")
    reader.save()
    assert open_page(fresh, NOON) is None
    last = token()
    services.delete_at(document, NOON)
    services.delete_due(NOON)
    assert open_page(last, NOON) is None
    did = list(AuditEvent.objects.exclude(action="document.kept").order_by("id").values_list("action", flat=True))
    assert did == ["document.opened", "access.refused", "access.refused", "document.opened", "access.refused"]


def test_a_decided_document_goes_with_the_decision_and_stays_when_that_was_rolled_back(
    db: None, django_capture_on_commit_callbacks
) -> None:
    document = kept(a_user())
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        services.delete(document, NOON, "user/1", "decided")
        transaction.set_rollback(True)
    document.refresh_from_db()
    assert document.is_there
    with django_capture_on_commit_callbacks(execute=True):
        services.delete(document, NOON, "user/1", "decided")
    document.refresh_from_db()
    assert not document.is_there
    assert not (configuration().documents / document.folder).exists()
    services.delete_due(NOON)


def test_what_nobody_decides_goes_by_itself_and_what_was_never_written_down_too(db: None) -> None:
    document = kept(a_user())
    stray = configuration().documents / document.folder.partition("/")[0] / "stray"
    stray.mkdir()
    (stray / "1").write_bytes(b"sealed")
    now = Instant(time.time_ns() // 1_000_000)
    services.sweep(now)
    assert stray.exists()
    os.utime(stray / "1", (0, 0))
    os.utime(files_of(document)[0], (0, 0))
    assert services.sweep(now) == 1
    assert not stray.exists()
    assert services.delete_due(Instant(NOON + 89 * DAY)) == 0
    assert services.delete_due(Instant(NOON + 90 * DAY)) == 1
    assert files_of(document) == []


def test_one_person_sends_in_only_so_many_a_day(db: None, monkeypatch) -> None:
    monkeypatch.setattr(services, "MOST_A_DAY", 1)
    rosa = a_user()
    kept(rosa)
    with pytest.raises(UnacceptableUpload) as refused:
        kept(rosa)
    assert refused.value.why is Why.TOO_MANY
    kept(a_user("paul"))
