"""The papers that e-mail carries, by the names that notices give them."""

import structlog

from kinline.billing.models import Invoice
from kinline.core.identity import Language
from kinline.notices.delivery import Document
from kinline.web.documents.invoices import invoice_pdf
from kinline.web.documents.paper import PDF, NoPdf

log = structlog.get_logger("notices")


def attached(name: str, language: Language) -> Document | None:
    """`invoice/<number>`. None where no PDF can be made: the message says where to read it."""
    room, _, number = name.partition("/")
    if room != "invoice":
        raise ValueError(f"no paper is called {name}")
    try:
        content = invoice_pdf(Invoice.objects.select_related("account__customer__user").get(number=number), language)
    except NoPdf as missing:
        log.warning("notice.without_paper", document=name, problem=str(missing))
        return None
    return Document(f"kinline-{number}.pdf", PDF, content)
