"""Reading Factur-X files back, and `manage.py check_einvoice`."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from weasyprint import HTML

from invoicing.rendering.cii import render_cii
from invoicing.rendering.facturx import embedded_xml, file_problems
from invoicing.rendering.pdf import render_pdf
from tests.invoicing.rendering.samples import sample_document

DOCUMENT = sample_document(lines=2)


def check(*files: Path) -> str:
    """What the command says."""
    said = io.StringIO()
    call_command("check_einvoice", *map(str, files), stdout=said)
    return said.getvalue()


def test_the_xml_comes_out_as_it_went_in() -> None:
    """And there is none in an ordinary PDF."""
    assert embedded_xml(render_pdf(DOCUMENT)) == render_cii(DOCUMENT)
    assert embedded_xml(HTML(string="<p>Facture").write_pdf()) is None


def test_our_files_are_in_order() -> None:
    """PDF and XML."""
    assert file_problems(render_pdf(DOCUMENT)) == []
    assert file_problems(render_cii(DOCUMENT)) == []


def test_an_ordinary_pdf_is_no_electronic_invoice() -> None:
    """It claims nothing and holds nothing; another is not even a PDF inside."""
    assert file_problems(HTML(string="<p>Facture").write_pdf()) == [
        "Le PDF ne se dit pas PDF/A-3.",
        "Le PDF ne se dit pas accessible (PDF/UA-1).",
        "Le PDF ne se dit pas Factur-X, profil EN 16931.",
        "Le PDF ne contient pas de fichier factur-x.xml.",
    ]
    (sentence,) = file_problems(b"%PDF-1.7")
    assert sentence.startswith("Ce PDF est illisible\u00a0: ")


def test_the_command_reads_every_file_and_ends_with_an_error(tmp_path: Path) -> None:
    """When one of them is wrong."""
    good, bad = tmp_path / "bonne.pdf", tmp_path / "mauvaise.xml"
    good.write_bytes(render_pdf(DOCUMENT))
    bad.write_bytes(render_cii(DOCUMENT).replace(b'schemeID="0225">552100554', b'schemeID="0225">999999999'))
    assert check(good) == "bonne.pdf : aucune règle enfreinte.\n"
    said = io.StringIO()
    with pytest.raises(CommandError, match=r"^1 fichier à corriger\.$"):
        call_command("check_einvoice", str(bad), str(good), stdout=said)
    assert said.getvalue() == (
        "mauvaise.xml :\n"
        "  L’adresse de facturation électronique du client ne commence pas par son SIREN.\n"
        "bonne.pdf : aucune règle enfreinte.\n"
    )
    with pytest.raises(CommandError, match="n’est pas un fichier"):
        check(tmp_path / "absente.pdf")
