"""The forms of customers and of their delivery addresses, for the activities' own pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import BillingAddress, Contact, Customer, DeliveryAddress
from invoicing.customers.queries import COLUMNS
from invoicing.customers.rules import SEPARATORS
from members.activities.models import Activity

COUNTRIES = {
    "FR": "France",
    "DE": "Allemagne",
    "AT": "Autriche",
    "BE": "Belgique",
    "BG": "Bulgarie",
    "CA": "Canada",
    "CY": "Chypre",
    "HR": "Croatie",
    "DK": "Danemark",
    "ES": "Espagne",
    "EE": "Estonie",
    "US": "États-Unis",
    "FI": "Finlande",
    "GR": "Grèce",
    "HU": "Hongrie",
    "IE": "Irlande",
    "IT": "Italie",
    "LV": "Lettonie",
    "LT": "Lituanie",
    "LU": "Luxembourg",
    "MT": "Malte",
    "MA": "Maroc",
    "MC": "Monaco",
    "NL": "Pays-Bas",
    "PL": "Pologne",
    "PT": "Portugal",
    "CZ": "République tchèque",
    "RO": "Roumanie",
    "GB": "Royaume-Uni",
    "SK": "Slovaquie",
    "SI": "Slovénie",
    "SE": "Suède",
    "CH": "Suisse",
    "TN": "Tunisie",
}
NOT_OF_KIND: dict[str, tuple[str, ...]] = {
    CustomerKind.CONSUMER: ("siren", "siret", "vat_number", "service_code"),
    CustomerKind.PROFESSIONAL: ("service_code",),
    CustomerKind.PUBLIC: (),
}
"""What a kind of customer has no use for: not shown, and not kept."""


class IdentifierField(forms.CharField):
    """A registered number; spaces, dots and dashes typed in it are let go."""

    def to_python(self, value: Any) -> str:  # noqa: ANN401  Django's signature
        """In capitals, without separators."""
        return SEPARATORS.sub("", super().to_python(value) or "").upper()


def countries(present: str) -> list[tuple[str, str]]:
    """The countries offered, with the one already written."""
    return list(({present: COUNTRIES.get(present, present)} | COUNTRIES).items() if present else COUNTRIES.items())


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]
    """A customer of one of the person's activities; the kind says which identifiers are asked."""

    kind = forms.ChoiceField(
        label="Type de client",
        choices=CustomerKind.choices,
        widget=forms.RadioSelect,
        initial=CustomerKind.PROFESSIONAL,
    )
    siren = IdentifierField(
        label="SIREN", required=False, help_text="Neuf chiffres.", widget=forms.TextInput({"inputmode": "numeric"})
    )
    siret = IdentifierField(
        label="SIRET", required=False, help_text="Quatorze chiffres.", widget=forms.TextInput({"inputmode": "numeric"})
    )
    vat_number = IdentifierField(label="N° de TVA", required=False, help_text="Il commence par le pays\u00a0: FR…")
    country = forms.ChoiceField(label="Pays", initial="FR")

    class Meta:
        model = Customer
        fields: ClassVar = [
            "activity", "kind", "name", "contact_name", "siren", "siret", "vat_number", "service_code",
            "street", "street_extra", "postcode", "city", "country", "email", "phone", "reference", "notes",
        ]  # fmt: skip
        widgets: ClassVar = {
            "name": forms.TextInput({"autocomplete": "off"}),
            "postcode": forms.TextInput({"autocomplete": "off"}),
            "notes": forms.Textarea({"rows": 2}),
        }
        help_texts: ClassVar = {"notes": "Pour vous seulement\u00a0: jamais imprimées."}

    def __init__(self, *args: Any, activities: Sequence[Activity], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = countries(self.instance.country)  # type: ignore[attr-defined]
        if self.instance.pk or len(activities) == 1:
            del self.fields["activity"]
            if not self.instance.pk:
                self.instance.activity = activities[0]
        else:
            activity = self.fields["activity"]
            activity.empty_label = "Choisir…"  # type: ignore[attr-defined]
            activity.queryset = Activity.objects.filter(pk__in=[a.pk for a in activities])  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Each kind's own demands, at the field that lacks."""
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        for name in NOT_OF_KIND.get(str(kind), ()):
            cleaned[name] = ""
            self.errors.pop(name, None)
        if kind == CustomerKind.PROFESSIONAL and cleaned.get("country") == "FR":
            self._require("siren", cleaned, "Le SIREN d’un professionnel établi en France est obligatoire.")
        if kind == CustomerKind.PUBLIC:
            self._require("siret", cleaned, "Le SIRET d’un organisme public est obligatoire.")
        self._check_siret(cleaned)
        return cleaned

    def _require(self, name: str, cleaned: dict[str, Any], sentence: str) -> None:
        has_other = name == "siren" and cleaned.get("siret")
        if name not in self.errors and not cleaned.get(name) and not has_other:
            self.add_error(name, sentence)

    def _check_siret(self, cleaned: dict[str, Any]) -> None:
        """The SIREN is the head of the SIRET: written for the person when it is empty."""
        siren, siret = cleaned.get("siren"), cleaned.get("siret")
        if siret and not siren and "siren" not in self.errors:
            cleaned["siren"] = siret[:9]
        elif siren and siret and not siret.startswith(siren):
            self.add_error("siret", "Le SIRET commence par le SIREN du client.")


class PlaceForm(forms.ModelForm):  # type: ignore[type-arg]
    """An address with its country chosen from the list."""

    country = forms.ChoiceField(label="Pays", initial="FR")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = countries(self.instance.country)  # type: ignore[attr-defined]


class DeliveryAddressForm(PlaceForm):
    """Another place where a customer is delivered or the work is done."""

    class Meta:
        model = DeliveryAddress
        fields: ClassVar = ["kind", "label", "street", "street_extra", "postcode", "city", "country", "is_default"]
        labels: ClassVar = {"is_default": "Proposer cette adresse sur les nouveaux documents"}


class BillingAddressForm(PlaceForm):
    """Where a customer wants its invoices addressed."""

    class Meta:
        model = BillingAddress
        fields: ClassVar = ["label", "street", "street_extra", "postcode", "city", "country", "is_default"]
        labels: ClassVar = {"is_default": "Imprimer cette adresse sur les factures"}


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person at a customer's, and what is sent to them."""

    class Meta:
        model = Contact
        fields: ClassVar = ["name", "role", "email", "phone", "gets_invoices", "gets_quotes", "gets_reminders"]
        labels: ClassVar = {"gets_invoices": "Factures", "gets_quotes": "Devis", "gets_reminders": "Relances"}
        widgets: ClassVar = {
            "name": forms.TextInput({"autocomplete": "off"}),
            "email": forms.EmailInput({"autocomplete": "off"}),
            "phone": forms.TextInput({"autocomplete": "off", "inputmode": "tel"}),
        }

    def clean(self) -> dict[str, Any]:
        """Said at the field that lacks."""
        cleaned = super().clean() or {}
        wants = any(cleaned.get(name) for name in ("gets_invoices", "gets_quotes", "gets_reminders"))
        if wants and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", "Un contact qui reçoit des documents a une adresse e-mail.")
        return cleaned


class DuplicatesForm(forms.Form):
    """Of which activity the duplicates are looked for; of all unless one is chosen."""

    activity = forms.ModelChoiceField(
        label="Activité", queryset=Activity.objects.all(), required=False, empty_label="Toutes"
    )


class UploadForm(forms.Form):
    """A file of customers, and the activity they are of."""

    activity = forms.ModelChoiceField(label="Activité", queryset=Activity.objects.none(), empty_label="Choisir…")
    file = forms.FileField(
        label="Fichier CSV ou XLSX", widget=forms.ClearableFileInput({"accept": ".csv,.txt,.xlsx,text/csv"})
    )

    def __init__(self, *args: Any, activities: QuerySet[Activity], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["activity"].queryset = activities  # type: ignore[attr-defined]
        if len(found := activities[:2]) == 1:
            self.fields["activity"].initial = found[0]


class MappingForm(forms.Form):
    """Which column of the file says what; a column may say nothing."""

    def __init__(self, *args: Any, headings: Sequence[str], proposed: Mapping[int, str], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        choices = [("", "Ne pas reprendre"), *((name, column.label) for name, column in COLUMNS.items())]
        for rank, heading in enumerate(headings):
            self.fields[f"column-{rank}"] = forms.ChoiceField(
                label=heading or f"Colonne {rank + 1}", choices=choices, required=False, initial=proposed.get(rank, "")
            )

    def clean(self) -> dict[str, Any]:
        """No two columns say the same."""
        cleaned = super().clean() or {}
        chosen = [name for name in cleaned.values() if name]
        for name in sorted({name for name in chosen if chosen.count(name) > 1}):
            self.add_error(None, f"Deux colonnes donnent «\u00a0{COLUMNS[name].label}\u00a0».")
        return cleaned

    def mapping(self) -> dict[int, str]:
        """The rank of each column taken, and what it says."""
        ranks = {name: int(name.rpartition("-")[2]) for name in self.fields}
        return {rank: value for name, rank in ranks.items() if (value := self.cleaned_data.get(name))}
