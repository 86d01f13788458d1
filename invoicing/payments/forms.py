"""What the staff types about payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import INPUT_CLASSES, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from cae_backoffice.core.forms import FrenchDecimalField, FrenchDecimalInput
from cae_backoffice.core.money import format_euros
from invoicing.invoices.models import Invoice
from invoicing.payments.enums import ClosingKind, PaymentMethod
from invoicing.payments.models import Allocation, DoubtfulReceivable, PaymentClosing, Receipt, Refund, WriteOff
from invoicing.payments.queries import fiscal_year_of
from invoicing.payments.rules import closing_period


def amount_field(label: str = "Montant", **options: Any) -> FrenchDecimalField:  # noqa: ANN401
    """An amount in euros, typed the French way."""
    widget = FrenchDecimalInput({"class": " ".join(INPUT_CLASSES)}, min_decimals=2)
    return FrenchDecimalField(label=label, max_digits=14, decimal_places=2, widget=widget, **options)


def day_field(label: str) -> forms.DateField:
    """A day, today unless another is chosen."""
    widget = UnfoldAdminTextInputWidget(
        {"type": "date"},
    )
    widget.format = "%Y-%m-%d"
    return forms.DateField(label=label, initial=lambda: timezone.localdate().isoformat(), widget=widget)


class OpenInvoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Invoices that still wait for money, each with what it waits for; the queryset has `remaining`."""

    widget = UnfoldAdminSelectWidget

    def label_from_instance(self, obj: Any) -> str:  # noqa: ANN401  Django's own signature
        """« F2026-00012 · Client · reste 120,00 € »."""
        return f"{obj.number} · {obj.customer} · reste {format_euros(abs(obj.remaining))}"


class ReceiptForm(forms.ModelForm):  # type: ignore[type-arg]
    """A receipt to record."""

    amount = amount_field()

    class Meta:
        model = Receipt
        fields = [
            "method",
            "received_on",
            "amount",
            "customer",
            "payer",
            "reference",
            "bank_name",
            "cheque_number",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if "payer" in self.fields:
            self.fields["payer"].required = False
            self.fields["payer"].help_text = "Laissé vide\u00a0: le nom du client."


class AllocationForm(forms.ModelForm):  # type: ignore[type-arg]
    """An invoice that the receipt may pay, and how much of it: nothing typed is nothing paid."""

    invoice = OpenInvoiceField(label="Facture", queryset=Invoice.objects.none(), required=False)
    amount = amount_field(required=False)

    class Meta:
        model = Allocation
        fields = ["invoice", "amount"]

    def _post_clean(self) -> None:
        """The service checks the allocation: the record to be is not complete yet."""


class AllocateForm(forms.Form):
    """One invoice to pay from what is left. `invoices` come with `remaining`."""

    invoice = OpenInvoiceField(label="Facture", queryset=Invoice.objects.none())
    amount = amount_field()
    on = day_field("Affecté le")
    wide = ("invoice",)


class BounceForm(forms.Form):
    """When and why the bank took the money back."""

    on = day_field("Rejeté le")
    reason = forms.CharField(label="Motif", max_length=160, widget=UnfoldAdminTextInputWidget)


class RefundForm(forms.Form):
    """What goes back to the customer."""

    amount = amount_field()
    refunded_on = day_field("Remboursé le")
    method = forms.ChoiceField(
        label="Moyen", choices=PaymentMethod, initial=PaymentMethod.TRANSFER, widget=UnfoldAdminSelectWidget
    )


class RemitForm(forms.Form):
    """When the cheques go to the bank."""

    on = day_field("Remis le")


class CreditNoteRefundForm(forms.ModelForm):  # type: ignore[type-arg]
    """A credit note to refund."""

    credit_note = OpenInvoiceField(label="Avoir", queryset=Invoice.objects.none())
    amount = amount_field()

    class Meta:
        model = Refund
        fields = ["credit_note", "amount", "refunded_on", "method"]

    def _post_clean(self) -> None:
        """The service checks the refund: the record to be is not complete yet."""


class OffsetForm(forms.ModelForm):  # type: ignore[type-arg]
    """A credit note to set off against the invoice it corrects."""

    credit_note = OpenInvoiceField(label="Avoir", queryset=Invoice.objects.none())
    amount = amount_field()

    class Meta:
        model = Allocation
        fields = ["credit_note", "amount", "allocated_on"]

    def _post_clean(self) -> None:
        """The service checks the allocation: the record to be is not complete yet."""


class InvoiceForm(forms.ModelForm):  # type: ignore[type-arg]
    """Something that happens to an invoice which still waits for money."""

    invoice = OpenInvoiceField(label="Facture", queryset=Invoice.objects.none())

    def _post_clean(self) -> None:
        """The service checks the act: the record to be is not complete yet."""


class DoubtForm(InvoiceForm):
    """An invoice whose payment has become doubtful."""

    class Meta:
        model = DoubtfulReceivable
        fields = ["invoice", "declared_on", "reason"]


class WriteOffForm(InvoiceForm):
    """What of an invoice is lost."""

    amount = amount_field("Montant TTC")

    class Meta:
        model = WriteOff
        fields = ["invoice", "amount", "written_off_on", "reason"]


class ClosingForm(forms.ModelForm):  # type: ignore[type-arg]
    """The period to close, by its kind and one of its days. Only what is over is closed."""

    day = day_field("Jour de la période")

    class Meta:
        model = PaymentClosing
        fields = ["kind"]

    def clean(self) -> dict[str, Any]:
        """A period that goes on may still receive payments."""
        cleaned = super().clean() or {}
        kind, day = cleaned.get("kind"), cleaned.get("day")
        if kind and day:
            fiscal_year = fiscal_year_of(day) if kind == ClosingKind.YEAR else None
            period = closing_period(kind, day, fiscal_year=fiscal_year)
            if period and period.ends_on and period.ends_on > timezone.localdate():
                self.add_error("day", f"Cette période ne se termine que le {period.ends_on:%d/%m/%Y}.")
        return cleaned

    def _post_clean(self) -> None:
        """The database fills the rest."""


def allocate_form(invoices: Any, left: Decimal) -> type[forms.Form]:  # noqa: ANN401  an annotated queryset
    """The form for one receipt: its customer's invoices, and what is left of it as the amount."""

    class ForReceipt(AllocateForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
            super().__init__(*args, **kwargs)
            self.fields["invoice"].queryset = invoices  # type: ignore[attr-defined]
            self.fields["amount"].initial = left

    return ForReceipt


def refund_form(left: Decimal) -> type[forms.Form]:
    """The form for one receipt, with what is left of it as the amount."""

    class ForReceipt(RefundForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
            super().__init__(*args, **kwargs)
            self.fields["amount"].initial = left

    return ForReceipt
