"""What was agreed beyond a draft's lines, as the staff types it: deposit or not, deposits taken off, retention."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import INPUT_CLASSES, UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from cae_backoffice.core.forms import FrenchDecimalField, FrenchDecimalInput
from cae_backoffice.core.money import ZERO, format_euros
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import open_deposits
from invoicing.invoices.rules import MAX_RETENTION, SaleTerms

DRAFTED_KINDS = [(kind.value, kind.label) for kind in (InvoiceKind.INVOICE, InvoiceKind.DEPOSIT)]
TYPED_TERMS = ["kind", "deposits", "retention_percent", "retention_due_on"]


class DepositsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Deposit invoices that a final invoice may take off."""

    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def label_from_instance(self, obj: Any) -> str:  # noqa: ANN401  Django's own signature
        """« F2026-00012 · Client · 1 200,00 € HT »."""
        return f"{obj.number} · {obj.customer} · {format_euros(obj.net)} HT"


class DraftForm(forms.ModelForm):  # type: ignore[type-arg]
    """A draft's heading with its terms. A document that is only shown has no such fields."""

    kind = forms.ChoiceField(label="Type", choices=DRAFTED_KINDS, widget=UnfoldAdminSelectWidget)
    deposits = DepositsField(
        label="Acomptes à déduire",
        queryset=Invoice.objects.none(),
        required=False,
        help_text="Les factures d’acompte du client, chacune déduite en entier.",
    )
    retention_percent = FrenchDecimalField(
        label="Retenue de garantie (%)",
        required=False,
        min_value=0,
        max_value=MAX_RETENTION,
        max_digits=4,
        decimal_places=2,
        widget=FrenchDecimalInput({"class": " ".join(INPUT_CLASSES)}),
        help_text="Au plus 5\u00a0% (loi 71-584).",
    )

    class Meta:
        model = Invoice
        fields = "__all__"  # noqa: DJ007  the admin's fieldsets choose

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if "deposits" in self.fields:
            self.fields["deposits"].queryset = self._offered()  # type: ignore[attr-defined]
            self.fields["deposits"].initial = self._taken_off()

    def _offered(self) -> Any:  # noqa: ANN401  a queryset of deposits
        """Those of the draft's activity; a new draft has none yet, so all are offered, and the service checks."""
        deposits = open_deposits().select_related("customer")
        return deposits.filter(activity=self.instance.activity_id) if self.instance.pk else deposits

    def _taken_off(self) -> list[int]:
        lines = self.instance.lines.filter(deducts__isnull=False) if self.instance.pk else ()
        return [line.deducts_id for line in lines if line.deducts_id]

    def clean_retention_percent(self) -> Any:  # noqa: ANN401  a decimal
        """Nothing typed is no retention."""
        return self.cleaned_data["retention_percent"] or ZERO

    def terms(self) -> SaleTerms:
        """What was typed, once valid."""
        typed = {name: self.cleaned_data[name] for name in TYPED_TERMS}
        return SaleTerms(**typed | {"deposits": tuple(typed["deposits"])})
