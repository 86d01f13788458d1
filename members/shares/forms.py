"""Forms about shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from cae_backoffice.core.forms import FrenchDecimalField, date_box, number_box
from members.people.models import Person
from members.shares.enums import ConversionOrigin, PaymentMeans
from members.shares.models import ShareClass, ShareMovement
from members.shares.services import Subscription

MOST_SUBSCRIBERS = 8
"""People who subscribe on one form."""


def _person_field(label: str, *, required: bool = True) -> forms.ModelChoiceField[Person]:
    return forms.ModelChoiceField(
        label=label,
        queryset=Person.objects.all(),
        required=required,
        widget=AutocompleteSelect(ShareMovement._meta.get_field("person"), admin.site),
    )


def _quantity_field(*, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(label="Nombre de parts", min_value=1, required=required, widget=number_box())


def _amount_field(label: str, *, required: bool = True, help_text: str = "") -> FrenchDecimalField:
    return FrenchDecimalField(
        label=label, max_digits=14, decimal_places=2, required=required, widget=number_box(), help_text=help_text
    )


def _means_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Moyen", choices=PaymentMeans.choices, initial=PaymentMeans.BANK, widget=UnfoldAdminSelectWidget
    )


class MovementForm(forms.Form):
    """What every movement says: its day, its class, its decision."""

    on = forms.DateField(label="Date", initial=timezone.localdate, widget=date_box())
    share_class = forms.ModelChoiceField(
        label="Catégorie de parts", queryset=ShareClass.objects.all(), widget=UnfoldAdminSelectWidget
    )
    decision = forms.CharField(
        label="Décision",
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text=ShareMovement._meta.get_field("decision").help_text,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.order_fields(["on", "share_class", "decision", *self.fields])


class SubscribeForm(MovementForm):
    """Several people by one decision."""

    wide: ClassVar[Sequence[str]] = ["decision", "means", *(f"person_{i}" for i in range(1, MOST_SUBSCRIBERS + 1))]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["means"] = _means_field()
        for i in range(1, MOST_SUBSCRIBERS + 1):
            self.fields[f"person_{i}"] = _person_field(f"Personne {i}", required=i == 1)
            self.fields[f"quantity_{i}"] = _quantity_field(required=i == 1)
            self.fields[f"paid_{i}"] = _amount_field(
                "Versé (€)", required=False, help_text="Laissez vide si tout est versé." if i == 1 else ""
            )

    def clean(self) -> dict[str, Any]:
        """Gather `subscriptions`; each line has a person and a number, nobody stands twice."""
        cleaned = super().clean() or {}
        found: dict[Person, Subscription] = {}
        for i in range(1, MOST_SUBSCRIBERS + 1):
            person, quantity = cleaned.get(f"person_{i}"), cleaned.get(f"quantity_{i}")
            if person in found:
                self.add_error(f"person_{i}", "Cette personne figure déjà plus haut.")
            elif person is not None and quantity is not None:
                found[person] = Subscription(person, quantity, cleaned.get(f"paid_{i}"), cleaned.get("means", ""))
            elif person is not None or quantity is not None:
                name = f"quantity_{i}" if quantity is None else f"person_{i}"
                if not self.has_error(name):
                    self.add_error(name, "Une ligne donne une personne et un nombre de parts.")
        common = {name: cleaned.get(name) for name in ("on", "share_class", "decision")}
        return common | {"subscriptions": list(found.values())}


class PayForm(MovementForm):
    """An instalment."""

    wide: ClassVar = ["decision", "person"]
    person = _person_field("Titulaire")
    paid = _amount_field("Montant versé (€)")
    means = _means_field()


class TransferForm(MovementForm):
    """From whom, to whom, how many."""

    wide: ClassVar = ["decision", "quantity"]
    giver = _person_field("Cédant")
    receiver = _person_field("Cessionnaire")
    quantity = _quantity_field()


class WithdrawForm(MovementForm):
    """Whose shares leave the capital, and how many."""

    wide: ClassVar = ["decision"]
    person = _person_field("Titulaire")
    quantity = _quantity_field()


class ConvertForm(WithdrawForm):
    """Whose money becomes shares, which, and how many of them."""

    wide: ClassVar = ["decision", "origin"]
    origin = forms.ChoiceField(label="Origine", choices=ConversionOrigin.choices, widget=UnfoldAdminSelectWidget)


class NominalForm(forms.Form):
    """A new nominal."""

    wide: ClassVar = ["decision"]
    nominal = _amount_field("Nouvelle valeur nominale (€)")
    starts_on = forms.DateField(label="À partir du", widget=date_box())
    decision = forms.CharField(label="Décision", max_length=120, widget=UnfoldAdminTextInputWidget)


class NewShareClassForm(forms.ModelForm):  # type: ignore[type-arg]
    """A class with its first nominal."""

    nominal = _amount_field("Valeur nominale (€)")
    starts_on = forms.DateField(label="À partir du", widget=date_box())
    decision = forms.CharField(
        label="Décision", max_length=120, widget=UnfoldAdminTextInputWidget, help_text="Statuts du…"
    )

    class Meta:
        model = ShareClass
        fields: ClassVar = ["code", "name"]
