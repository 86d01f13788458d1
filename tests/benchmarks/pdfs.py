"""Rendering Factur-X files: the ten-line invoice beside a naive call, 200 lines, the XML alone, one worker and two."""

import gc
import multiprocessing
from collections.abc import Callable
from dataclasses import replace

from django.template.loader import render_to_string
from weasyprint import CSS, HTML

from invoicing.invoices.models import IssuedSnapshot
from invoicing.rendering import pdf
from invoicing.rendering.cii import render_cii
from invoicing.rendering.document import FrozenDocument, from_json
from invoicing.rendering.line_pages import one_page
from tests.benchmarks.measure import Measure, median_core_milliseconds, milliseconds

RENDERED = 20
LONG = 200
# How one writes the page first: flexible boxes, tables as wide as what they hold, the machine's own font.
NAIVE_STYLE = """
.brand, .facts, .sums, .parties { display: flex; flex-wrap: wrap; justify-content: space-between; }
.seller, .buyer, .totals, .aside, .facts li { float: none; width: auto; }
table { table-layout: auto; }
"""


def measure() -> list[Measure]:
    """The last document issued, rendered again and again."""
    document = from_json(IssuedSnapshot.objects.latest("invoice_id").content)
    lines = tuple(replace(document.lines[i % len(document.lines)], position=i + 1) for i in range(LONG))
    kept = median_core_milliseconds(lambda: pdf.render_pdf(document), times=RENDERED)
    naive = median_core_milliseconds(lambda: render_naively(document), times=RENDERED)
    long = median_core_milliseconds(lambda: pdf.render_pdf(replace(document, lines=lines)), times=3)
    xml = median_core_milliseconds(lambda: render_cii(document), times=RENDERED)
    return [
        Measure("PDF/A-3a + PDF/UA-1 + XML, ten lines", rate(kept), "≥ 6 per second per core"),
        Measure("a naive call for the same page, a plain PDF", rate(naive)),
        Measure("ratio", f"{naive / kept:.1f} times faster", "≥ 3 times"),
        Measure(f"PDF/A-3a + PDF/UA-1 + XML, {LONG} lines", f"{long:.0f} ms", "< 1500 ms"),
        Measure("XML alone, ten lines", f"{xml:.2f} ms", "< 3 ms"),
        Measure("two workers", f"{two_workers(document):.2f} times the work of one", "≥ 1.7 times"),
    ]


def rate(elapsed: float) -> str:
    """Milliseconds each, and how many in a second."""
    return f"{elapsed:.0f} ms, {1000 / elapsed:.1f} per second per core"


def render_naively(document: FrozenDocument) -> bytes:
    """What a plain `HTML(…).write_pdf()` does: parse the stylesheet and look for fonts for this document alone."""
    context = pdf._context(document) | pdf._printed(one_page(document.lines)) | {"has_logo": False}
    font_faces, style = render_to_string(pdf.STYLESHEET).split("\n\n", 1)
    assert font_faces.count("@font-face") == 2
    styles = [context["own_style"], style.replace('"CAE Document"', "sans-serif") + NAIVE_STYLE]
    html = HTML(string=render_to_string(pdf.TEMPLATE, context))
    content: bytes = html.write_pdf(stylesheets=[CSS(string=text) for text in styles])
    return content


def two_workers(document: FrozenDocument) -> float:
    """How much more two processes render than one, forked from a warm one whose objects the collector leaves alone."""
    pdf.render_pdf(document)
    gc.collect()
    gc.freeze()
    alone, together = (milliseconds(work_of(workers, document)) for workers in (1, 2))
    gc.unfreeze()
    return 2 * alone / together


def work_of(workers: int, document: FrozenDocument) -> Callable[[], None]:
    """So many processes, each rendering the same number of documents."""

    def work() -> None:
        context = multiprocessing.get_context("fork")
        processes = [context.Process(target=render_many, args=(document,)) for _ in range(workers)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
            assert process.exitcode == 0

    return work


def render_many(document: FrozenDocument) -> None:
    """The work of one worker."""
    for _ in range(2 * RENDERED):
        pdf.render_pdf(document)
