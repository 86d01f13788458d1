"""Rendering the PDF of a ten-line invoice on one core, beside a renderer that keeps nothing between two documents."""

from invoicing.invoices.models import IssuedSnapshot
from invoicing.rendering import pdf
from invoicing.rendering.document import FrozenDocument, from_json
from tests.benchmarks.measure import Measure, median_milliseconds

RENDERED = 20


def measure() -> list[Measure]:
    """The last document issued, rendered again and again."""
    document = from_json(IssuedSnapshot.objects.latest("invoice_id").content)
    kept = median_milliseconds(lambda: pdf.render_pdf(document), times=RENDERED)
    naive = median_milliseconds(lambda: render_from_nothing(document), times=RENDERED)
    return [
        Measure("PDF, ten lines", f"{kept:.0f} ms, {1000 / kept:.1f} per second per core"),
        Measure("PDF, fonts and styles read each time", f"{naive:.0f} ms, {1000 / naive:.1f} per second per core"),
        Measure("ratio", f"{naive / kept:.1f} times faster"),
    ]


def rate(elapsed: float) -> str:
    """Milliseconds each, and how many in a second."""
    return f"{elapsed:.0f} ms, {1000 / elapsed:.1f} per second per core"


def render_from_nothing(document: FrozenDocument) -> bytes:
    """What a plain `HTML(…).write_pdf()` does: parse the stylesheet and load the fonts for this document alone."""
    pdf._shared.cache_clear()
    return pdf.render_pdf(document)
