"""Every text of the pages exists in Spanish, and what was compiled is what was written."""

import os
import subprocess
import sys
from pathlib import Path

import kinline.web

WEB = Path(kinline.web.__file__).parent
CATALOGUE = WEB / "locale/es/LC_MESSAGES/django.po"


def messages(catalogue: Path) -> dict[str, str]:
    """Text to translation, as gettext itself reads them."""
    plain = subprocess.run(
        ["msgcat", "--no-wrap", "--no-location", str(catalogue)], capture_output=True, text=True, check=True
    ).stdout
    found, text = {}, ""
    for line in plain.splitlines():
        keyword, _, quoted = line.partition(" ")
        if keyword == "msgid":
            text = quoted.strip('"')
        elif keyword.startswith("msgstr"):
            found[text] = quoted.strip('"') if text not in found or found[text] else ""
    return found


def test_every_text_of_the_pages_has_its_spanish(tmp_path: Path) -> None:
    # Django's own extraction, in a copy, so that the tree stays as it is.
    copy = tmp_path / "web"
    subprocess.run(["cp", "-r", str(WEB), str(copy)], check=True)
    written = copy / "locale/es/LC_MESSAGES/django.po"
    known = messages(written)
    written.unlink()
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "es", "--no-location"],
        cwd=copy,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "kinline.settings"},
        check=True,
        capture_output=True,
    )
    needed = set(messages(written)) - {""}
    assert needed
    assert sorted(text for text in needed if not known.get(text)) == []
    assert sorted(set(known) - needed - {""}) == [], "texts that no page has any more"


def test_the_compiled_catalogue_is_up_to_date(tmp_path: Path) -> None:
    compiled = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "--check-format", "-o", str(compiled), str(CATALOGUE)], check=True)
    assert compiled.read_bytes() == CATALOGUE.with_suffix(".mo").read_bytes()
