"""General assemblies: convocations, proxies, resolutions and votes."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from members.assemblies.enums import (
    AssemblyKind,
    AssemblyState,
    Choice,
    Majority,
    Presence,
    ResolutionState,
    VotingMethod,
)
from members.associates.models import College
from members.cooperative.models import CONVENING_DAYS
from members.people.models import Person


class AssemblyQuerySet(models.QuerySet["Assembly"]):
    """Assemblies that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for the staff who follow the members; else those to which one is convened."""
        if has_right(user, Right.VIEW_ALL_MEMBERS):
            return self
        user_id = getattr(user, "pk", None)
        if not user.is_active or user_id is None:
            return self.none()
        return self.filter(pk__in=Convocation.objects.filter(person__user_id=user_id).values("assembly"))


class Assembly(models.Model):
    """A general assembly of the associates. Convening it freezes who may vote (`Convocation`) and the agenda;
    closing it freezes everything."""

    kind = models.CharField("nature", max_length=13, choices=AssemblyKind, default=AssemblyKind.ORDINARY)
    held_on = models.DateField("date")
    starts_at = models.TimeField("heure")
    place = models.CharField("lieu", max_length=160)
    remote_link = models.URLField("lien pour assister à distance", blank=True)
    is_second_call = models.BooleanField("sur seconde convocation", default=False)
    other_business = models.TextField("ordre du jour, hors résolutions", blank=True)
    record_on = models.DateField("liste des associés au", null=True, blank=True)
    convened_on = models.DateField("convoquée le", null=True, blank=True)
    closed_on = models.DateField("close le", null=True, blank=True)
    chair = models.CharField("présidence", max_length=120, blank=True)
    secretary = models.CharField("secrétariat", max_length=120, blank=True)

    objects = AssemblyQuerySet.as_manager()

    class Meta:
        verbose_name = "assemblée générale"
        verbose_name_plural = "assemblées générales"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(record_on__isnull=True, convened_on__isnull=True, closed_on__isnull=True)
                | (Q(record_on__isnull=False, record_on__lte=F("convened_on"), convened_on__isnull=False)),
                name="members_assembly_record_before_convening",
                violation_error_message="La liste des associés est arrêtée au plus tard le jour de la convocation.",
            ),
            models.CheckConstraint(
                condition=Q(convened_on__isnull=True)
                | Q(held_on__gte=F("convened_on") + timedelta(days=CONVENING_DAYS)),
                name="members_assembly_convened_in_time",
                violation_error_message="La convocation part au moins quinze jours avant (C. com. R223-20, R225-69).",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("held_on")),
                name="members_assembly_closed_after",
                violation_error_message="Une assemblée se clôt le jour où elle se tient, ou après.",
            ),
        ]

    def __str__(self) -> str:
        return f"{'AGE' if self.kind == AssemblyKind.EXTRAORDINARY else 'AG'} du {self.held_on:%d/%m/%Y}"

    @property
    def state(self) -> AssemblyState:
        """By its dates."""
        if self.closed_on is not None:
            return AssemblyState.CLOSED
        return AssemblyState.PLANNED if self.convened_on is None else AssemblyState.CONVENED


class Convocation(models.Model):
    """An associate of the record date, with their college: one voice. `presence` is that of this moment."""

    assembly = models.ForeignKey(
        Assembly, on_delete=models.PROTECT, related_name="convocations", verbose_name="assemblée"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="convocations", verbose_name="associé")
    college = models.ForeignKey(
        College, on_delete=models.PROTECT, null=True, blank=True, related_name="convocations", verbose_name="collège"
    )
    presence = models.CharField("présence", max_length=7, choices=Presence, default=Presence.ABSENT)
    sent_at = models.DateTimeField("envoyée par courriel le", null=True, blank=True)

    class Meta:
        verbose_name = "convocation"
        verbose_name_plural = "convocations"
        ordering = ["assembly", "person"]
        constraints = [
            models.UniqueConstraint(
                fields=["assembly", "person"],
                name="members_convocation_once",
                violation_error_message="Chaque associé est convoqué une fois.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.assembly}"

    @property
    def sits(self) -> bool:
        """Whether the associate is in the room, or follows from elsewhere."""
        return self.presence != Presence.ABSENT


class Proxy(models.Model):
    """An absent associate's voice, given to another one for one assembly."""

    giver = models.OneToOneField(
        Convocation, on_delete=models.PROTECT, related_name="given_proxy", verbose_name="mandant"
    )
    holder = models.ForeignKey(
        Convocation, on_delete=models.PROTECT, related_name="held_proxies", verbose_name="mandataire"
    )
    given_on = models.DateField("donné le")

    class Meta:
        verbose_name = "pouvoir"
        verbose_name_plural = "pouvoirs"
        ordering = ["giver"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=F("holder")),
                name="members_proxy_to_another",
                violation_error_message="Un pouvoir se donne à quelqu’un d’autre.",
            ),
        ]

    def __str__(self) -> str:
        return f"Pouvoir de {self.giver.person} à {self.holder.person}"


