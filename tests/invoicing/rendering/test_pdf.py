"""The printed document: everything is on it, nothing is cut, nothing is fetched, and it is the same every time."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from invoicing.rendering.cii import render_cii
from invoicing.rendering.document import Address, Correction, Delivery, FrozenDocument, Line
from invoicing.rendering.pdf import OwnFilesOnly, render_page, render_pdf
from tests.invoicing.rendering.kinds import KINDS
from tests.invoicing.rendering.reading import amount_after, pages_of, right_edge, squeezed, text_of
from tests.invoicing.rendering.samples import (
    BRAND,
    CAPE,
    CONSUMER,
    CONSUMER_MENTIONS,
    PROFESSIONAL,
    PROFESSIONAL_MENTIONS,
    PUBLIC_BODY,
    sample_document,
    sample_line,
    sample_logo,
    with_totals,
)

FORWARD = "Sous-total reporté"
CARRIED = "Sous-total à reporter"
HEAD = "Désignation Quantité Unité Prix unitaire HT TVA Montant HT"
BRUSSELS = Address("Rue de la Loi 16", "Bâtiment B", "1000", "Bruxelles", "BE")
CREDITED_LINES = tuple(sample_line(i, quantity=Decimal(-i)) for i in (1, 2))
CREDIT_NOTE = sample_document(
    kind="381",
    number="F2026-00043",
    lines=2,
    corrects=Correction("F2026-00042", date(2026, 11, 22), "Erreur sur les quantités livrées."),
)


def with_lines(*lines: Line, **changes: object) -> FrozenDocument:
    """The sample with these lines, and totals that follow."""
    return with_totals(replace(sample_document(lines=1), lines=lines, **changes))  # type: ignore[arg-type]


def assert_printed(pdf: bytes, *texts: str) -> None:
    """All of these stand in the document."""
    printed = text_of(pdf)
    assert [text for text in texts if squeezed(text) not in printed] == []


def test_ten_lines_and_every_mention_of_a_professional_fit_on_a_page() -> None:
    """The document of every day, with its logo."""
    document = sample_document(lines=10)
    pdf = render_pdf(document, logo=sample_logo())
    (page,) = pages_of(pdf)
    assert_printed(pdf, *PROFESSIONAL_MENTIONS, *(line.label for line in document.lines))
    assert "Page 1/1" in page
    assert FORWARD not in page
    assert CARRIED not in page


def test_everything_an_invoice_must_say_is_printed() -> None:
    """Identities, dates, references, lines, VAT, totals, payment (CGI ann. II 242 nonies A; C. com. R123-237)."""
    document = sample_document(
        lines=6, note="Merci\u00a0!\nÀ bientôt.", delivery=Delivery("Entrepôt de Bruxelles", BRUSSELS)
    )
    assert_printed(
        render_pdf(document),
        "Facture F2026-00042",
        "Date d’émission 22/11/2026",
        "Livraison ou fin d’exécution 18/11/2026",
        "Échéance 22/12/2026",
        "N° de commande BC-2026-118",
        "Aménagement de la salle de réunion, deuxième étage",
        "Les Ateliers Réunis · SCOP SARL à capital variable, capital de 48 200 €",
        "SIREN 832 457 618 RCS Nantes · TVA FR02832457618 · APE 70.22Z",
        "Siège : 12 rue de la Fraternité, Bâtiment C, 44200 Nantes · 02 40 12 34 56 · contact@ateliers-reunis.example",
        "SIRET 832 457 618 00011",
        "Menuiserie des Trois Rivières Agencement et menuiserie bois sur mesure",
        "06 12 34 56 78 · bonjour@trois-rivieres.example · trois-rivieres.example · Clisson",
        "Une activité de la coopérative Les Ateliers Réunis",
        "Société d’aménagement du Val de Loire Claire Le Goff",
        "85 boulevard des Martyrs-de-la-Résistance 44100 Nantes SIRET 552 100 554 00013 · TVA FR40552100554",
        "Entrepôt de Bruxelles, Rue de la Loi 16, Bâtiment B, 1000 Bruxelles, BELGIQUE",
        f"{HEAD} Fourniture de panneaux de chêne massif Lamellé-collé 40 mm, qualité A/B",
        "12,5 m² 148,90 € 20 % 1 861,25 €",
        "Quincaillerie Charnières invisibles, coulisses à amortisseur 24 unité 12,345678 € 20 % 296,30 €",
        "20 % 5 391,91 € 1 078,38 €",
        "Total HT 5 391,91 €",
        "Total TVA 1 078,38 €",
        "Total TTC 6 470,29 €",
        "Net à payer 6 470,29 €",
        "Échéance 22/12/2026 (30 jours)",
        "IBAN FR76 3000 6000 0112 3456 7890 189",
        "BIC AGRIFRPP",
        "Référence F2026-00042, à rappeler avec votre paiement",
        "Merci ! À bientôt.",
        "Catégorie de l’opération : Livraison de biens et prestation de services.",
        *PROFESSIONAL_MENTIONS,
    )


def test_a_consumer_reads_the_mediator() -> None:
    """And no number of a company."""
    pdf = render_pdf(sample_document(lines=2, buyer=CONSUMER, mentions=CONSUMER_MENTIONS, purchase_order=""))
    assert_printed(pdf, "Élodie Bœuf-Mañé 3 impasse de l’Œillet Appartement 12 44190 Clisson", *CONSUMER_MENTIONS)
    assert "N° de commande" not in text_of(pdf)


def test_a_public_body_reads_its_references() -> None:
    """Service code and engagement, as Chorus Pro wants them."""
    pdf = render_pdf(sample_document(lines=2, buyer=PUBLIC_BODY, purchase_order="ENG-2026-00871"))
    assert_printed(pdf, "N° d’engagement ENG-2026-00871", "Code service BATIMENTS-2026", "SIRET 214 400 434 00017")


def test_a_seller_under_cape_is_named() -> None:
    """C. com. R127-3."""
    assert_printed(render_pdf(sample_document(lines=1, mentions=(*PROFESSIONAL_MENTIONS, CAPE))), CAPE)


def test_reverse_charge_says_why_there_is_no_vat() -> None:
    """On the line in short, in the VAT table with the text of the law."""
    lines = [sample_line(i, vat_category="AE", vat_rate=Decimal(0)) for i in (1, 2)]
    reasons = {"AE": ("Autoliquidation, article 283-2 nonies du CGI", "VATEX-FR-AE")}
    pdf = render_pdf(with_totals(with_lines(*lines), reasons))
    assert_printed(pdf, "148,90 € Autoliq. 1 861,25 €", "Autoliquidation Autoliquidation, article 283-2 nonies du CGI")
    assert_printed(pdf, "3 701,25 € 0,00 €", "Net à payer 3 701,25 €")


def test_five_rates_and_discounts_have_their_rows_and_column() -> None:
    """The discount's column exists only when a line has one."""
    rates = ["20", "10", "8.5", "5.5", "2.1"]
    lines = [sample_line(i, vat_rate=Decimal(rate), discount_percent=Decimal(i - 1)) for i, rate in enumerate(rates, 1)]
    pdf = render_pdf(with_lines(*lines))
    assert_printed(pdf, "Prix unitaire HT Remise TVA", "48,50 € −2 % 8,5 % 760,48 €", "8,5 % 760,48 € 64,64 €")
    assert_printed(pdf, "20 % 1 861,25 €", "10 % 1 821,60 €", "5,5 % 287,41 €", "2,1 % 540,00 €")


