"""What the first page weighs over the wire, from whom it comes, and how long a browser may keep its parts."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static

from kinline.web.static_files import with_digest

LIGHT = 60_000
"""Bytes over the wire that a first page may weigh with everything it needs, on a phone that has nothing of it yet."""


@pytest.mark.parametrize(
    ("who", "path"), [(None, "/"), (None, "/sign-in/"), ("mother", "/account/"), ("mother", "/account/calls/")]
)
def test_a_first_page_is_light_and_asks_nobody_else(
    town, signed_in, address, chromium, who: str | None, path: str
) -> None:
    town.full_of_calls()
    session = signed_in(town.mother).cookies["sessionid"].value if who else ""

    def journey(page) -> dict[str, int]:
        weights: dict[str, int] = {}

        def weigh(request) -> None:
            sizes = request.sizes()
            weights[request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]

        page.on("requestfinished", weigh)
        page.goto(path, wait_until="networkidle")
        return weights

    weights = chromium.visit(journey, session=session, base=address)
    assert [url for url in weights if not url.startswith(address)] == []
    assert any(url.endswith(".css") for url in weights)
    assert 5_000 < sum(weights.values()) < LIGHT


def test_a_page_is_compressed_and_different_in_length_each_time(town, signed_in) -> None:
    family = signed_in(town.mother)
    answers = [family.get("/account/", headers={"Accept-Encoding": "gzip"}) for _ in range(6)]
    assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
    assert "Rosa" not in str(answers[0].content)
    assert "Marcus Doucet" in gzip.decompress(answers[0].content).decode()
    assert len({len(answer.content) for answer in answers}) > 1  # no length betrays what is in it (BREACH)


def test_a_recording_is_not_compressed(town, signed_in) -> None:
    call = town.recorded_call()
    answer = signed_in(town.investigator).get(
        f"/facility/calls/{call.pk}/recording.wav", headers={"Accept-Encoding": "gzip", "Range": "bytes=0-43"}
    )
    assert "Content-Encoding" not in answer.headers
    assert len(b"".join(answer)) == 44


def test_parts_of_pages_have_names_with_a_digest_and_are_kept_for_good(db, client) -> None:
    page = client.get("/").content.decode()
    parts = set(re.findall(r'"(/static/[^"#]+)[#"]', page))
    assert len(parts) > 3
    for part in parts:
        assert re.fullmatch(r"/static/[\w/-]+\.[0-9a-f]{12}\.\w+", part)
        answer = client.get(part, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert re.search(
            r"max-age=3\d{7,}, public, immutable|public, max-age=31536000, immutable", answer.headers["Cache-Control"]
        )
        answer.close()


def test_a_name_with_another_digest_is_not_found_and_the_plain_one_is_not_kept(db, client) -> None:
    content = Path(finders.find("kinline/kinline.css")).read_bytes()
    assert static("kinline/kinline.css") == f"/static/{with_digest('kinline/kinline.css', content)}"
    assert client.get("/static/kinline/kinline.000000000000.css").status_code == 404
    plain = client.get("/static/kinline/kinline.css")
    assert "immutable" not in plain.headers["Cache-Control"]
    plain.close()


def test_what_is_compressed_is_the_file_itself(db, client) -> None:
    packed = client.get(static("django_htmx/htmx-2.min.js"), headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.content) == Path(finders.find("django_htmx/htmx-2.min.js")).read_bytes()
    assert packed.headers["Content-Type"].startswith("text/javascript")
