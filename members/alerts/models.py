"""What was said of the three-year deadlines, to whom, once each."""

from typing import Self

from django.db import models

from cae_backoffice.core.access import HoldsRoles
from members.alerts.enums import AlertMoment
from members.people.models import Person


class DeadlineAlertQuerySet(models.QuerySet["DeadlineAlert"]):
    """Alerts that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those about the people one may see."""
        return self.filter(person__in=Person.objects.visible_to(user))


class DeadlineAlert(models.Model):
    """An alert about a member's three-year deadline (C. trav. L7331-3): raised once for each moment, never changed.

    A deadline that moves (amendment, motivated override) is another deadline: its alerts are raised anew.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="alerts", verbose_name="membre")
    deadline_on = models.DateField("échéance")
    moment = models.CharField("alerte", max_length=9, choices=AlertMoment)
    raised_on = models.DateField("donnée le")

    objects = DeadlineAlertQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte d’échéance"
        verbose_name_plural = "alertes d’échéance"
        ordering = ["-raised_on", "deadline_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "deadline_on", "moment"],
                name="members_alert_once",
                violation_error_message="Cette alerte a déjà été donnée.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_moment_display()}, {self.person}, {self.deadline_on:%d/%m/%Y}"
