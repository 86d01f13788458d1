"""From the draft to the answer: what is written, what is refused, and that a refusal changes nothing."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage

from cae_backoffice.core.audit import check_chain, history_of
from cae_backoffice.core.errors import RefusalError
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import GeneralConditions, Quote, QuoteLink, QuoteTemplate
from invoicing.quotes.queries.quotes import accepted_lines
from invoicing.quotes.services import (
    accept_by_hand,
    accept_online,
    delete_draft,
    delete_template,
    draft_from_template,
    duplicate_quote,
    expire_quotes,
    open_link,
    refuse_by_hand,
    refuse_online,
    revise_quote,
    save_as_template,
    send_quote,
    withdraw_quote,
)
from tests.invoicing.factories import DAY, accountant, entrepreneur_of, make_customer, make_selling_activity
from tests.invoicing.quotes.books import VISITOR, accept, draft_quote, drawing, line, link_of, noon, sent_quote

pytestmark = pytest.mark.django_db


def state_of(quote: Quote) -> str:
    """As it is stored."""
    return Quote.objects.get(pk=quote.pk).state


def refusals(quote: Quote) -> tuple[str, ...]:
    """Why the quote cannot be sent on DAY; it stays the draft it was."""
    before = Quote.objects.filter(pk=quote.pk).values().get()
    with pytest.raises(RefusalError) as caught:
        send_quote(quote=quote, by=accountant(), on=DAY)
    assert Quote.objects.filter(pk=quote.pk).values().get() == before
    return caught.value.reasons


def test_a_draft_sums_its_lines_without_the_options() -> None:
    quote = draft_quote(
        lines=[
            line(quantity="10", unit_price="100", chapter="Sols"),
            line("Plinthes", "4", "12.50", "FR10", discount_percent=Decimal(10)),
            line("Vernis", "1", "300", is_option=True),
        ]
    )
    assert (quote.net, quote.vat, quote.gross) == (Decimal("1045.00"), Decimal("204.50"), Decimal("1249.50"))
    assert [(row.position, row.net, row.is_option) for row in quote.lines.all()] == [
        (1, Decimal("1000.00"), False),
        (2, Decimal("45.00"), False),
        (3, Decimal("300.00"), True),
    ]
    assert quote.reference == ""
    assert str(quote) == f"Devis brouillon {quote.pk}"


def test_sending_numbers_by_year_and_names_the_conditions_of_the_day() -> None:
    activity = make_selling_activity()
    make = GeneralConditions.objects.create
    make(valid_from=DAY, text="Coopérative")
    make(activity=activity, valid_from=DAY - timedelta(days=40), text="Ancien texte")
    own = make(activity=activity, valid_from=DAY, text="Texte de l’activité")
    make(activity=activity, valid_from=DAY + timedelta(days=1), text="À venir")
    first, second = sent_quote(activity), sent_quote(activity)
    assert (first.number, second.number) == ("D2026-00001", "D2026-00002")
    assert (first.state, first.issued_on, first.conditions) == (QuoteState.SENT, DAY, own)
    other = sent_quote(valid_until=DAY + timedelta(days=400), on=DAY.replace(year=2027))
    assert other.number == "D2027-00001"
    assert other.conditions is not None
    assert other.conditions.text == "Coopérative"
    assert history_of(first)[0].action == "quote.sent"
    assert check_chain().first_broken is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"customer": None}, "Choisissez le client."),
        ({"lines": []}, "Écrivez au moins une ligne."),
        ({"valid_until": None}, "Indiquez jusqu’à quel jour le devis est valable."),
        ({"valid_until": DAY - timedelta(days=1)}, "La validité du devis est déjà passée (01/11/2026)."),
    ],
)
def test_what_a_quote_lacks_is_named(content: dict[str, Any], reason: str) -> None:
    assert refusals(draft_quote(**content)) == (reason,)


def test_a_negative_total_is_not_offered() -> None:
    assert refusals(draft_quote(lines=[line(quantity="-1")])) == ("Le total d’un devis n’est pas négatif.",)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (
            {"retention_percent": Decimal("5.01")},
            "Une retenue de garantie est comprise entre 0 et 5\u00a0% (loi 71-584).",
        ),
        ({"deposit_percent": Decimal(101)}, "Un acompte est compris entre 0 et 100\u00a0%."),
        ({"fee": Decimal(-1)}, "Le prix du devis n’est pas négatif."),
    ],
)
def test_figures_out_of_range_are_refused(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(RefusalError) as caught:
        draft_quote(**fields)
    assert caught.value.reasons == (reason,)
    assert not Quote.objects.exists()


def test_strangers_and_strange_customers_are_refused() -> None:
    activity, other = make_selling_activity(), make_selling_activity()
    with pytest.raises(RefusalError, match="Vous n’écrivez pas de devis"):
        draft_quote(activity, by=entrepreneur_of(other))
    with pytest.raises(RefusalError, match="celui d’une autre activité"):
        draft_quote(activity, customer=make_customer(other))
    assert not Quote.objects.exists()


def test_the_customer_accepts_with_an_option() -> None:
    quote = sent_quote(lines=[line(), line("Vernis", "1", "300", "FR10", is_option=True), line("Cire", is_option=True)])
    option = quote.lines.get(label="Vernis")
    acceptance = accept(quote, [option.pk])
    assert state_of(quote) == QuoteState.ACCEPTED
    assert (acceptance.net, acceptance.vat, acceptance.gross) == (Decimal(1200), Decimal(210), Decimal(1410))
    assert (acceptance.name, acceptance.ip_address, acceptance.signature_kind) == (
        "Élodie Bernard",
        VISITOR.ip_address,
        "TYPED",
    )
    assert [row.label for row in accepted_lines(quote)] == ["Pose d’un parquet", "Vernis"]
    stored = Quote.objects.get(pk=quote.pk)
    assert (stored.net, stored.gross) == (Decimal(900), Decimal(1080))  # what was sent stays what it was


def test_a_drawn_signature_is_encoded_anew() -> None:
    quote = sent_quote()
    drawn = drawing() + b"hidden"
    acceptance = accept_online(
        link=link_of(quote), name="Ana", options=[], drawing=drawn, visitor=VISITOR, at=noon(DAY)
    )
    assert acceptance.signature_kind == "DRAWN"
    assert bytes(acceptance.signature_png or b"").startswith(b"\x89PNG")
    assert b"hidden" not in bytes(acceptance.signature_png or b"")
    assert len(acceptance.sha256) == 64


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": "  "}, "Indiquez le nom de la personne qui répond."),
        ({"options": [0]}, "Ce devis n’a pas cette option."),
        ({"drawing": b"GIF89a"}, "La signature dessinée n’est pas une image lisible."),
        ({"drawing": drawing(ink=(0, 0, 0, 0))}, "La signature dessinée est vide."),
        ({"drawing": b"x" * 400_000}, "La signature dessinée est trop lourde."),
        ({"at": noon(DAY + timedelta(days=31))}, "Ce devis n’attend plus de réponse."),
    ],
)
def test_acceptances_that_cannot_stand(fields: dict[str, Any], reason: str) -> None:
    quote = sent_quote()
    usual: dict[str, Any] = {"name": "Ana", "options": [], "drawing": None, "visitor": VISITOR, "at": noon(DAY)}
    with pytest.raises(RefusalError) as caught:
        accept_online(link=link_of(quote), **usual | fields)
    assert caught.value.reasons == (reason,)
    assert state_of(quote) == QuoteState.SENT
    assert not hasattr(Quote.objects.get(pk=quote.pk), "acceptance")


def test_a_paper_signature_is_kept_with_its_file(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    quote = sent_quote()
    until = quote.valid_until or DAY
    later = until + timedelta(days=2)
    expire_quotes(on=later)
    answer: dict[str, Any] = {"quote": quote, "name": "Ana", "options": [], "by": accountant(), "at": noon(later)}
    for day in (DAY - timedelta(days=1), until + timedelta(days=1)):
        with pytest.raises(RefusalError, match="entre l’envoi du devis"):
            accept_by_hand(**answer, answered_on=day, signed=b"%PDF-1.7 signed")
    with pytest.raises(RefusalError, match="un PDF, ou une image"):
        accept_by_hand(**answer, answered_on=until, signed=b"MZ program")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert state_of(quote) == QuoteState.EXPIRED
    acceptance = accept_by_hand(**answer, answered_on=until, signed=b"%PDF-1.7 signed")
    assert state_of(quote) == QuoteState.ACCEPTED
    with default_storage.open(str(acceptance.signed_file)) as stored:
        assert stored.read() == b"%PDF-1.7 signed"
    assert (acceptance.recorded_by, acceptance.ip_address) == (accountant(), None)


def test_the_customer_declines_online_or_by_hand() -> None:
    online, by_hand = sent_quote(), sent_quote()
    refusal = refuse_online(link=link_of(online), name="Ana", reason="Trop\n cher", visitor=VISITOR, at=noon(DAY))
    assert (refusal.reason, state_of(online)) == ("Trop cher", QuoteState.REFUSED)
    refuse_by_hand(quote=by_hand, name="Ana", reason="", answered_on=DAY, by=accountant(), at=noon(DAY))
    assert state_of(by_hand) == QuoteState.REFUSED
    with pytest.raises(RefusalError, match="n’attend plus de réponse"):
        accept_online(link=online.links.get(), name="Ana", options=[], drawing=None, visitor=VISITOR, at=noon(DAY))
    with pytest.raises(RefusalError, match="dans son état actuel"):
        refuse_by_hand(quote=online, name="Ana", reason="", answered_on=DAY, by=accountant(), at=noon(DAY))
    with pytest.raises(RefusalError, match="dans le futur"):
        refuse_by_hand(
            quote=sent_quote(),
            name="Ana",
            reason="",
            answered_on=DAY + timedelta(days=2),
            by=accountant(),
            at=noon(DAY),
        )


def test_only_what_outlived_its_validity_expires() -> None:
    short, long = sent_quote(valid_until=DAY), sent_quote()
    assert expire_quotes(on=DAY) == 0
    assert expire_quotes(on=DAY + timedelta(days=1)) == 1
    assert (state_of(short), state_of(long)) == (QuoteState.EXPIRED, QuoteState.SENT)
    assert history_of(short)[0].action == "quote.expired"


def test_a_withdrawn_quote_takes_no_answer() -> None:
    quote = sent_quote()
    link = link_of(quote)
    withdraw_quote(quote=quote, reason="Erreur de prix", by=accountant())
    assert state_of(quote) == QuoteState.WITHDRAWN
    with pytest.raises(RefusalError, match="n’attend plus de réponse"):
        accept_online(link=link, name="Ana", options=[], drawing=None, visitor=VISITOR, at=noon(DAY))
    with pytest.raises(RefusalError, match="retirer"):
        withdraw_quote(quote=quote, reason="", by=accountant())
    with pytest.raises(RefusalError, match="lien privé"):
        open_link(quote=quote, by=accountant(), at=noon(DAY))
    assert QuoteLink.objects.count() == 1


def test_a_new_version_keeps_the_number_and_replaces_the_former() -> None:
    quote = sent_quote()
    draft = revise_quote(quote=quote, by=accountant(), on=DAY)
    assert revise_quote(quote=quote, by=accountant(), on=DAY) == draft
    assert (draft.version, draft.replaces, draft.state) == (2, quote, QuoteState.DRAFT)
    assert state_of(quote) == QuoteState.SENT  # until the new one is sent
    sent = send_quote(quote=draft, by=accountant(), on=DAY)
    assert (sent.number, sent.reference) == (quote.number, f"{quote.number}-V2")
    assert state_of(quote) == QuoteState.REPLACED
    with pytest.raises(RefusalError, match="réviser"):
        revise_quote(quote=quote, by=accountant(), on=DAY)


def test_a_version_is_not_sent_over_an_acceptance() -> None:
    quote = sent_quote()
    draft = revise_quote(quote=quote, by=accountant(), on=DAY)
    accept(quote)
    assert refusals(draft) == (
        "La version précédente est «\u00a0accepté\u00a0»\u00a0: elle ne peut plus être remplacée.",
    )
    assert state_of(quote) == QuoteState.ACCEPTED


def test_duplicates_and_templates_say_the_same() -> None:
    activity = make_selling_activity()
    quote = sent_quote(activity, lines=[line(chapter="Sols"), line("Vernis", is_option=True)], terms="Gants fournis")
    copy = duplicate_quote(quote=quote, by=accountant(), on=DAY)
    assert (copy.state, copy.number, copy.customer, copy.terms) == (
        QuoteState.DRAFT,
        None,
        quote.customer,
        "Gants fournis",
    )
    template = save_as_template(quote=quote, name="Parquet", by=accountant())
    with pytest.raises(RefusalError, match="déjà un modèle"):
        save_as_template(quote=quote, name="Parquet", by=accountant())
    begun = draft_from_template(template=template, activity=activity, customer=None, by=accountant(), on=DAY)
    for other in (copy, begun):
        assert [(row.label, row.chapter, row.is_option, row.net) for row in other.lines.all()] == [
            ("Pose d’un parquet", "Sols", False, Decimal(900)),
            ("Vernis", "", True, Decimal(900)),
        ]
    assert begun.valid_until == DAY + timedelta(days=30)
    with pytest.raises(RefusalError, match="une autre activité"):
        draft_from_template(template=template, activity=make_selling_activity(), customer=None, by=accountant(), on=DAY)
    with pytest.raises(RefusalError, match="pas le vôtre"):
        delete_template(template=template, by=entrepreneur_of(make_selling_activity()))
    delete_template(template=template, by=entrepreneur_of(activity))
    assert not QuoteTemplate.objects.exists()


def test_only_drafts_are_thrown_away() -> None:
    quote, sent = draft_quote(), sent_quote()
    delete_draft(quote=quote, by=accountant())
    with pytest.raises(RefusalError, match="supprimer"):
        delete_draft(quote=sent, by=accountant())
    assert list(Quote.objects.all()) == [sent]
    with pytest.raises(RefusalError, match="modifier"):
        draft_quote(sent.activity, quote=sent)
