"""The words of the mandatory mentions, as dated data."""

from datetime import date
from typing import Self

from django.db import models

from invoicing.mentions.enums import LegalTextCode


class LegalTextQuerySet(models.QuerySet["LegalText"]):
    """Legal texts by date."""

    def in_force(self, on: date) -> Self:
        """The texts to print on a document issued that day, one per code: the latest that has begun."""
        return self.filter(valid_from__lte=on).order_by("code", "-valid_from").distinct("code")


class LegalText(models.Model):
    """The words of a mandatory mention from a date on, with their source. `{…}` placeholders are filled at issue."""

    code = models.CharField("mention", max_length=24, choices=LegalTextCode)
    text = models.TextField("texte")
    valid_from = models.DateField("valable à partir du")
    source = models.CharField("source", max_length=160)

    objects = LegalTextQuerySet.as_manager()

    class Meta:
        verbose_name = "mention légale"
        verbose_name_plural = "mentions légales"
        ordering = ["code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="invoicing_legaltext_once",
                violation_error_message="Cette mention a déjà un texte à cette date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} (depuis le {self.valid_from:%d/%m/%Y})"
