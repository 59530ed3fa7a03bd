"""HTML to PDF, with nothing fetched from anywhere."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

import kinline.web
from kinline.configuration import configuration
from kinline.core.identity import Language

REMEDY: Final = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
PDF: Final = "application/pdf"
_VARIANT: Final = "pdf/ua-1"
_STYLE: Final = Path(kinline.web.__file__).parent / "static/kinline/paper.css"


class NoPdf(Exception):
    """No PDF can be made on this machine; the text says what to install."""

    def __init__(self) -> None:
        super().__init__(f"PDF needs Pango: {REMEDY}")


def paper(template: str, context: dict[str, Any], language: Language) -> bytes:
    """A template on paper, in a language. Raises `NoPdf`."""
    pdf: bytes = laid_out(template, context, language).write_pdf(pdf_variant=_VARIANT)
    return pdf


def laid_out(template: str, context: dict[str, Any], language: Language) -> Any:
    """The sheets, before they are written as a file (`weasyprint.Document`). Raises `NoPdf`."""
    weasyprint = _weasyprint()
    with translation.override(language.value):
        html = render_to_string(template, {**context, "language": language.value})
    source = weasyprint.HTML(string=html, base_url=f"{configuration().site}/", url_fetcher=_fetcher())
    return source.render(stylesheets=[weasyprint.CSS(filename=str(_STYLE))], pdf_variant=_VARIANT)


def can_be_made() -> bool:
    try:
        _weasyprint()
    except NoPdf:
        return False
    return True


def attachment(pdf: bytes, name: str) -> HttpResponse:
    """The answer to who asked for a file."""
    return HttpResponse(pdf, content_type=PDF, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _weasyprint() -> Any:
    """Loaded at the first paper: it takes a second, and needs libraries that are not Python's."""
    try:
        import weasyprint  # type: ignore[import-untyped]
    except (ImportError, OSError) as error:
        raise NoPdf from error
    return weasyprint


@lru_cache(maxsize=1)
def _fetcher() -> Any:
    """Gives a paper nothing but what stands in it; asking for more is a mistake of ours and fails."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher  # type: ignore[import-untyped]

    class OnlyWhatIsInside(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if not url.startswith("data:"):
                raise FatalURLFetchingError(f"a paper may not fetch {url[:100]}")
            return super().fetch(url, headers)

    return OnlyWhatIsInside()
