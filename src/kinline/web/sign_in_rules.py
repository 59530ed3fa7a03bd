"""How allauth signs people in here: by e-mail address, tries counted, and with a second step where one is set up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kinline.people.models import User
from kinline.web.family.session import opened
from kinline.web.staff.session import is_of_staff


class SignInRules(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {  # noqa: RUF012 (allauth's way)
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("That e-mail address and password do not go together. Please try again."),
        "account_inactive": _("This account is closed. Please ask us for help."),
        "too_many_login_attempts": _("Too many wrong tries. Wait five minutes, then try again."),
        "rate_limited": _("Too many wrong tries. Wait five minutes, then try again."),
    }

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        answer: HttpResponse = super().post_login(request, user, **how)
        if not is_of_staff(request.path_info):
            opened(request, user, answer)
        return answer

    def get_login_stages(self) -> list[str]:
        return ["kinline.web.second_step_stage.SecondStepStage"]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("staff" if is_of_staff(request.path_info) else "welcome")

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """The pages say themselves what came of it."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False
