"""The second step of signing in, for staff and families alike: a code, where one was set up."""

from allauth.core.internal.httpkit import headed_redirect_response
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.http import HttpRequest, HttpResponse

from kinline.web.staff.session import is_of_staff


class SecondStepStage(AuthenticateStage):  # type: ignore[misc]
    """A passkey is a way of its own and asks for no second step; nor does it become one for who types a password."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if not self._should_handle(self.request):
            return None, True
        self.state["authentication_required"] = True
        page = "staff_second_step" if is_of_staff(self.request.path_info) else "second_step"
        return headed_redirect_response(page), True

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        if user is None or not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            return False
        return is_of_staff(request.path_info) or not did_use_passwordless_login(request, user)
