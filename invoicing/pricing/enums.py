"""Choices of VAT and of units."""

from django.db import models


class VatCategory(models.TextChoices):
    """VAT category codes of EN 16931 (UNTDID 5305, subset)."""

    STANDARD = "S", "Taux normal ou réduit"
    EXEMPT = "E", "Exonéré"
    REVERSE_CHARGE = "AE", "Autoliquidation"
    INTRA_EU = "K", "Livraison intracommunautaire"
    EXPORT = "G", "Exportation"
    OUT_OF_SCOPE = "O", "Hors champ"
    ZERO_RATED = "Z", "Taux zéro"


class SupplyNature(models.TextChoices):
    """What a line sells; the document's category (goods, services or both) follows from its lines."""

    GOODS = "GOODS", "Bien"
    SERVICES = "SERVICES", "Prestation de services"


class AdjustmentKind(models.TextChoices):
    """How a discount (remise) or a charge (frais) on a whole document is typed."""

    DISCOUNT_PERCENT = "DISCOUNT_PERCENT", "Remise en %"
    DISCOUNT_AMOUNT = "DISCOUNT_AMOUNT", "Remise en €"
    CHARGE_PERCENT = "CHARGE_PERCENT", "Frais en %"
    CHARGE_AMOUNT = "CHARGE_AMOUNT", "Frais en €"


class Unit(models.TextChoices):
    """Units of quantity: UN/ECE Recommendation 20 codes with the labels a French customer reads."""

    UNIT = "C62", "unité"
    LUMP_SUM = "LS", "forfait"
    HOUR = "HUR", "heure"
    DAY = "DAY", "jour"
    MONTH = "MON", "mois"
    METRE = "MTR", "m"
    SQUARE_METRE = "MTK", "m²"
    CUBIC_METRE = "MTQ", "m³"
    KILOGRAM = "KGM", "kg"
    TONNE = "TNE", "t"
    LITRE = "LTR", "l"
    KILOMETRE = "KMT", "km"
    PIECE = "H87", "pièce"