class Resolution(models.Model):
    """A point of the agenda that is put to the vote. Once adopted or rejected it never changes."""

    assembly = models.ForeignKey(
        Assembly, on_delete=models.PROTECT, related_name="resolutions", verbose_name="assemblée"
    )
    number = models.PositiveSmallIntegerField("n°")
    title = models.CharField("objet", max_length=160)
    text = models.TextField("texte", blank=True)
    majority = models.CharField("majorité", max_length=14, choices=Majority, default=Majority.SIMPLE)
    method = models.CharField("mode de vote", max_length=7, choices=VotingMethod, default=VotingMethod.HANDS)
    state = models.CharField("état", max_length=8, choices=ResolutionState, default=ResolutionState.PENDING)
    convened = models.PositiveIntegerField("associés convoqués", null=True, blank=True)
    voters = models.PositiveIntegerField("présents ou représentés", null=True, blank=True)
    percent_in_favour = models.DecimalField("pour (%)", max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = "résolution"
        verbose_name_plural = "résolutions"
        ordering = ["assembly", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["assembly", "number"],
                name="members_resolution_number_once",
                violation_error_message="Ce numéro de résolution existe déjà.",
            ),
            models.UniqueConstraint(
                fields=["assembly"],
                condition=Q(state=ResolutionState.OPEN),
                name="members_resolution_open_once",
                violation_error_message="Un autre vote est ouvert dans cette assemblée.",
            ),
            models.CheckConstraint(
                condition=Q(state=ResolutionState.PENDING, convened__isnull=True, voters__isnull=True)
                | (~Q(state=ResolutionState.PENDING) & Q(convened__isnull=False, voters__lte=F("convened"))),
                name="members_resolution_opened_with_voters",
                violation_error_message="Un vote ouvert a compté ses votants.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assembly}, résolution {self.number}"

    @property
    def is_decided(self) -> bool:
        """Whether the result is known, for ever."""
        return self.state in {ResolutionState.ADOPTED, ResolutionState.REJECTED}


class AdmissionProposal(models.Model):
    """A person whom a resolution admits as associate, if it is adopted, and in which college."""

    resolution = models.ForeignKey(
        Resolution, on_delete=models.PROTECT, related_name="proposals", verbose_name="résolution"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="admission_proposals", verbose_name="candidat"
    )
    college = models.ForeignKey(
        College, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="collège"
    )

    class Meta:
        verbose_name = "candidature comme associé"
        verbose_name_plural = "candidatures comme associé"
        ordering = ["resolution", "person"]
        constraints = [
            models.UniqueConstraint(
                fields=["resolution", "person"],
                name="members_proposal_once",
                violation_error_message="Cette personne figure déjà dans la résolution.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.resolution}"


class Tally(models.Model):
    """The votes of one college, or of all, on a resolution.

    It is also the ballot box of a secret vote: a ballot only raises a count. No ballot exists as a row, so that none
    can be tied to a person; who has voted stands apart (`Signature`).
    """

    resolution = models.ForeignKey(
        Resolution, on_delete=models.PROTECT, related_name="tallies", verbose_name="résolution"
    )
    college = models.ForeignKey(
        College, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="collège"
    )
    in_favour = models.PositiveIntegerField("pour", default=0)
    against = models.PositiveIntegerField("contre", default=0)
    abstentions = models.PositiveIntegerField("abstentions", default=0)

    class Meta:
        verbose_name = "décompte"
        verbose_name_plural = "décomptes"
        ordering = ["resolution", "college"]
        constraints = [
            models.UniqueConstraint(
                fields=["resolution", "college"],
                name="members_tally_once",
                nulls_distinct=False,
                violation_error_message="Ce collège est déjà compté.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resolution}\u00a0: {self.in_favour} pour, {self.against} contre"


class NominalVote(models.Model):
    """What an associate, present or represented, voted openly. Append-only."""

    resolution = models.ForeignKey(
        Resolution, on_delete=models.PROTECT, related_name="nominal_votes", verbose_name="résolution"
    )
    voter = models.ForeignKey(
        Convocation, on_delete=models.PROTECT, related_name="nominal_votes", verbose_name="associé"
    )
    choice = models.CharField("vote", max_length=9, choices=Choice)

    class Meta:
        verbose_name = "vote nominal"
        verbose_name_plural = "votes nominaux"
        ordering = ["resolution", "voter"]
        constraints = [
            models.UniqueConstraint(
                fields=["resolution", "voter"],
                name="members_nominal_vote_once",
                violation_error_message="Cet associé a déjà voté\u00a0: une personne, une voix.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voter.person}\u00a0: {self.get_choice_display()}"


class Signature(models.Model):
    """That an associate, present or represented, has put a ballot into the box of a secret vote. Append-only."""

    resolution = models.ForeignKey(
        Resolution, on_delete=models.PROTECT, related_name="signatures", verbose_name="résolution"
    )
    voter = models.ForeignKey(Convocation, on_delete=models.PROTECT, related_name="signatures", verbose_name="associé")

    class Meta:
        verbose_name = "émargement"
        verbose_name_plural = "émargements"
        ordering = ["resolution", "voter"]
        constraints = [
            models.UniqueConstraint(
                fields=["resolution", "voter"],
                name="members_signature_once",
                violation_error_message="Cet associé a déjà voté\u00a0: une personne, une voix.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voter.person} a voté"


class RadarMember(Person):
    """A person whose three-year deadline runs, seen from the assemblies to come."""

    class Meta:
        proxy = True
        verbose_name = "admission à prévoir"
        verbose_name_plural = "admissions à prévoir"
