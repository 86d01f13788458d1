"""How the cooperative supports its members: interviews with their notes, workshops with their seats."""

from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from members.accompaniment.enums import InterviewKind
from members.people.models import Person, User


class InterviewQuerySet(models.QuerySet["Interview"]):
    """Interviews that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the people one may see, and those that one held."""
        return self.filter(Q(person__in=Person.objects.visible_to(user)) | Q(author_id=getattr(user, "pk", None)))


class Interview(models.Model):
    """A meeting of a member with whoever accompanies them; two a year are due (C. trav. L7331-2)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="interviews", verbose_name="membre")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="interviews", verbose_name="mené par")
    held_on = models.DateField("date")
    kind = models.CharField("nature", max_length=9, choices=InterviewKind, default=InterviewKind.FOLLOW_UP)
    summary = models.TextField("compte rendu", help_text="Lu par l’équipe qui suit le membre.")

    objects = InterviewQuerySet.as_manager()

    class Meta:
        verbose_name = "entretien"
        verbose_name_plural = "entretiens"
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["person", "held_on"], name="members_interview_person")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} de {self.person} le {self.held_on:%d/%m/%Y}"


class InterviewNoteQuerySet(models.QuerySet["InterviewNote"]):
    """Notes that someone may read."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """One's own; all of them for the manager."""
        if has_right(user, Right.READ_PRIVATE_NOTES):
            return self
        return self.filter(interview__author_id=getattr(user, "pk", None)) if user.is_active else self.none()


class InterviewNote(models.Model):
    """What the author of an interview keeps to themselves and the manager: apart, never in a list, a file or the
    trail."""

    interview = models.OneToOneField(Interview, on_delete=models.PROTECT, related_name="note", verbose_name="entretien")
    text = models.TextField("notes privées")

    objects = InterviewNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "notes privées"
        verbose_name_plural = "notes privées"

    def __str__(self) -> str:
        return f"Notes\u00a0: {self.interview}"


class Workshop(models.Model):
    """A collective session for members, with so many seats."""

    title = models.CharField("titre", max_length=120)
    held_on = models.DateField("date")
    starts_at = models.TimeField("heure")
    place = models.CharField("lieu", max_length=160)
    seats = models.PositiveSmallIntegerField("places", validators=[MinValueValidator(1)])
    leader = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="workshops", verbose_name="animé par"
    )
    description = models.TextField("programme", blank=True)

    class Meta:
        verbose_name = "atelier"
        verbose_name_plural = "ateliers"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seats__gte=1),
                name="members_workshop_seats",
                violation_error_message="Un atelier a une place au moins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, le {self.held_on:%d/%m/%Y}"


class WorkshopRegistrationQuerySet(models.QuerySet["WorkshopRegistration"]):
    """Registrations that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the people one may see, and all of the workshops that one leads."""
        led = Q(workshop__leader_id=getattr(user, "pk", None))
        return self.filter(Q(person__in=Person.objects.visible_to(user)) | led) if user.is_active else self.none()


class WorkshopRegistration(models.Model):
    """A member's seat in a workshop, unless they withdrew; `attended` is known once it has been held."""

    workshop = models.ForeignKey(
        Workshop, on_delete=models.PROTECT, related_name="registrations", verbose_name="atelier"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="workshops", verbose_name="membre")
    registered_on = models.DateField("inscrit le")
    withdrawn_on = models.DateField("désisté le", null=True, blank=True)
    attended = models.BooleanField("venu", null=True, blank=True)

    objects = WorkshopRegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = "inscription"
        verbose_name_plural = "inscriptions"
        ordering = ["workshop", "person"]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "person"],
                condition=Q(withdrawn_on__isnull=True),
                name="members_registration_once",
                violation_error_message="Cette personne est déjà inscrite à l’atelier.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("registered_on"), attended__isnull=True),
                name="members_registration_withdrawn",
                violation_error_message="Un désistement suit l’inscription et laisse la place.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.workshop}"


class SupportedMember(Person):
    """A member under CAPE or CESA, seen by the interviews of the year."""

    class Meta:
        proxy = True
        verbose_name = "membre accompagné"
        verbose_name_plural = "membres accompagnés"
