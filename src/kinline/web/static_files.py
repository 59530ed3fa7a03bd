"""Styles, scripts and pictures, straight from the package: each under a name that holds a digest of its content, so
that browsers keep it for good, and sent compressed. Nothing is collected or built before a start."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

_COMPRESSED: Final = (".css", ".js", ".svg")
_FOR_GOOD: Final = "public, max-age=31536000, immutable"


def with_digest(name: str, content: bytes) -> str:
    """`kinline/kinline.css` becomes `kinline/kinline.1a2b3c4d5e6f.css`."""
    path = Path(name)
    return str(path.with_name(f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"))


class HashedNames(StaticFilesStorage):
    """Addresses with digests; while developing, the plain ones, whose files change under the server."""

    def url(self, name: str | None) -> str:
        if not name or settings.DEBUG:
            return super().url(name)
        return urljoin(self.base_url or "/", _hashed(name))


@cache
def _hashed(name: str) -> str:
    found = finders.find(name)
    return name if found is None else with_digest(name, Path(found).read_bytes())


@cache
def _packed(path: str) -> bytes:
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serves each file under its plain name, and for good under its name with a digest."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self._compressible: dict[str, str] = {}
        super().__init__(*args, **named)

    def add_files_from_finders(self) -> None:
        super().add_files_from_finders()
        for address in list(self.files):
            name = address.removeprefix(self.static_prefix)
            hashed, found = _hashed(name), finders.find(name)
            if found is not None and hashed != name:
                self.add_file_to_dictionary(self.static_prefix + hashed, found)
                if found.endswith(_COMPRESSED):
                    self._compressible[self.static_prefix + hashed] = found

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = self._compressible.get(request.path_info)
        answered: HttpResponseBase
        if path is None or request.method != "GET" or "gzip" not in request.headers.get("Accept-Encoding", ""):
            answered = super().__call__(request)
            return answered
        kind = dict(self.files[request.path_info].get_response("HEAD", {}).headers)["Content-Type"]
        answered = HttpResponse(_packed(path), content_type=kind)
        answered.headers["Content-Encoding"] = "gzip"
        answered.headers["Vary"] = "Accept-Encoding"
        answered.headers["Cache-Control"] = _FOR_GOOD
        return answered

    def immutable_file_test(self, path: str, url: str) -> bool:
        """An address with a digest in it never shows anything else."""
        parts = Path(url).name.split(".")
        return len(parts) > 2 and len(parts[-2]) == 12 and url.startswith(self.static_prefix)
