"""The frozen quote and its PDF: what it says by law, that it never changes, that it is an accessible archive."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pypdf import PdfReader

from cae_backoffice.core.errors import RefusalError
from invoicing.customers.enums import CustomerKind
from invoicing.mentions.models import LegalText
from invoicing.pricing.rules import TypedAdjustment
from invoicing.quotes.models import GeneralConditions, Quote, QuoteFile, QuoteSnapshot
from invoicing.quotes.services import send_quote, store_pdf
from invoicing.rendering.quote import FrozenQuote, quote_from_json, quote_to_json
from members.activities.enums import Sector
from members.activities.models import Activity
from tests.invoicing.factories import DAY, accountant, make_customer, make_insurance, make_selling_activity
from tests.invoicing.quotes.books import draft_quote, line, sent_quote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def builder() -> Activity:
    """A builder with its insurance."""
    activity = make_selling_activity(sector=Sector.CONSTRUCTION)
    make_insurance(activity)
    return activity


def full_quote(**fields: Any) -> Quote:  # noqa: ANN401
    """A builder's quote to a consumer: two chapters, an option, a discount, a deposit and terms."""
    activity = fields.pop("activity", None) or builder()
    lines = [
        line(
            "Dépose de l’ancien sol", "20", "15", chapter="Préparation", unit="MTK", description="Évacuation comprise"
        ),
        line("Ragréage", "20", "12.5", "FR10", chapter="Préparation", unit="MTK", discount_percent=Decimal(10)),
        line("Pose d’un parquet en chêne", "20", "45", "FR10", chapter="Parquet", unit="MTK"),
        line("Vitrification", "20", "18", "FR10", chapter="Parquet", unit="MTK", is_option=True),
    ]
    content: dict[str, Any] = {
        "customer": make_customer(activity, CustomerKind.CONSUMER),
        "subject": "Rénovation du salon",
        "introduction": "Suite à notre visite, voici notre proposition.",
        "execution": "Dans les six semaines",
        "deposit_percent": Decimal(30),
        "retention_percent": Decimal(5),
        "terms": "Le client vide la pièce avant les travaux.",
        "lines": lines,
        "adjustments": [TypedAdjustment(reason="Remise de fidélité", percent=Decimal(10))],
    }
    return draft_quote(activity, **content | fields)


def frozen(quote: Quote) -> FrozenQuote:
    """What was frozen of a quote."""
    return quote_from_json(QuoteSnapshot.objects.get(quote=quote).content)


def text_of(file: QuoteFile) -> str:
    """All that the PDF says, with single spaces."""
    with default_storage.open(str(file.pdf)) as stored:
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(stored.read())).pages]
    return " ".join(" ".join(pages).split())


def test_sending_freezes_what_the_quote_shows() -> None:
    quote = send_quote(quote=full_quote(), by=accountant(), on=DAY)
    copy = frozen(quote)
    assert quote_from_json(quote_to_json(copy)) == copy
    assert (copy.net, copy.vat, copy.gross) == (Decimal("1282.50"), Decimal("155.25"), Decimal("1437.75"))
    assert (quote.net, quote.vat, quote.gross) == (copy.net, copy.vat, copy.gross)
    assert [(entry.vat_rate, entry.amount) for entry in copy.adjustments] == [
        (Decimal(10), Decimal("112.50")),
        (Decimal(20), Decimal("30.00")),
    ]
    assert [(offered.chapter, offered.is_option) for offered in copy.lines][-1] == ("Parquet", True)
    assert ProcrastinateJob.objects.filter(task_name="invoicing.render_quote_pdf").count() == 1


def test_the_pdf_is_kept_and_says_everything() -> None:
    GeneralConditions.objects.create(valid_from=DAY, text="Article 1. Objet du contrat.")
    quote = send_quote(quote=full_quote(), by=accountant(), on=DAY)
    file = store_pdf(quote=quote, by=accountant())
    assert store_pdf(quote=quote, by=accountant()) == file
    text = text_of(file)
    for expected in (
        f"Devis {quote.number}",
        "Valable jusqu’au 02/12/2026",
        "Rénovation du salon",
        "Sous-total Préparation",
        "Options, non comprises dans le total",
        "Vitrification",
        "Bon pour accord",
        "Acompte de 30 % à la commande",
        "Devis gratuit.",
        "Droit de rétractation",
        "médiateur de la consommation",
        "Assurance décennale",
        "Article 1. Objet du contrat.",
    ):
        assert expected in text.replace("\u00a0", " "), expected
    assert "Factur-X" not in text


@pytest.mark.parametrize(
    ("fields", "present", "absent"),
    [
        ({"fee": Decimal(60)}, "Devis payant", "Devis gratuit"),
        ({"sale_setting": "OFF_PREMISES"}, "aucun paiement", "Devis payant"),
        ({"sale_setting": "ON_PREMISES"}, "garantie légale de conformité", "rétractation"),
    ],
)
def test_mentions_follow_the_contract(fields: dict[str, Any], present: str, absent: str) -> None:
    mentions = " ".join(frozen(send_quote(quote=full_quote(**fields), by=accountant(), on=DAY)).mentions)
    assert present in mentions
    assert absent not in mentions


def test_a_professional_gets_no_consumer_mention_and_cape_is_named() -> None:
    activity = make_selling_activity(cape=True)
    mentions = frozen(sent_quote(activity)).mentions
    assert len(mentions) == 1
    assert "contrat d’appui au projet d’entreprise (CAPE)" in mentions[0]


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (lambda quote: quote.activity.insurances.all().delete(), "pas d’assurance décennale en cours le 02/11/2026"),
        (lambda _: LegalText.objects.filter(code="WITHDRAWAL").delete(), "«\u00a0Droit de rétractation\u00a0»"),
        (lambda _: LegalText.objects.filter(code="MEDIATOR").update(text="{x}"), "valeur dans la mention"),
        (lambda quote: Quote.objects.filter(pk=quote.pk).update(execution=""), "le délai ou la date d’exécution"),
        (lambda quote: quote.lines.filter(position=1).update(label="漢"), "ne peut pas imprimer «\u00a0漢\u00a0»"),
    ],
)
def test_what_the_law_wants_is_asked(break_it: Any, reason: str) -> None:  # noqa: ANN401
    quote = full_quote()
    break_it(quote)
    with pytest.raises(RefusalError, match=reason):
        send_quote(quote=quote, by=accountant(), on=DAY)
    assert not QuoteSnapshot.objects.exists()
    assert Quote.objects.get(pk=quote.pk).number is None


def test_an_activity_without_contract_sends_nothing() -> None:
    with pytest.raises(RefusalError, match="n’a de CAPE ni de CESA"):
        send_quote(quote=draft_quote(valid_until=date(2024, 12, 31)), by=accountant(), on=date(2024, 6, 1))


@pytest.mark.parametrize("table", ["invoicing_quotesnapshot", "invoicing_quotefile", "invoicing_quoteadjustment"])
def test_what_was_frozen_stays(table: str) -> None:
    quote = send_quote(quote=full_quote(), by=accountant(), on=DAY)
    store_pdf(quote=quote, by=accountant())
    for verb in (f"DELETE FROM {table}", f"UPDATE {table} SET quote_id = quote_id"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)
