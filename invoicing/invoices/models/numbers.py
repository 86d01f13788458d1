"""How documents are numbered."""

from django.db import models


class NumberSequence(models.Model):
    """The gapless numbering of one kind of document in one year: the row that issuing locks."""

    prefix = models.CharField("préfixe", max_length=4)
    year = models.PositiveSmallIntegerField("année")
    last_number = models.PositiveIntegerField("dernier numéro", default=0)
    last_issued_on = models.DateField("dernière date d'émission", null=True)

    class Meta:
        verbose_name = "suite de numéros"
        verbose_name_plural = "suites de numéros"
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="invoicing_sequence_once")]

    def __str__(self) -> str:
        return f"{self.prefix}{self.year}"
