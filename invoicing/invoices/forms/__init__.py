"""The sheet on which a draft is typed: a heading and its lines, as HTTP gives them, and as `DraftContent`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from invoicing.customers.models import Customer
from invoicing.invoices.enums import AttachmentKind
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.queries import Choices
from invoicing.invoices.queries.attachments import attachments_of
from invoicing.invoices.rules import DraftContent, DraftLine, effects_of, may_delete, totals_with
from invoicing.invoices.rules.attachments import MAX_BYTES, TOO_HEAVY, may_attach
from invoicing.mentions.forms import PartiesForm
from invoicing.pricing.enums import PaymentTerms
from invoicing.pricing.forms import (
    TYPED,
    BaseAdjustmentFormSet,
    BaseLineFormSet,
    offered_adjustments,
    offered_lines,
    retyped_adjustments,
    retyped_lines,
    sent_adjustments,
    sent_lines,
    stored_adjustment,
    stored_line,
)
from invoicing.pricing.rules import Totals
from members.activities.models import Activity
from members.people.models import User

HEADING = ("subject", "supplied_on", "purchase_order", "payment_terms", "note")


class HeadingForm(PartiesForm):
    """For whom, what and when; everything but the activity may wait as long as it is a draft."""

    subject = forms.CharField(label="Objet", max_length=160, required=False)
    supplied_on = forms.DateField(
        label="Date de livraison ou de fin d’exécution",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Si elle diffère de la date de la facture.",
    )
    purchase_order = forms.CharField(label="N° de commande ou d’engagement", max_length=50, required=False)
    payment_terms = forms.ChoiceField(
        label="Délai de paiement", choices=PaymentTerms.choices, initial=PaymentTerms.DAYS_30
    )
    note = forms.CharField(
        label="Message au client", max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )


@dataclass
class Sheet:
    """The heading, the lines, and the discounts and charges on them all.

    `deductions` are the lines that take deposits off; they are not typed here, and count.
    """

    heading: HeadingForm
    lines: BaseLineFormSet
    adjustments: BaseAdjustmentFormSet
    deductions: tuple[InvoiceLine, ...] = ()

    def is_valid(self) -> bool:
        """Whether all hold what a draft can keep; every error is found, not only the first."""
        return all([self.heading.is_valid(), self.lines.is_valid(), self.adjustments.is_valid()])

    @property
    def is_begun(self) -> bool:
        """Whether something stands on it that is worth keeping, once valid."""
        return bool(self.lines.kept_forms or self.heading.cleaned_data["customer"])

    def is_ready_to_submit(self) -> bool:
        """Whether nothing lacks that a draft may lack but a document may not; what lacks is said at its field."""
        if not self.is_valid():
            return False
        if self.heading.cleaned_data["customer"] is None:
            self.heading.add_error("customer", "Choisissez le client.")
        if not self.lines.kept_forms:
            self.heading.add_error(None, "Écrivez au moins une ligne.")
        return self.heading.is_valid()

    def content(self) -> DraftContent:
        """What was typed, once valid."""
        typed = self.heading.cleaned_data
        return DraftContent(
            activity=typed["activity"],
            customer=typed["customer"],
            delivery_address=typed["delivery_address"],
            lines=self.draft_lines(),
            adjustments=self.adjustments.typed_adjustments(),
            **{name: typed[name] for name in HEADING},
        )

    def draft_lines(self) -> tuple[DraftLine, ...]:
        """The lines whose figures are right."""
        return tuple(DraftLine(**vars(line)) for line in self.lines.typed_lines())

    def totals(self) -> Totals:
        """What the lines typed so far amount to, with the deposits that the draft takes off."""
        return totals_with(self.adjustments.typed_adjustments(), [*self.draft_lines(), *self.deductions])

    def effects(self) -> list[tuple[str, Decimal]]:
        """What each discount and charge typed so far adds."""
        return effects_of(self.adjustments.typed_adjustments(), self.draft_lines())


def blank_sheet(choices: Choices, *, activity: Activity | None, customer: Customer | None) -> Sheet:
    """A new document with one line to fill in."""
    chosen = customer.activity if customer else activity
    initial = {"customer": str(customer.pk) if customer else ""}
    if chosen:  # without one, the field's own choice stands
        initial["activity"] = str(chosen.pk)
    return Sheet(
        HeadingForm(initial=initial, choices=choices), offered_lines([], choices.vat_codes), offered_adjustments([])
    )


def sheet_of(invoice: Invoice, lines: list[InvoiceLine], choices: Choices, *, customer: Customer | None) -> Sheet:
    """A stored draft; `customer` is the one just created for it."""
    initial: dict[str, Any] = {name: getattr(invoice, name) for name in HEADING}
    initial["activity"] = str(invoice.activity_id)
    initial["customer"] = str(customer.pk if customer else invoice.customer_id or "")
    initial["delivery_address"] = str(invoice.delivery_address_id or "")
    return Sheet(
        HeadingForm(initial=initial, choices=choices),
        offered_lines(map(_initial_of, lines), choices.vat_codes),
        offered_adjustments(map(stored_adjustment, invoice.adjustments.order_by("position"))),
        choices.deductions,
    )


def typed_sheet(data: QueryDict, choices: Choices) -> Sheet:
    """What the person sends."""
    return Sheet(
        HeadingForm(data, choices=choices),
        sent_lines(data, choices.vat_codes),
        sent_adjustments(data),
        choices.deductions,
    )


def retyped_sheet(data: QueryDict, choices: Choices, *, more_lines: int) -> Sheet:
    """The same shown again as it was typed, without judging it, removed lines gone and blank ones added."""
    typed = typed_sheet(data, choices)
    heading = {name: typed.heading[name].value() for name in typed.heading.fields}
    lines = retyped_lines(typed.lines, more_lines=more_lines)
    return Sheet(
        HeadingForm(initial=heading, choices=choices),
        offered_lines(lines, choices.vat_codes),
        offered_adjustments(retyped_adjustments(typed.adjustments)),
        choices.deductions,
    )


def _initial_of(line: InvoiceLine) -> dict[str, Any]:
    typed = DraftLine(**{name: getattr(line, name) for name in TYPED}, vat_code=line.vat_code)
    return stored_line(typed, line.vat_code_id)


class AttachmentForm(forms.Form):
    """A file that goes with a document, and what it is."""

    kind = forms.ChoiceField(label="Nature de la pièce", choices=AttachmentKind.choices)
    file = forms.FileField(
        label="Fichier",
        widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"}),
        help_text="PDF, JPEG ou PNG, 10\u00a0Mo au plus.",
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Not read when it is too heavy."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(TOO_HEAVY)
        return file


def attachments_context(user: User, invoice: Invoice) -> dict[str, Any]:
    """The files that go with a document, for its page on either side: what may be read, added and taken away."""
    may_add = may_attach(user, invoice)
    return {
        "attachments": list(attachments_of(invoice)),
        "attachment_form": AttachmentForm() if may_add else None,
        "may_detach": may_add and may_delete(user, invoice),
    }
