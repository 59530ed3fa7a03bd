"""Notices on the pages: what was told, and how each family wishes to be told."""

import base64
import hmac
import os
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kinline.alerts.models import BalanceWatch
from kinline.configuration import configuration
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.notices import services
from kinline.notices.kinds import Kind
from kinline.notices.models import Clock, Message, Preference, SmsConsent, SmsStop
from kinline.notices.preferences import agree_to_texts
from kinline.providers.twilio.provider import Twilio, twilio_address
from kinline.web import webhooks

MOTHER = "+15045550901"


def text(response, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def tell(town) -> None:
    values = {"balance": Money.parse("1.20"), "threshold": Money.parse("2.00")}
    services.tell(town.mother.user, Kind.LOW_BALANCE, "low/1", Instant(time.time_ns() // 1_000_000), **values)


def test_a_family_chooses_how_it_is_told_and_what_comes_at_night_waits(town, address, chromium, signed_in) -> None:
    tell(town)
    session = signed_in(town.mother).cookies["sessionid"].value

    def journey(page) -> list[str]:
        page.goto("/account/settings/")
        seen = [page.get_by_role("navigation").first.inner_text()]
        page.get_by_role("link", name="Notices").first.click()
        seen.append(page.locator("main").inner_text())
        page.get_by_role("link", name="How I am told, and when").click()
        seen.append(page.get_by_role("navigation").first.inner_text())
        answers = page.get_by_role("group", name="Answers of customer service")
        answers.get_by_label("E-mail").uncheck()
        seen.append(str(page.get_by_role("group", name="Monthly bill").get_by_label("E-mail").is_disabled()))
        page.get_by_label("Quiet from").fill("00:00")
        page.get_by_label("Quiet until").fill("23:59")
        page.get_by_label("My time zone").select_option("America/Chicago")
        page.get_by_label("My balance is low below").select_option(label="minutes of a call")
        page.get_by_label("Minutes").fill("")
        page.get_by_role("button", name="Save").click()
        seen.append(page.locator(".error").first.inner_text())
        page.get_by_label("Minutes").fill("20")
        page.get_by_role("button", name="Save").click()
        seen.append(page.get_by_role("status").inner_text())
        page.get_by_label("I agree that Kinline").check()
        page.get_by_role("button", name="Agree").click()
        seen.append(page.get_by_role("status").inner_text())
        return seen

    before, told, after, is_fixed, error, saved, agreed = chromium.visit(
        journey, base=address, session=session, scripts=False
    )
    assert "1" in before
    assert "Your balance is $1.20" in told
    assert "Hello" not in told
    assert "1" not in after
    assert is_fixed == "True"
    assert error == "Write how many minutes, for example 15."
    assert saved == "Saved."
    assert "(504)\u00a0555-0901" in agreed
    assert Clock.objects.get().zone == "America/Chicago"
    assert BalanceWatch.objects.get().minutes == 20
    assert not Preference.objects.get(subject="cases", way="email").is_on
    assert not Preference.objects.filter(subject="bills", way="email").exists()
    consent = SmsConsent.objects.get()
    assert consent.words.startswith("I agree that Kinline sends text messages")

    Message.objects.all().delete()
    now = Instant(time.time_ns() // 1_000_000)
    services.tell(town.mother.user, Kind.CASE_ANSWERED, "case/1", now, number=1)
    assert not Message.objects.exists()
    values = {"balance": Money.parse("1.20"), "threshold": Money.parse("2.00")}
    services.tell(town.mother.user, Kind.LOW_BALANCE, "low/2", now, **values)
    assert {message.channel for message in Message.objects.all()} == {"email", "sms"}
    assert all(message.due_at >= now for message in Message.objects.all())


def test_texts_need_the_box_ticked_and_a_number_of_ones_own(town, signed_in) -> None:
    mother = signed_in(town.mother)
    path = "/account/notices/settings/"
    sent = {"what": "agree", "number": MOTHER}
    assert "Tick the box" in text(mother.post(path, sent, follow=True))
    others = {**sent, "number": "+15045550902", "agreed": "on"}
    assert "only to a number of yours" in text(mother.post(path, others, follow=True))
    assert not SmsConsent.objects.exists()
    assert "Text messages go to" in text(mother.post(path, {**sent, "agreed": "on"}, follow=True))
    assert "You get no more text messages." in text(mother.post(path, {"what": "end"}, follow=True))


def test_stop_is_taken_from_the_provider_alone(town, signed_in, monkeypatch) -> None:
    agree_to_texts(town.mother.user, MOTHER, "I agree.", Instant(0))
    provider = Twilio(twilio_address("twilio://AC1:hush@api.twilio.com?from=+15045550100"))
    monkeypatch.setattr(webhooks, "sms_provider", lambda: provider)
    fields = {"From": MOTHER, "Body": "Stop", "MessageSid": "SM1"}
    signed = f"{configuration().site}/webhooks/sms" + "".join(name + fields[name] for name in sorted(fields))
    signature = base64.b64encode(hmac.digest(b"hush", signed.encode(), "sha1")).decode()
    stranger = signed_in(None)

    def post(by: str):
        body = urlencode(fields)
        kind = "application/x-www-form-urlencoded"
        return stranger.post("/webhooks/sms", body, content_type=kind, headers={"X-Twilio-Signature": by})

    for forged in ("", "x", base64.b64encode(bytes(20)).decode()):
        assert post(forged).status_code == 400
    assert not SmsStop.objects.exists()
    answer = post(signature)
    assert answer.status_code == 200
    assert "<Response><Message>Kinline: no more text messages" in answer.content.decode()
    assert SmsConsent.objects.get().withdrawn_by == "sms"
    assert SmsStop.objects.get().number == MOTHER


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 320)])
def test_the_pages_fit_and_are_accessible(town, signed_in, chromium, address, language: str, width: int) -> None:
    tell(town)
    mother = signed_in(town.mother, language)
    wrong = []
    for path in ("/account/notices/settings/", "/account/notices/"):
        folder = os.environ.get("KINLINE_PICTURES")
        picture = Path(folder) / f"{path.strip('/').replace('/', '-')}-{language}.png" if folder else None
        look = chromium.visit(
            lambda page, path=path, picture=picture: chromium.look_at(page, path, picture),
            base=address,
            session=mother.cookies["sessionid"].value,
            language=language,
            width=width,
        )
        wrong += [f"{path}: {each}" for each in (*look.violations, *look.complaints)]
        wrong += [f"{path}: {look.width} px wide"] if look.width > width else []
    assert wrong == []
