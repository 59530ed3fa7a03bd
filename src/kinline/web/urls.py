"""Which address shows which page."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.i18n import set_language

from kinline.web import health, home, sign_in
from kinline.web.family import account
from kinline.web.staff import pages

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.health, name="health"),
    path("language/", set_language, name="set_language"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("welcome/", sign_in.welcome, name="welcome"),
    path("account/", account.account, name="account"),
    path("account/calls/<int:call_id>/", account.receipt, name="receipt"),
    path("facility/", pages.facility, name="facility"),
    path("facility/calls/<int:call_id>/", pages.call, name="facility_call"),
    path("facility/calls/<int:call_id>/recording.wav", pages.recording, name="recording"),
]
