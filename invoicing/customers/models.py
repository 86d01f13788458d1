"""Customers of the activities, and where they are delivered."""

from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from stdnum.exceptions import ValidationError as NumberError
from stdnum.eu import vat
from stdnum.fr import siren, siret

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.text import stored_search_key
from invoicing.customers.enums import CustomerKind
from members.activities.models import Activity


def validate_siren(value: str) -> None:
    """Nine digits with a right check digit."""
    _check(siren.validate, value, "Ce SIREN n'existe pas : vérifiez ses neuf chiffres.")


def validate_siret(value: str) -> None:
    """Fourteen digits with right check digits."""
    _check(siret.validate, value, "Ce SIRET n'existe pas : vérifiez ses quatorze chiffres.")


def validate_vat_number(value: str) -> None:
    """A European VAT number, country code first, with a right check digit."""
    _check(vat.validate, value, "Ce numéro de TVA n'existe pas : il commence par le pays, par exemple FR.")


def _check(validate: object, value: str, sentence: str) -> None:
    try:
        validate(value)  # type: ignore[operator]
    except NumberError as error:
        raise ValidationError(sentence) from error


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for those who see every invoice; else those of one's own activities."""
        if has_right(user, Right.VIEW_ALL_INVOICES):
            return self
        if not has_right(user, Right.USE_OWN_PAGES):
            return self.none()
        return self.filter(activity__in=Activity.objects.carried_by(getattr(user, "pk", None)))


class Customer(models.Model):
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
    street = models.CharField("adresse", max_length=120)
    street_extra = models.CharField("complément d'adresse", max_length=120, blank=True)
    postcode = models.CharField("code postal", max_length=10)
    city = models.CharField("ville", max_length=80)
    country = models.CharField(
        "pays",
        max_length=2,
        default="FR",
        validators=[RegexValidator(r"^[A-Z]{2}$", "Le pays s'écrit en deux lettres majuscules, par exemple FR.")],
    )
    email = models.EmailField("courriel", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    notes = models.TextField("notes internes", blank=True)
    is_archived = models.BooleanField("archivé", default=False)
    search = stored_search_key("name", "siren", "city")

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = "client"
        verbose_name_plural = "clients"
        ordering = ["search", "id"]
        indexes = [models.Index(fields=["activity", "search"], name="invoicing_customer_activity")]
        constraints = [
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
                condition=Q(siret="") | Q(siret__startswith=models.F("siren")),
                name="invoicing_customer_siret_of_siren",
                violation_error_message="Le SIRET commence par le SIREN du client.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryAddress(models.Model):
    """Another place where a customer is delivered or the work is done; printed when it differs from the address."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="delivery_addresses", verbose_name="client"
    )
    label = models.CharField("libellé", max_length=80, help_text="Par exemple : chantier rue des Lilas.")
    street = models.CharField("adresse", max_length=120)
    street_extra = models.CharField("complément d'adresse", max_length=120, blank=True)
    postcode = models.CharField("code postal", max_length=10)
    city = models.CharField("ville", max_length=80)
    country = models.CharField("pays", max_length=2, default="FR")

    class Meta:
        verbose_name = "adresse de livraison"
        verbose_name_plural = "adresses de livraison"
        ordering = ["customer", "label"]

    def __str__(self) -> str:
        return self.label
