"""A family finds its way back in, makes its account safer, changes its address, takes its data along and leaves."""

import io
import os
import zipfile
from pathlib import Path

from django.test import Client
from playwright.sync_api import Page
from web.letters import code_in
from web.test_ways_in import code

from kinline.ledger.models import Account

PICTURES = Path(os.environ["KINLINE_PICTURES"]) if "KINLINE_PICTURES" in os.environ else None


def test_an_account_is_found_again_made_safer_changed_copied_and_closed(town, chromium, address, mailoutbox) -> None:
    elsewhere = Client()
    elsewhere.post("/sign-in/", {"username": "mother@town.example", "password": "correct horse battery"})

    def seen(page: Page, name: str) -> None:
        if PICTURES:
            page.screenshot(path=str(PICTURES / f"account-journey-{name}.png"), full_page=True)

    def journey(page: Page) -> bytes:
        page.goto("/sign-in/")
        page.get_by_role("link", name="Forgot your password?").click()
        page.get_by_label("E-mail address").fill("mother@town.example")
        page.get_by_role("button", name="Send me a code").click()
        page.get_by_label("Code, six digits").fill(code_in(mailoutbox[-1]))
        page.get_by_label("Password").fill("three green apples")
        seen(page, "forgotten")
        page.get_by_role("button", name="Save and sign in").click()
        page.wait_for_url("**/account/")

        page.get_by_role("navigation").get_by_role("link", name="Account").click()
        page.get_by_role("link", name="Sign-in and security").click()
        page.get_by_role("link", name="Set it up").click()
        secret = page.locator("code.secret").inner_text()
        page.get_by_label("Code that the app shows now").fill(code(secret.replace(" ", "")))
        page.get_by_role("button", name="Finish").click()
        assert page.locator(".codes li").count() == 10
        recovery = page.locator(".codes li").first.inner_text()
        seen(page, "second-step")

        page.get_by_role("button", name="Sign out").click()
        page.goto("/sign-in/")
        page.get_by_label("E-mail address").fill("mother@town.example")
        page.get_by_label("Password").fill("three green apples")
        page.get_by_role("button", name="Sign in").first.click()
        page.wait_for_url("**/sign-in/second-step/*")
        page.locator("input[name=code]").fill(recovery)
        page.keyboard.press("Enter")
        page.wait_for_url("**/account/")

        page.goto("/account/details/")
        page.get_by_role("link", name="Change it").click()
        page.get_by_label("New e-mail address").fill("rosa@new.example")
        page.get_by_role("button", name="Send me a code").click()
        page.get_by_label("Code, six digits").fill(code_in(mailoutbox[-1]))
        page.get_by_role("button", name="Confirm").click()
        page.goto("/account/settings/")
        assert "rosa@new.example" in page.locator("main").inner_text()
        assert mailoutbox[-1].to == ["mother@town.example"]

        page.goto("/account/devices/")
        seen(page, "devices")

        page.get_by_role("navigation").get_by_role("link", name="Account").click()
        page.get_by_role("link", name="Download my data").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        copy = Path(download.value.path()).read_bytes()

        page.goto("/account/settings/")
        page.get_by_role("link", name="Close my account").click()
        for label, typed in (("Name", "Rosa Doucet"), ("Street", "1 Main Street"), ("City", "New Orleans")):
            page.get_by_label(label).first.fill(typed)
        page.get_by_label("State").first.fill("LA")
        page.get_by_label("ZIP code").fill("70112")
        page.get_by_role("button", name="Close my account").click()
        page.get_by_text("Your account is closed.").first.wait_for()
        seen(page, "closed")
        return copy

    copy = chromium.visit(journey, base=address, width=320, scripts=False)
    assert elsewhere.get("/account/").status_code == 302  # signed out by the new password
    assert any(name.endswith(".csv") for name in zipfile.ZipFile(io.BytesIO(copy)).namelist())
    assert Account.objects.get(customer=town.mother, kind="customer_prepaid").posted == 0
