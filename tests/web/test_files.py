"""What somebody sent in opens for who may see it, on another origin, where nothing runs; for others it is not there."""

import pytest
from django.urls import reverse

from kinline.audit.models import AuditEvent
from kinline.configuration import configuration
from kinline.documents.errors import Why
from kinline.web.files.uploads import WORDS


def opened(client, address: str, **how):
    """As a browser follows it, without a cookie of ours."""
    path = address.removeprefix(configuration().files_site)
    assert path != address
    client.cookies.clear()
    return client.get(path, SERVER_PORT=str(configuration().files_port), **how)


@pytest.fixture
def passport(town):
    return town.document("identity")


def test_a_reviewer_opens_a_page_on_an_origin_where_nothing_runs(town, signed_in, passport) -> None:
    sent_on = signed_in(town.approver).get(reverse("identity_document", args=(passport.pk, 1)))
    assert (sent_on.status_code, sent_on.headers["Referrer-Policy"]) == (302, "no-referrer")
    page = opened(signed_in(None), sent_on.headers["Location"])
    assert (page.status_code, page.headers["Content-Type"]) == (200, "image/jpeg")
    assert page.headers["Content-Disposition"] == f'inline; filename="identity-{passport.pk}-1.jpg"'
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "private, no-store"
    assert not page.cookies
    event = AuditEvent.objects.get(action="document.opened")
    assert (event.actor, event.facility) == (f"user/{town.approver.pk}", town.jail.pk)


def test_what_is_not_theirs_is_not_found_and_the_attempt_is_written_down(town, signed_in, passport) -> None:
    letter = town.document("attachment")
    of_staff = reverse("identity_document", args=(passport.pk, 1))
    asked = [
        (town.other_investigator, of_staff),
        (town.officer, of_staff),
        (town.approver, reverse("identity_document", args=(letter.pk, 1))),
        (town.approver, reverse("identity_document", args=(passport.pk, 2))),
        (town.approver, reverse("relationship_document", args=(passport.pk, 1))),
        (town.father, reverse("document", args=(letter.pk, 1))),
        (town.mother, reverse("document", args=(passport.pk, 1))),
        (town.mother, reverse("document", args=(letter.pk + 1, 1))),
    ]
    assert [signed_in(who).get(path).status_code for who, path in asked] == [404] * len(asked)
    assert AuditEvent.objects.filter(action="access.refused").count() == len(asked)
    assert signed_in(town.mother).get(reverse("document", args=(letter.pk, 1))).status_code == 302
    assert signed_in(None).get(reverse("document", args=(letter.pk, 1))).headers["Location"].startswith("/sign-in/")


def test_the_two_ports_give_out_nothing_of_each_other(town, signed_in, passport) -> None:
    mother = signed_in(town.mother)
    port = str(configuration().files_port)
    for path in ("/", "/account/", "/sign-in/", "/static/kinline/kinline.css", "/x" * 400):
        page = mother.get(path, SERVER_PORT=port)
        assert (page.status_code, page.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
        assert "sandbox" in page.headers["Content-Security-Policy"]
    assert mother.post("/", SERVER_PORT=port).status_code == 405
    address = signed_in(town.approver).get(reverse("identity_document", args=(passport.pk, 1))).headers["Location"]
    path = address.removeprefix(configuration().files_site)
    assert mother.get(path).status_code == 404
    assert mother.get("/account/", headers={"x-forwarded-port": port}).status_code == 200


def test_every_reason_against_an_upload_has_its_words() -> None:
    assert set(WORDS) == set(Why)
