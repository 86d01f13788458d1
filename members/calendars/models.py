"""The private links by which a calendar program reads the cooperative's dates."""

from django.db import models
from django.db.models import Q

from cae_backoffice.core.tokens import PrivateLink
from members.people.models import User


class CalendarLink(PrivateLink):
    """The address of someone's calendar: whoever has it reads the dates that this account may see, nothing else."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="calendar_links", verbose_name="compte")
    created_at = models.DateTimeField("créé le")

    class Meta:
        verbose_name = "lien d’agenda"
        verbose_name_plural = "liens d’agenda"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(revoked_at__isnull=True),
                name="members_calendar_link_one_live",
                violation_error_message="Ce compte a déjà un lien d’agenda.",
            ),
        ]

    def __str__(self) -> str:
        return f"agenda de {self.owner}"
