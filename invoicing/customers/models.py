"""Customers of the activities, where they are invoiced and delivered, and whom one writes to."""

from typing import Self, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from stdnum.eu import vat
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siren, siret

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.likeness import stored_name_key
from cae_backoffice.core.text import stored_search_key
from invoicing.customers.enums import CustomerKind, PlaceKind
from members.activities.models import Activity

Record = TypeVar("Record", bound=models.Model)
COUNTRY_CODE = RegexValidator(r"^[A-Z]{2}$", "Le pays s'écrit en deux lettres majuscules, par exemple FR.")


def validate_siren(value: str) -> None:
    """Nine digits with a right check digit."""
    _check(siren.validate, value, "Ce SIREN n'existe pas\u00a0: vérifiez ses neuf chiffres.")


def validate_siret(value: str) -> None:
    """Fourteen digits with right check digits."""
    _check(siret.validate, value, "Ce SIRET n'existe pas\u00a0: vérifiez ses quatorze chiffres.")


def validate_vat_number(value: str) -> None:
    """A European VAT number, country code first, with a right check digit."""
    _check(vat.validate, value, "Ce numéro de TVA n'existe pas\u00a0: il commence par le pays, par exemple FR.")


def _check(validate: object, value: str, sentence: str) -> None:
    try:
        validate(value)  # type: ignore[operator]
    except NumberError as error:
        raise ValidationError(sentence) from error


def _french_postcode(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=~Q(country="FR") | Q(postcode__regex=r"^[0-9]{5}$"),
        name=name,
        violation_error_message="Un code postal français a cinq chiffres.",
    )


def _one_default(name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["customer"],
        condition=Q(is_default=True),
        name=name,
        violation_error_message="Une seule adresse est celle par défaut.",
    )


class Place(models.Model):
    """A postal address as it is printed."""

    street = models.CharField("adresse", max_length=120)
    street_extra = models.CharField("complément d'adresse", max_length=120, blank=True)
    postcode = models.CharField("code postal", max_length=10)
    city = models.CharField("ville", max_length=80)
    country = models.CharField("pays", max_length=2, default="FR", validators=[COUNTRY_CODE])

    class Meta:
        abstract = True


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for those who see every invoice; else those of one's own activities; merged ones included."""
        if has_right(user, Right.VIEW_ALL_INVOICES):
            return self
        if not has_right(user, Right.USE_OWN_PAGES):
            return self.none()
        return self.filter(activity__in=Activity.objects.carried_by(getattr(user, "pk", None)))

    def standing(self) -> Self:
        """Those that stand for themselves: a merged customer only keeps its past under the one it was merged into."""
        return self.filter(merged_into=None)