def test_a_credit_note_refers_to_its_invoice_and_asks_for_no_payment() -> None:
    """Amounts with a real minus sign, number and date of the original, the reason; no IBAN."""
    pdf = render_pdf(with_totals(replace(CREDIT_NOTE, lines=CREDITED_LINES)))
    assert_printed(pdf, "Avoir F2026-00043", "Corrige la facture F2026-00042 du 22/11/2026.")
    assert_printed(pdf, "Motif : Erreur sur les quantités livrées.", "−1 m² 148,90 € 20 % −148,90 €")
    assert_printed(pdf, "Total TTC −4 594,68 €", "Net à votre crédit 4 594,68 €", "Montant à déduire de la facture")
    assert "FR76" not in text_of(pdf)
    assert "Échéance" not in text_of(pdf)


def test_discounts_and_charges_are_printed_where_they_are_granted() -> None:
    """Under the line they stand on, and between the sum of the lines and the net of the document."""
    pdf = render_pdf(KINDS["discounts and charges on lines and document"]())
    assert_printed(pdf, "Lamellé-collé 40 mm, qualité A/B Remise commerciale : −50,00 € Frais de port : +18,40 €")
    assert_printed(
        pdf,
        "Total des lignes HT 3 384,82 €",
        "Remise commerciale (TVA 20 %) −50,00 €",
        "Frais de port (TVA 20 %) +18,40 €",
        "Remise commerciale (TVA 10 %) −50,00 €",
        "Total HT 3 303,22 €",
    )


