"""Exports that a person asked for, written in the background, and the mark of what they exported."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from invoicing.exports.enums import ExportKind, ExportScope, ExportState, FileEncoding
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Entry, FiscalYear, LedgerQuerySet
from members.people.models import User


class ExportJob(models.Model):
    """An export of entries: what was asked, how far it is, and the file that it wrote with its fingerprint.

    A FEC covers a fiscal year; `with_drafts` says that it was asked for although drafts remain (an interim file).
    """

    kind = models.CharField("format", max_length=9, choices=ExportKind)
    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="exercice"
    )
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    journals = ArrayField(
        models.CharField(max_length=2, choices=JournalCode), verbose_name="journaux", default=list, blank=True
    )
    scope = models.CharField("écritures", max_length=3, choices=ExportScope, default=ExportScope.ALL)
    encoding = models.CharField("jeu de caractères", max_length=11, choices=FileEncoding, default=FileEncoding.UTF_8)
    with_drafts = models.BooleanField("malgré les brouillards", default=False)
    state = models.CharField("état", max_length=7, choices=ExportState, default=ExportState.WAITING)
    lines_done = models.PositiveIntegerField("lignes écrites", default=0)
    lines_total = models.PositiveIntegerField("lignes à écrire", default=0)
    file = models.FileField("fichier", upload_to="exports/%Y/%m/", blank=True)
    file_name = models.CharField("nom du fichier", max_length=80, blank=True)
    sha256 = models.CharField("empreinte SHA-256", max_length=64, blank=True)
    size = models.PositiveBigIntegerField("taille (octets)", default=0)
    description = models.TextField("description du fichier", blank=True)
    warning = models.TextField("avertissement", blank=True)
    error = models.TextField("erreur", blank=True)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="demandé par")
    requested_at = models.DateTimeField("demandé le", auto_now_add=True)
    started_at = models.DateTimeField("commencé le", null=True, blank=True)
    finished_at = models.DateTimeField("terminé le", null=True, blank=True)

    objects = LedgerQuerySet["ExportJob"].as_manager()

    class Meta:
        verbose_name = "export comptable"
        verbose_name_plural = "exports comptables"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="invoicing_exportjob_dates",
                violation_error_message="La fin précède le début.",
            ),
            models.CheckConstraint(
                condition=Q(kind=ExportKind.FEC, fiscal_year__isnull=False, journals=[], scope=ExportScope.ALL)
                | (~Q(kind=ExportKind.FEC) & Q(fiscal_year__isnull=True, with_drafts=False)),
                name="invoicing_exportjob_fec_of_a_year",
                violation_error_message="Un FEC porte sur un exercice entier.",
            ),
            models.CheckConstraint(
                condition=(Q(state=ExportState.DONE, finished_at__isnull=False, error="") & ~Q(file="") & ~Q(sha256=""))
                | (Q(state=ExportState.FAILED, finished_at__isnull=False, file="") & ~Q(error=""))
                | Q(state__in=[ExportState.WAITING, ExportState.RUNNING], file="", error="", finished_at__isnull=True),
                name="invoicing_exportjob_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.starts_on:%d/%m/%Y} au {self.ends_on:%d/%m/%Y}"

    @property
    def is_pending(self) -> bool:
        """Whether it has still something to write."""
        return self.state in {ExportState.WAITING, ExportState.RUNNING}

    @property
    def percent(self) -> int:
        """How much of it is written, in hundredths."""
        if self.state == ExportState.DONE:
            return 100
        return min(99, 100 * self.lines_done // self.lines_total) if self.lines_total else 0


class ExportedEntry(models.Model):
    """The mark that an entry left in a file for another program; append-only, since validated entries never change.

    Who, when and in which format stand on the job; exporting again adds another mark.
    """

    job = models.ForeignKey(ExportJob, on_delete=models.PROTECT, related_name="marks", verbose_name="export")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="écriture")

    objects = LedgerQuerySet["ExportedEntry"].as_manager()

    class Meta:
        verbose_name = "écriture exportée"
        verbose_name_plural = "écritures exportées"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["job", "entry"], name="invoicing_exportedentry_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} dans {self.job_id}"
