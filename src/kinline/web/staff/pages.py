"""`/facility/calls/...`: one call, and its recording."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kinline.audit.actions import Action
from kinline.calls.models import Call
from kinline.recordings.queries import recording_of
from kinline.web.staff.access import Permission, staff_page, within
from kinline.web.staff.calls import as_staff_reads_it, calls_where, time_line
from kinline.web.staff.live.cutting import form_for
from kinline.web.staff.sound import sound
from kinline.web.trail import refuse, write_down


@require_safe
@staff_page(Permission.SEE_CALLS)
def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """One call with its time line. That it was looked at is written down."""
    shown = _call_where(request, call_id, Permission.SEE_CALLS)
    write_down(request, Action.CALL_SEEN, f"call/{call_id}", shown.facility_id)
    may_listen = Call.objects.filter(within(request.user, Permission.HEAR_RECORDINGS), pk=call_id).exists()
    facts = as_staff_reads_it(shown)
    return render(
        request,
        "kinline/call.html",
        {
            "call": facts,
            "may_listen": may_listen and facts.has_recording,
            "is_sealed": shown.is_privileged and recording_of(facts.call_id) is not None,
            "cutting": form_for(request, shown),
            "steps": time_line(shown),
        },
    )


@require_safe
@staff_page(Permission.HEAR_RECORDINGS)
def recording(request: HttpRequest, call_id: int) -> HttpResponseBase:
    """The sound of a call, for roles that may hear it. Each time is written down before a byte is sent.

    A privileged call has no recording; were there a file by mistake, it would not be given out.
    """
    heard = _call_where(request, call_id, Permission.HEAR_RECORDINGS)
    if heard.is_privileged or not heard.recording:
        refuse(request, f"recording/{call_id}")
    if request.method == "GET":
        write_down(request, Action.RECORDING_HEARD, f"call/{call_id}", heard.facility_id)
    return sound(request, heard.recording)


def _call_where(request: HttpRequest, call_id: int, permission: Permission) -> Call:
    call = calls_where(within(request.user, permission)).filter(pk=call_id).first()
    if call is None:
        refuse(request, f"call/{call_id}")
    return call
