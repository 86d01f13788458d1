"""Choices of the cooperative's identity."""

from django.db import models


class LegalForm(models.TextChoices):
    """The company forms a CAE takes, always with variable capital."""

    SCOP_SARL = "SCOP_SARL", "SCOP SARL à capital variable"
    SCOP_SA = "SCOP_SA", "SCOP SA à capital variable"
    SCOP_SAS = "SCOP_SAS", "SCOP SAS à capital variable"
    SCIC_SARL = "SCIC_SARL", "SCIC SARL à capital variable"
    SCIC_SA = "SCIC_SA", "SCIC SA à capital variable"
    SCIC_SAS = "SCIC_SAS", "SCIC SAS à capital variable"
    COOP_47 = "COOP_47", "Coopérative (loi de 1947) à capital variable"


class CreditNoteNumbering(models.TextChoices):
    """Whether credit notes share the invoices' sequence or have their own."""

    SAME_SEQUENCE = "SAME", "Dans la suite des factures"
    OWN_SEQUENCE = "OWN", "Dans leur propre suite"


class CollegeMethod(models.TextChoices):
    """How a college's votes weigh in the result of a SCIC's assembly."""

    PROPORTIONAL = "PROPORTIONAL", "Au prorata des voix du collège"
    MAJORITY = "MAJORITY", "Tout le poids à la majorité du collège"
