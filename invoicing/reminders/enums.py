"""How a customer is asked for what is owed, step by step."""

from django.db import models


class ReminderLevel(models.TextChoices):
    """The steps, in the order in which they are taken; each once per invoice."""

    BEFORE_DUE = "BEFORE_DUE", "Rappel avant l’échéance"
    FRIENDLY = "FRIENDLY", "Relance amicale"
    FIRM = "FIRM", "Relance ferme"
    FORMAL_NOTICE = "FORMAL_NOTICE", "Mise en demeure"


class ReminderState(models.TextChoices):
    """Where one reminder stands."""

    PROPOSED = "PROPOSED", "Proposée"
    SENT = "SENT", "Partie"
    STOPPED = "STOPPED", "Arrêtée"
    CANCELLED = "CANCELLED", "Sans objet"


class ReminderMode(models.TextChoices):
    """What happens to the reminders that a day calls for."""

    PROPOSE = "PROPOSE", "Proposées à une personne"
    SEND = "SEND", "Envoyées sans attendre"


class InterestKind(models.TextChoices):
    """The public rates by which late payment is reckoned."""

    REFINANCING = "REFINANCING", "Taux de refinancement de la BCE"
    LEGAL = "LEGAL", "Taux d’intérêt légal (créancier professionnel)"


class FollowUp(models.TextChoices):
    """What an entrepreneur reads of the payment of an issued document: derived from the books, never stored."""

    TO_PAY = "TO_PAY", "À payer"
    LATE = "LATE", "En retard"
    PART_PAID = "PART_PAID", "Payée en partie"
    RETAINED = "RETAINED", "Retenue de garantie en attente"
    PAID = "PAID", "Payée"
    REFUNDED = "REFUNDED", "Remboursée"
    DOUBTFUL = "DOUBTFUL", "Douteuse"
    LOST = "LOST", "Perte"
