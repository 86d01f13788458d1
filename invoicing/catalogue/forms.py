"""The form of a product, for the activities' own pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from cae_backoffice.core.forms import FrenchDecimalField
from invoicing.catalogue.models import Product
from invoicing.pricing.enums import SupplyNature, Unit
from invoicing.pricing.models import VatCode
from members.activities.models import Activity


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]
    """A product of one of the person's activities."""

    unit_price = FrenchDecimalField(label="Prix unitaire HT", max_digits=14, decimal_places=6, min_decimals=2)
    nature = forms.ChoiceField(label="Nature", choices=SupplyNature.choices, initial=SupplyNature.SERVICES)
    unit = forms.ChoiceField(label="Unité", choices=Unit.choices, initial=Unit.UNIT)

    class Meta:
        model = Product
        fields: ClassVar = [
            "activity", "reference", "label", "description", "nature", "unit", "unit_price", "vat_code",
        ]  # fmt: skip
        widgets: ClassVar = {
            "label": forms.TextInput({"autocomplete": "off"}),
            "reference": forms.TextInput({"autocomplete": "off"}),
            "description": forms.Textarea({"rows": 3}),
        }

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        activities: Sequence[Activity],
        vat_codes: Sequence[VatCode],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        codes = self.fields["vat_code"]
        codes.queryset = VatCode.objects.filter(pk__in=[code.pk for code in vat_codes])  # type: ignore[attr-defined]
        codes.empty_label = None  # type: ignore[attr-defined]
        if not self.instance.pk and vat_codes:
            codes.initial = vat_codes[0].pk
        if self.instance.pk or len(activities) == 1:
            del self.fields["activity"]
            if not self.instance.pk:
                self.instance.activity = activities[0]
        else:
            activity = self.fields["activity"]
            activity.empty_label = "Choisir…"  # type: ignore[attr-defined]
            activity.queryset = Activity.objects.filter(pk__in=[a.pk for a in activities])  # type: ignore[attr-defined]
