"""Whether the cooperative's numbers are real ones."""

from stdnum import bic, iban
from stdnum.fr import siren, siret, tva

from members.cooperative.models import Cooperative


def identity_errors(cooperative: Cooperative) -> list[str]:
    """What is wrong in the numbers that documents print, as French sentences: check digits, and one SIREN in all."""
    checks = [
        (siren.is_valid(cooperative.siren), "Ce SIREN n’est pas valable\u00a0: sa clé de contrôle est fausse."),
        (siret.is_valid(cooperative.siret), "Ce SIRET n’est pas valable\u00a0: sa clé de contrôle est fausse."),
        (cooperative.siret.startswith(cooperative.siren), "Le SIRET du siège commence par le SIREN de la coopérative."),
        (tva.is_valid(cooperative.vat_number), "Ce numéro de TVA n’est pas valable."),
        (cooperative.vat_number.endswith(cooperative.siren), "Le numéro de TVA se termine par le SIREN."),
        (not cooperative.iban or iban.is_valid(cooperative.iban), "Cet IBAN n’est pas valable."),
        (not cooperative.bic or bic.is_valid(cooperative.bic), "Ce BIC n’est pas valable."),
    ]
    return [sentence for holds, sentence in checks if not holds]
