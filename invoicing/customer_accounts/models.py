"""Private links by which a customer reads its documents without an account."""

from typing import Self

from django.db import models

from cae_backoffice.core.access import HoldsRoles
from cae_backoffice.core.tokens import PrivateLink
from invoicing.customers.models import Customer
from members.people.models import User


class CustomerLinkQuerySet(models.QuerySet["CustomerLink"]):
    """Links that someone may see: never with their secret, which nobody keeps."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the customers one may see."""
        return self.filter(customer__in=Customer.objects.visible_to(user))


class CustomerLink(PrivateLink):
    """A private link to a customer's page. A customer has one that opens at most: a new one takes its place."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="links", verbose_name="client")
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="donné par")
    given_at = models.DateTimeField("donné le")

    objects = CustomerLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien privé d’un client"
        verbose_name_plural = "liens privés des clients"
        ordering = ["-given_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(revoked_at=None),
                name="invoicing_customerlink_one",
                violation_error_message="Un client a un seul lien privé à la fois.",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("given_at")),
                name="invoicing_customerlink_expiry",
                violation_error_message="Un lien expire après le jour où il est donné.",
            ),
        ]

    def __str__(self) -> str:
        return f"lien privé de {self.customer}"
