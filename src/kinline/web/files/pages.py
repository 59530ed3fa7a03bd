"""`/documents/...`, for staff one address for each purpose: open one page of what somebody sent in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from kinline.documents.models import Document, Purpose
from kinline.documents.queries import READ_BY_THEIR_OWNER, address_for, may_read
from kinline.people.models import User
from kinline.web.staff.access import Permission, staff_page
from kinline.web.trail import refuse


@require_GET
@login_required
def document(request: HttpRequest, document_id: int, page: int) -> HttpResponse:
    """For families: what is theirs to read."""
    return opened(request, document_id, page, *READ_BY_THEIR_OWNER)


@require_GET
@staff_page(Permission.REVIEW_IDENTITY)
def of_identity(request: HttpRequest, identity_document: int, page: int) -> HttpResponse:
    return opened(request, identity_document, page, Purpose.IDENTITY)


@require_GET
@staff_page(Permission.DECIDE_CONTACTS)
def of_relationship(request: HttpRequest, relationship_document: int, page: int) -> HttpResponse:
    return opened(request, relationship_document, page, Purpose.RELATIONSHIP)


@require_GET
@staff_page(Permission.ANSWER_CASES)
def of_attachment(request: HttpRequest, attachment_document: int, page: int) -> HttpResponse:
    return opened(request, attachment_document, page, Purpose.ATTACHMENT)


def opened(request: HttpRequest, document_id: int, page: int, *purposes: Purpose) -> HttpResponse:
    """On to the page, if the reader may see it and it was sent in for one of these purposes; any other is not found,
    and that it was asked for is written down."""
    found = Document.objects.filter(pk=document_id, purpose__in=purposes).first()
    reader = request.user
    if found is None or not isinstance(reader, User) or page not in range(1, found.pages + 1):
        refuse(request, f"document/{document_id}")
    if not may_read(reader, found):
        refuse(request, f"document/{document_id}")
    response = redirect(address_for(found, reader, page))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