class Customer(Place):
    """Who buys from an activity: a company, a public body or a person. A customer belongs to one activity."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="customers", verbose_name="activité")
    kind = models.CharField("type", max_length=12, choices=CustomerKind)
    name = models.CharField("nom ou raison sociale", max_length=120)
    contact_name = models.CharField("interlocuteur", max_length=120, blank=True)
    siren = models.CharField("SIREN", max_length=9, blank=True, validators=[validate_siren])
    siret = models.CharField("SIRET", max_length=14, blank=True, validators=[validate_siret])
    vat_number = models.CharField("n° de TVA", max_length=14, blank=True, validators=[validate_vat_number])
    service_code = models.CharField(
        "code service", max_length=100, blank=True, help_text="Demandé par certains organismes publics (Chorus Pro)."
    )
    email = models.EmailField("courriel", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    reference = models.CharField(
        "référence", max_length=40, blank=True, help_text="Le numéro de ce client dans vos propres fichiers."
    )
    notes = models.TextField("notes internes", blank=True)
    is_archived = models.BooleanField("archivé", default=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="fusionné avec"
    )
    search = stored_search_key("name", "siren", "city")
    name_key = stored_name_key("name")

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = "client"
        verbose_name_plural = "clients"
        ordering = ["search", "id"]
        indexes = [models.Index(fields=["activity", "search"], name="invoicing_customer_activity")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=""),
                name="invoicing_customer_kind",
                violation_error_message="Un client est un professionnel, un organisme public ou un particulier.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=CustomerKind.CONSUMER) | Q(siren="", siret="", vat_number=""),
                name="invoicing_customer_consumer_no_siren",
                violation_error_message="Un particulier n'a ni SIREN, ni SIRET, ni numéro de TVA.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=CustomerKind.PROFESSIONAL) | ~Q(country="FR") | ~Q(siren=""),
                name="invoicing_customer_professional_siren",
                violation_error_message="Un professionnel établi en France a un SIREN.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=CustomerKind.PUBLIC) | ~Q(siret=""),
                name="invoicing_customer_public_siret",
                violation_error_message="Un organisme public a un SIRET.",
            ),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__startswith=F("siren")),
                name="invoicing_customer_siret_of_siren",
                violation_error_message="Le SIRET commence par le SIREN du client.",
            ),
            models.UniqueConstraint(
                fields=["activity", "reference"],
                condition=~Q(reference="") & Q(merged_into=None),
                name="invoicing_customer_reference_once",
                violation_error_message="Un autre client de cette activité a déjà cette référence.",
            ),
            _french_postcode("invoicing_customer_postcode"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | (~Q(merged_into=F("id")) & Q(is_archived=True)),
                name="invoicing_customer_merged_archived",
                violation_error_message="Un client fusionné l’est avec un autre, et n’est plus proposé.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DistinctPair(models.Model):
    """Two customers that look alike and are not the same: someone said so, and they are suspected no more."""

    first = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", verbose_name="l’un")
    second = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", verbose_name="l’autre")

    class Meta:
        verbose_name = "clients distincts"
        verbose_name_plural = "clients distincts"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="invoicing_distinct_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="invoicing_distinct_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} ≠ {self.second}"


class OfCustomerQuerySet(models.QuerySet[Record]):
    """What belongs to a customer: seen by whoever may see the customer."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the customers one may see."""
        return self.filter(customer__in=Customer.objects.visible_to(user))


class DeliveryAddress(Place):
    """Another place where a customer is delivered or the work is done; printed when it differs from the address.

    The default one is proposed on the customer's new documents.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="delivery_addresses", verbose_name="client"
    )
    kind = models.CharField("type", max_length=8, choices=PlaceKind, default=PlaceKind.DELIVERY)
    label = models.CharField("libellé", max_length=80, help_text="Par exemple : chantier rue des Lilas.")
    is_default = models.BooleanField("par défaut", default=False)

    objects = OfCustomerQuerySet["DeliveryAddress"].as_manager()

    class Meta:
        verbose_name = "adresse de livraison"
        verbose_name_plural = "adresses de livraison"
        ordering = ["customer", "label"]
        constraints = [
            _french_postcode("invoicing_delivery_postcode"),
            _one_default("invoicing_delivery_one_default"),
        ]

    def __str__(self) -> str:
        return self.label


class BillingAddress(Place):
    """Where a customer wants its invoices addressed, when it is not at its own address (C. com. L441-9).

    The default one is frozen on what is issued from then on; the others wait to be chosen.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="billing_addresses", verbose_name="client"
    )
    label = models.CharField("libellé", max_length=80, help_text="Par exemple : comptabilité fournisseurs.")
    is_default = models.BooleanField("par défaut", default=False)

    objects = OfCustomerQuerySet["BillingAddress"].as_manager()

    class Meta:
        verbose_name = "adresse de facturation"
        verbose_name_plural = "adresses de facturation"
        ordering = ["customer", "label"]
        constraints = [
            _french_postcode("invoicing_billing_postcode"),
            _one_default("invoicing_billing_one_default"),
        ]

    def __str__(self) -> str:
        return self.label


class Contact(models.Model):
    """A person whom one writes to or calls at a customer's, and the documents that are sent to them."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts", verbose_name="client")
    name = models.CharField("nom", max_length=120)
    role = models.CharField("fonction", max_length=80, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    gets_invoices = models.BooleanField("reçoit les factures", default=False)
    gets_quotes = models.BooleanField("reçoit les devis", default=False)
    gets_reminders = models.BooleanField("reçoit les relances", default=False)

    objects = OfCustomerQuerySet["Contact"].as_manager()

    class Meta:
        verbose_name = "contact"
        verbose_name_plural = "contacts"
        ordering = ["customer", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="") | Q(gets_invoices=False, gets_quotes=False, gets_reminders=False),
                name="invoicing_contact_reachable",
                violation_error_message="Un contact qui reçoit des documents a une adresse e-mail.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
