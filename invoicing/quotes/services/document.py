"""Building the frozen quote from its records, and what it must say by law."""

from collections.abc import Iterator

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import format_euros
from invoicing.customers.enums import CustomerKind
from invoicing.customers.queries import billing_place
from invoicing.mentions.enums import LegalTextCode
from invoicing.mentions.rules import (
    UNFILLED,
    brand_of,
    buyer_of,
    delivery_of,
    fill,
    missing_of_buyer,
    missing_of_seller,
    seller_of,
    unprintable_sentence,
)
from invoicing.pricing.enums import PaymentTerms, Unit
from invoicing.pricing.rules import AdjustmentShare, Totals, adjustment_shares
from invoicing.quotes.enums import SaleSetting
from invoicing.quotes.models import QuoteLine
from invoicing.quotes.queries.material import QuoteMaterial
from invoicing.quotes.rules import counted, quote_totals
from invoicing.rendering.document import Adjustment, Line, VatRow
from invoicing.rendering.font import unprintable
from invoicing.rendering.quote import FrozenQuote, OfferedLine, printed_texts
from members.cooperative.models import Cooperative

Mention = tuple[LegalTextCode, dict[str, str]]


def build_quote(material: QuoteMaterial) -> FrozenQuote:
    """The quote as it is sent on the material's day. Refused without a cooperative, a customer or a validity."""
    quote, cooperative = material.quote, material.cooperative
    if cooperative is None or quote.customer is None or quote.valid_until is None:
        raise RefusalError("La coopérative, le client ou la validité du devis manque.")
    amounts = quote_totals(material.lines, adjustments=material.adjustments)
    conditions = material.conditions
    return FrozenQuote(
        reference=quote.reference,
        issued_on=material.on,
        valid_until=quote.valid_until,
        seller=seller_of(cooperative),
        brand=brand_of(quote.activity),
        buyer=buyer_of(quote.customer, billing_place(quote.customer)),
        delivery=delivery_of(quote.delivery_address) if quote.delivery_address else None,
        subject=quote.subject,
        introduction=quote.introduction,
        execution=quote.execution,
        lines=tuple(_line(line) for line in material.lines),
        adjustments=tuple(map(_adjustment, adjustment_shares(material.adjustments, counted(material.lines)))),
        vat_rows=_vat_rows(amounts, material),
        net=amounts.net,
        vat=amounts.vat,
        gross=amounts.gross,
        payment_terms_label=PaymentTerms(quote.payment_terms).label,
        deposit_percent=quote.deposit_percent,
        retention_percent=quote.retention_percent,
        terms=quote.terms,
        mentions=tuple(
            fill(material.texts[code], values)
            for code, values in wanted_mentions(material, cooperative)
            if code in material.texts
        ),
        conditions_title=conditions.title if conditions else "",
        conditions_text=conditions.text if conditions else "",
        replaces=quote.replaces.reference if quote.replaces else "",
    )


def _vat_rows(amounts: Totals, material: QuoteMaterial) -> tuple[VatRow, ...]:
    """The VAT table: why there is none stands beside each row."""
    codes = {(line.vat_code.category, line.vat_code.rate): line.vat_code for line in material.lines}
    return tuple(
        VatRow(
            category=row.category,
            rate=row.rate,
            net=row.net,
            vat=row.vat,
            reason=codes[row.category, row.rate].exemption_text,
            vatex_code=codes[row.category, row.rate].vatex_code,
        )
        for row in amounts.rows
    )


def wanted_mentions(material: QuoteMaterial, cooperative: Cooperative) -> Iterator[Mention]:
    """The legal texts this quote must carry, each with the values of its placeholders, in printing order."""
    quote = material.quote
    if quote.fee:
        yield LegalTextCode.QUOTE_PAID, {"fee": format_euros(quote.fee)}
    elif material.is_construction:
        yield LegalTextCode.QUOTE_FREE, {}
    if quote.customer and quote.customer.kind == CustomerKind.CONSUMER:
        yield from _consumer_mentions(material, cooperative)
    for member in material.right.cape_members:
        values = {"person": member.person_name, "cooperative": cooperative.legal_name}
        yield LegalTextCode.CAPE, {**values, "ends_on": f"{member.ends_on:%d/%m/%Y}"}
    if material.insurance:
        insurance = material.insurance
        yield (
            LegalTextCode.DECENNIAL_INSURANCE,
            {
                "insurer": insurance.insurer,
                "policy": insurance.policy_number,
                "cover": insurance.cover,
                "territory": insurance.territory,
            },
        )


def _consumer_mentions(material: QuoteMaterial, cooperative: Cooperative) -> Iterator[Mention]:
    """What a consumer is told before the contract (C. conso. L111-1, L221-5)."""
    yield LegalTextCode.CONFORMITY, {}
    if material.quote.sale_setting != SaleSetting.ON_PREMISES:
        seat = f"{cooperative.street}, {cooperative.postcode} {cooperative.city}"
        values = {"cooperative": cooperative.legal_name, "address": seat, "email": cooperative.email}
        yield LegalTextCode.WITHDRAWAL, values
    if material.quote.sale_setting == SaleSetting.OFF_PREMISES:
        yield LegalTextCode.NO_PAYMENT_YET, {}
    yield LegalTextCode.MEDIATOR, {"mediator": " ".join(cooperative.mediator.split())}


def legal_problems(material: QuoteMaterial) -> Iterator[str]:
    """What the quote lacks by law, or what it cannot print, in French sentences."""
    cooperative = material.cooperative
    if cooperative is None:
        yield "La coopérative n’est pas encore configurée."
        return
    if not material.right.allowed:
        yield material.right.reason
    if material.is_construction and material.insurance is None:
        yield f"L’activité n’a pas d’assurance décennale en cours le {material.on:%d/%m/%Y}."
    yield from _text_problems(material, cooperative)
    if material.quote.customer and material.quote.valid_until:
        quote = build_quote(material)
        yield from missing_of_seller(quote.seller)
        yield from missing_of_buyer(quote.buyer)
        yield from (unprintable_sentence(name, text) for name, text in printed_texts(quote) if unprintable(text))


def _text_problems(material: QuoteMaterial, cooperative: Cooperative) -> Iterator[str]:
    customer = material.quote.customer
    if customer and customer.kind == CustomerKind.CONSUMER and not material.quote.execution:
        yield "Pour un particulier, indiquez le délai ou la date d’exécution (C. conso. L111-1)."
    for code, values in wanted_mentions(material, cooperative):
        label = LegalTextCode(code).label
        if code not in material.texts:
            yield f"La mention «\u00a0{label}\u00a0» n’a pas de texte en vigueur le {material.on:%d/%m/%Y}."
        elif UNFILLED.search(fill(material.texts[code], values)):
            yield f"Il manque une valeur dans la mention «\u00a0{label}\u00a0»."


def _line(line: QuoteLine) -> OfferedLine:
    return OfferedLine(
        line=Line(
            position=line.position,
            label=line.label,
            description=line.description,
            quantity=line.quantity,
            unit_code=line.unit,
            unit_label=Unit(line.unit).label,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            net=line.net,
            vat_rate=line.vat_code.rate,
            vat_category=line.vat_code.category,
        ),
        chapter=line.chapter,
        is_option=line.is_option,
        key=line.pk,
    )


def _adjustment(share: AdjustmentShare) -> Adjustment:
    return Adjustment(
        is_charge=share.adjustment.is_charge,
        reason=share.adjustment.reason,
        amount=share.amount,
        vat_category=share.category,
        vat_rate=share.rate,
    )
