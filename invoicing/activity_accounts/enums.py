"""Choices of the activity's account."""

from django.db import models


class PayBase(models.TextChoices):
    """What of the gross pay bears a payroll rate; ceilings are the monthly social security ceiling (PMSS)."""

    ALL = "all", "totalité du brut"
    UP_TO_ONE = "t1", "jusqu’à un plafond"
    ONE_TO_EIGHT = "t2", "de un à huit plafonds"
    UP_TO_EIGHT_IF_ABOVE_ONE = "t1t2", "jusqu’à huit plafonds, si le brut dépasse un plafond"
    UP_TO_FOUR = "four", "jusqu’à quatre plafonds"
    CSG = "csg", "98,25 % jusqu’à quatre plafonds, la totalité au-delà"


class StatementHeading(models.TextChoices):
    """A line of the statement of an activity, in the order in which it is read."""

    OPENING = "OPENING", "Solde de départ repris"
    COLLECTED = "COLLECTED", "Chiffre d’affaires encaissé, hors taxes"
    OTHER_INCOME = "OTHER_INCOME", "Autres produits"
    CONTRIBUTIONS = "CONTRIBUTIONS", "Contributions coopératives"
    EXPENSES = "EXPENSES", "Achats et frais"
    PAY = "PAY", "Rémunérations et cotisations"
    PROVISIONS = "PROVISIONS", "Provisions"
    TRANSFERS = "TRANSFERS", "Transferts avec d’autres activités"


class ProvisionKind(models.TextChoices):
    """What money is set aside for."""

    PAID_LEAVE = "PAID_LEAVE", "Congés payés"
    BAD_DEBTS = "BAD_DEBTS", "Créances douteuses"
    OTHER = "OTHER", "Autre risque"


class PayStart(models.TextChoices):
    """From what the estimate of pay starts."""

    BUDGET = "budget", "d’un montant disponible"
    NET = "net", "d’un salaire net voulu, par mois"
    GROSS = "gross", "d’un salaire brut voulu, par mois"
