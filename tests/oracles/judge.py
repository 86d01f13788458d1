"""What all validators and our own rules find in a batch of documents: one process of `make demo-check`."""

from typing import Any

import django

from tests.oracles.batches import pdf_findings, xml_findings

Job = tuple[dict[str, Any], bytes | None]  # a frozen copy and its logo


def judge(batch: list[Job]) -> list[tuple[str, str, str]]:
    """Number, rule and message of everything that is found in these documents."""
    from invoicing.rendering.document import from_json  # noqa: PLC0415  the settings must stand before Django's parts
    from invoicing.rendering.facturx import embedded_xml, file_problems  # noqa: PLC0415
    from invoicing.rendering.pdf import render_pdf  # noqa: PLC0415

    django.setup()
    files = [render_pdf(from_json(content), logo) for content, logo in batch]
    official = zip(pdf_findings(files), xml_findings([embedded_xml(file) or b"" for file in files]), strict=True)
    return [
        (content["number"], rule, message)
        for (content, _), file, (of_pdf, of_xml) in zip(batch, files, official, strict=True)
        for rule, message in (
            *((f"{finding.oracle} {finding.rule}", finding.message) for finding in (*of_pdf, *of_xml)),
            *(("our own", sentence) for sentence in file_problems(file)),
        )
    ]