def test_a_deposit_and_its_final_invoice_say_what_they_are() -> None:
    """What was paid before is taken off, and the deposit is named."""
    assert_printed(render_pdf(KINDS["deposit"]()), "Facture d’acompte F2026-00042")
    assert_printed(
        render_pdf(KINDS["final, deposit prepaid"]()),
        "Fait suite à facture d’acompte F2026-00007 du 01/10/2026",
        "Total TTC 6 470,29 €",
        "Déjà payé −1 080,00 €",
        "Net à payer 5 390,29 €",
    )


def test_a_corrective_invoice_replaces_another() -> None:
    """And says which, and why."""
    pdf = render_pdf(KINDS["corrective"]())
    assert_printed(pdf, "Facture rectificative F2026-00042", "Annule et remplace la facture F2026-00009 du 01/10/2026.")
    assert_printed(pdf, "Motif : Adresse de facturation erronée.")


def test_a_retention_is_announced_with_its_day() -> None:
    """Beside the due date of the rest."""
    pdf = render_pdf(KINDS["retention"]())
    assert_printed(pdf, "Retenue de garantie de 5 % : 286,41 €, exigible le 22/11/2027", "Net à payer 5 728,26 €")


def test_a_paid_invoice_asks_for_nothing() -> None:
    """No bank account."""
    pdf = render_pdf(KINDS["already paid"]())
    assert_printed(pdf, "Net à payer 0,00 €", "Payée le 22/11/2026.")
    assert "FR76" not in text_of(pdf)


def test_the_xml_is_inside_as_the_alternative_form() -> None:
    """Factur-X: its name, its type, its relationship, its day in universal time, and the metadata that announce it."""
    document = sample_document(lines=2)
    reader = PdfReader(io.BytesIO(render_pdf(document)))
    assert reader.attachments == {"factur-x.xml": [render_cii(document)]}
    catalogue: Any = reader.root_object
    assert len(catalogue["/AF"]) == 1
    attached = catalogue["/AF"][0].get_object()
    assert (attached["/AFRelationship"], attached["/UF"]) == ("/Alternative", "factur-x.xml")
    embedded = attached["/EF"]["/F"].get_object()
    assert (embedded["/Subtype"], embedded["/Params"]["/ModDate"]) == ("/text/xml", "D:20261122000000Z")
    metadata = catalogue["/Metadata"].get_object().get_data().decode()
    assert metadata.count("<rdf:RDF") == 1
    for said in ('pdfaid:part="3"', 'pdfaid:conformance="A"', "<pdfuaid:part>1", "<fx:ConformanceLevel>EN 16931<"):
        assert said in metadata


def test_every_page_repeats_the_head_and_carries_exact_subtotals() -> None:
    """Uneven lines over several pages: each subtotal is the sum of the lines printed above it."""
    lines = tuple(
        sample_line(i, label=f"Poste {i:03}.", description="Détail de la pose. " * (i * 7 % 23)) for i in range(1, 71)
    )
    document = with_lines(*lines)
    pages = pages_of(render_pdf(document))
    assert len(pages) >= 4
    above = Decimal("0.00")
    for number, page in enumerate(pages):
        assert amount_after(FORWARD, page) == (above if number else None)
        printed = [line for line in lines if line.label in page]
        above += sum(line.net for line in printed)
        assert len(printed) >= 2
        is_last = number == len(pages) - 1
        assert amount_after(CARRIED, page) == (None if is_last else above)
        assert HEAD in page
        assert f"Page {number + 1}/{len(pages)}" in page
        assert squeezed("SIREN 832 457 618 RCS Nantes") in page
        assert "Facture F2026-00042" in page
    assert above == document.net
    assert "Net à payer" in pages[-1]


