"""Help: guides and the search over them, for everybody, in both languages."""

import os
from pathlib import Path

import pytest

from kinline.support.guides import ORDER


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_stranger_searches_in_spanish_and_reads_how_to_complain_without_javascript(town, address, chromium) -> None:
    def journey(page) -> list[str]:
        page.goto("/help/")
        page.get_by_label("¿En qué necesita ayuda?").fill("quejarme ante la comisión")
        page.get_by_role("main").get_by_role("button", name="Buscar").click()
        page.get_by_role("link", name="Quejarse: ante nosotros").first.click()
        seen = [page.locator("main").inner_text()]
        page.goto("/help/?find=buzon+maquina")
        return [*seen, page.locator("main").inner_text()]

    guide, found = chromium.visit(journey, base=address, language="es", scripts=False)
    assert "1-888-225-5322" in guide
    assert "30 días" in guide
    assert "POR QUÉ FALLÓ UNA LLAMADA" in found.upper()
    assert "La llamada llegó al buzón de voz o a una máquina" in found


def test_every_guide_is_read_without_signing_in_and_an_unknown_one_does_not_exist(town, signed_in) -> None:
    stranger = signed_in(None)
    for slug in ORDER:
        assert "<h1>" in text(stranger.get(f"/help/{slug}/"))
    assert stranger.get("/help/no-such-guide/").status_code == 404
    assert "Nothing was found" in text(stranger.get("/help/?find=xyzzy"))
    assert 'href="/account/money/#add"' in text(stranger.get("/help/?find=not+enough+money"))
    assert "&lt;b&gt;" in text(stranger.get("/help/?find=<b>"))
    assert "/sign-in/?next=/help/cases/new/" in text(stranger.get("/help/"))
    assert 'href="/help/cases/new/"' in text(signed_in(town.mother).get("/help/"))


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 320)])
def test_the_pages_fit_and_are_accessible(town, chromium, address, language: str, width: int) -> None:
    wrong = []
    for path in ("/help/", "/help/?find=call", "/help/complain/", "/help/add-money/"):
        name = path.strip("/").replace("/", "-").replace("?", "-")
        folder = os.environ.get("KINLINE_PICTURES")
        look = chromium.visit(
            lambda page, path=path, picture=Path(folder) / f"{name}-{language}.png" if folder else None: (
                chromium.look_at(page, path, picture)
            ),
            base=address,
            language=language,
            width=width,
        )
        wrong += [f"{path}: {each}" for each in (*look.violations, *look.complaints)]
        wrong += [f"{path}: {look.width} px wide"] if look.width > width else []
    assert wrong == []
