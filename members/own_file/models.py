"""What a member asks to be corrected in their own file."""

from typing import Self

from django.db import models
from django.db.models import Q

from cae_backoffice.core.access import HoldsRoles
from members.own_file.enums import RequestState
from members.people.models import Person, User


class ContactChangeQuerySet(models.QuerySet["ContactChange"]):
    """Requests that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the people one may see."""
        return self.filter(person__in=Person.objects.visible_to(user))


class ContactChange(models.Model):
    """New contact details that a member asks for; the file changes when the cooperative accepts them."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contact_changes", verbose_name="membre")
    state = models.CharField("état", max_length=8, choices=RequestState, default=RequestState.WAITING)
    email = models.EmailField("courriel", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    street = models.CharField("adresse", max_length=120, blank=True)
    postcode = models.CharField("code postal", max_length=10, blank=True)
    city = models.CharField("ville", max_length=80, blank=True)
    asked_at = models.DateTimeField("demandé le")
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="décidé par"
    )
    reason = models.CharField("motif du refus", max_length=200, blank=True)

    objects = ContactChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de coordonnées"
        verbose_name_plural = "demandes de coordonnées"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state=RequestState.WAITING),
                name="members_contactchange_one_waiting",
                violation_error_message="Une demande de ce membre attend déjà.",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.WAITING, decided_at__isnull=True, decided_by__isnull=True, reason="")
                | (Q(state=RequestState.ACCEPTED, reason="", decided_at__isnull=False, decided_by__isnull=False))
                | (Q(state=RequestState.REFUSED, decided_at__isnull=False, decided_by__isnull=False) & ~Q(reason="")),
                name="members_contactchange_decided",
                violation_error_message="Une demande décidée dit par qui et quand, un refus dit pourquoi.",
            ),
        ]

    def __str__(self) -> str:
        return f"coordonnées de {self.person}"
