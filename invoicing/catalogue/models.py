"""The catalogue of an activity: what it sells again and again."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.text import stored_search_key
from invoicing.pricing.enums import SupplyNature, Unit
from invoicing.pricing.models import VatCode
from members.activities.models import Activity


class ProductQuerySet(models.QuerySet["Product"]):
    """Products that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for those who see every invoice; else those of one's own activities."""
        if has_right(user, Right.VIEW_ALL_INVOICES):
            return self
        if not has_right(user, Right.USE_OWN_PAGES):
            return self.none()
        return self.filter(activity__in=Activity.objects.carried_by(getattr(user, "pk", None)))


class Product(models.Model):
    """A good or a service that an activity sells again and again, at a price excl. VAT in euros.

    A line takes its words and its price from it once; changing it changes no document. `contribution_code` is the code
    under which a contribution rule may leave its turnover out of the base: the cooperative's staff set it.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="products", verbose_name="activité")
    reference = models.CharField("référence", max_length=40, blank=True)
    label = models.CharField("désignation", max_length=160)
    description = models.TextField("détail", blank=True, max_length=2000)
    nature = models.CharField("nature", max_length=8, choices=SupplyNature, default=SupplyNature.SERVICES)
    unit = models.CharField("unité", max_length=3, choices=Unit, default=Unit.UNIT)
    unit_price = models.DecimalField("prix unitaire HT", max_digits=14, decimal_places=6)
    vat_code = models.ForeignKey(VatCode, on_delete=models.PROTECT, related_name="+", verbose_name="TVA")
    contribution_code = models.CharField(
        "code produit des contributions",
        max_length=40,
        blank=True,
        help_text="Le code sous lequel une règle de contribution peut exclure ce produit de sa base.",
    )
    is_archived = models.BooleanField("archivé", default=False)
    search = stored_search_key("reference", "label")

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = "produit"
        verbose_name_plural = "produits"
        ordering = ["search", "id"]
        indexes = [
            models.Index(fields=["activity", "search"], name="invoicing_product_activity"),
            models.Index(
                fields=["contribution_code"], condition=~Q(contribution_code=""), name="invoicing_product_contribution"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                "activity",
                Lower("reference"),
                condition=~Q(reference=""),
                name="invoicing_product_reference_once",
                violation_error_message="L’activité a déjà un produit de cette référence.",
            ),
            models.UniqueConstraint(
                "activity",
                Lower("label"),
                condition=Q(is_archived=False),
                name="invoicing_product_label_once",
                violation_error_message="L’activité a déjà un produit de cette désignation.",
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0),
                name="invoicing_product_price_positive",
                violation_error_message="Un prix unitaire n’est pas négatif.",
            ),
        ]

    def __str__(self) -> str:
        return self.label
