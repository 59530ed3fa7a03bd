"""`/facility/visiting-rules/`: what a facility tells families about visits, in both languages."""

import time

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kinline.core.identity import Instant, Language
from kinline.facilities.models import VisitingRules
from kinline.facilities.services import say_visiting_rules
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.trail import refuse


class VisitingForm(forms.Form):
    """A text in each language; blank lines make paragraphs."""

    en = forms.CharField(
        label=gettext_lazy("In English"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 10})
    )
    es = forms.CharField(
        label=gettext_lazy("In Spanish"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 10})
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_RULES)
def visiting_rules(request: HttpRequest, facility_id: int) -> HttpResponse:
    """Read and say it anew; families see it at once."""
    facility = facilities_where(request.user, Permission.SET_RULES).filter(pk=facility_id).first()
    if facility is None:
        refuse(request, f"facility/{facility_id}")
    said = dict(VisitingRules.objects.filter(facility=facility).values_list("language", "text"))
    form = VisitingForm(request.POST or None, initial=said)
    if request.method == "POST" and form.is_valid():
        texts = {language: form.cleaned_data[language.value] for language in Language}
        say_visiting_rules(facility, texts, f"user/{request.user.pk}", Instant(time.time_ns() // 1_000_000))
        messages.success(request, _("Families read this from now on."))
        return redirect("visiting_rules", facility_id=facility.pk)
    return render(request, "kinline/visiting_rules.html", {"facility": facility, "form": form})