@pytest.mark.parametrize("count", [11, 12, 14, 16, 18, 24, 25, 26, 30])
def test_totals_never_stand_without_two_lines(count: int) -> None:
    """Wherever the end of the page falls."""
    document = sample_document(lines=0)
    lines = tuple(sample_line(i, label=f"Poste {i:03}.") for i in range(1, count + 1))
    pages = pages_of(render_pdf(with_totals(replace(document, lines=lines))))
    assert sum("Net à payer" in page for page in pages) == 1
    assert sum(line.label in pages[-1] for line in lines) >= 2
    assert all(line.label in "".join(pages) for line in lines)


def test_a_line_longer_than_a_page_is_printed_whole() -> None:
    """A pasted text of 150 rows: nothing is lost, and the subtotal that follows is right."""
    rows = [f"Rang {i:03}." for i in range(1, 151)]
    long = sample_line(1, description="\n".join(rows))
    pdf = render_pdf(with_lines(long, sample_line(2), sample_line(3), sample_line(4)))
    assert_printed(pdf, *rows)
    assert amount_after(FORWARD, pages_of(pdf)[-1]) == long.net + sample_line(2).net


def test_long_names_and_large_amounts_stay_on_the_page() -> None:
    """The figures' columns grow with what they hold."""
    name = "Établissement public de coopération intercommunale du Haut-Val-de-Sèvre et des Marais réunis"
    buyer = replace(PROFESSIONAL, name=name, contact_name="Marie-Antoinette de La Rochefoucauld-Montmorency")
    brand = replace(BRAND, name="Atelier coopératif d’ouvrages en bois massif et de restauration du patrimoine bâti")
    line = sample_line(1, quantity=Decimal(1000), unit_price=Decimal("99999999.999999"), label="M" * 160)
    pdf = render_pdf(with_lines(line, buyer=buyer, brand=brand))
    assert_printed(pdf, name, brand.name, "99 999 999,999999 €", "100 000 000 000,00 €", "120 000 000 000,00 €")
    assert right_edge(pdf) <= 595.28 - 18 / 25.4 * 72


def test_the_same_document_gives_the_same_bytes() -> None:
    """Also after another document was rendered in between."""
    first = render_pdf(sample_document(lines=3), logo=sample_logo())
    render_pdf(CREDIT_NOTE)
    assert render_pdf(sample_document(lines=3), logo=sample_logo()) == first


def test_the_file_says_what_it_is() -> None:
    """Title, author, language, the issue date as creation date, tags for screen readers; no logo is no image."""
    reader = PdfReader(io.BytesIO(render_pdf(sample_document(lines=1))))
    assert reader.metadata is not None
    assert reader.metadata.title == "Facture F2026-00042"
    assert reader.metadata.author == "Les Ateliers Réunis"
    assert reader.metadata.creation_date_raw == "D:20261122"
    assert str(reader.root_object["/Lang"]) == "fr"
    assert "/StructTreeRoot" in reader.root_object
    assert len(reader.pages[0].images) == 0


def test_the_logo_is_printed() -> None:
    """The activity's PNG, beside its name."""
    assert len(PdfReader(io.BytesIO(render_pdf(sample_document(lines=1), logo=sample_logo()))).pages[0].images) == 1


@pytest.mark.parametrize(
    "url", ["https://example.org/a.png", "file:///etc/passwd", "data:text/plain,a", "document:500"]
)
def test_nothing_else_is_fetched(url: str) -> None:
    """No network, no disk: only the files that were handed over."""
    with pytest.raises(PermissionError, match="documents fetch nothing"):
        OwnFilesOnly({"document:400": b""}).fetch(url)


def test_markup_and_odd_characters_never_break_the_document() -> None:
    """Typed markup is printed as it is; emoji, right-to-left text and controls do not stop the renderer."""
    line = sample_line(1, label="<b>Gras</b> & <script>", description="😀 שלום \u202e\x07\x00 ﷺ")
    pdf = render_pdf(with_lines(line, subject="<img src='file:///etc/passwd'> {{ document }}"))
    assert_printed(pdf, "<b>Gras</b> & <script>", "<img src='file:///etc/passwd'> {{ document }}")


def test_another_paper_is_printed_in_the_same_font() -> None:
    """From any template and stylesheet of the documents; twice the same bytes."""
    document = sample_document(lines=1)
    context = {"document": document, "amount_due": document.gross, "accent": "#0f766e"}
    first = render_page("documents/invoice.html", "invoice.css", context, identifier="R2026-001")
    assert first == render_page("documents/invoice.html", "invoice.css", context, identifier="R2026-001")
    assert "Net à payer" in text_of(first)
