"""The family's pages can be put on a phone's home screen, and keep nothing of a person there."""

import io
import json
import runpy
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from PIL import Image, ImageChops

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("language", "described"), [("en", "Calls, money and help"), ("es", "Llamadas, dinero y ayuda")]
)
def test_the_manifest_is_enough_to_install_in_each_language(db, client, language: str, described: str) -> None:
    manifest = json.loads(client.get(f"/app.{language}.webmanifest").content)
    assert manifest["description"].startswith(described)
    assert (manifest["lang"], manifest["start_url"], manifest["display"]) == (language, "/account/", "standalone")
    sizes = set()
    for icon in manifest["icons"]:
        with Image.open(io.BytesIO(b"".join(client.get(icon["src"]).streaming_content))) as picture:
            assert icon["sizes"] == "{}x{}".format(*picture.size)
        sizes.add((icon["sizes"], icon.get("purpose", "any")))
    assert sizes == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}


def test_a_language_that_nobody_offers_has_no_manifest(db, client) -> None:
    assert client.get("/app.xx.webmanifest").status_code == 404
    assert client.get("/offline/xx/").status_code == 404


def test_pages_lead_to_the_manifest_of_their_language(town, signed_in) -> None:
    assert (
        '<link rel="manifest" href="/app.es.webmanifest">'
        in signed_in(town.mother, "es").get("/account/").content.decode()
    )


def test_the_icons_are_what_the_mark_gives() -> None:
    for name, content in runpy.run_path(str(ROOT / "script/assets.py"))["made"]().items():
        with Image.open(finders.find(f"kinline/{name}")) as committed:
            difference = ImageChops.difference(committed, Image.open(io.BytesIO(content)))
        assert max(high for _, high in difference.getextrema()) < 64, f"{name} is stale: python script/assets.py"


def test_without_a_network_a_page_says_so_and_no_page_of_a_person_is_kept(town, signed_in, address, chromium) -> None:
    session = signed_in(town.mother).cookies["sessionid"].value

    def journey(page) -> tuple[list[str], str, str]:
        page.goto("/account/")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        page.goto("/account/money/")
        kept = page.evaluate(
            "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then("
            "(cache) => cache.keys().then((all) => all.map((each) => new URL(each.url).pathname))))))"
        )
        offline = page.evaluate("caches.match('/offline/en/').then((found) => found.text())")
        page.context.set_offline(True)
        page.goto("/account/")
        heading = page.get_by_role("heading", level=1).inner_text()
        page.context.set_offline(False)
        page.evaluate("navigator.serviceWorker.getRegistration().then((each) => each.unregister())")
        return sorted(path for paths in kept for path in paths), offline, heading

    kept, offline, heading = chromium.visit(journey, session=session, base=address, workers=True)

    assert heading == "No connection"
    assert "Rosa" not in offline
    assert "sign-out" not in offline
    assert {path.split("/")[1] for path in kept} == {"offline", "static"}
