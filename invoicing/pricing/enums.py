"""Choices of VAT, of units and of the time a customer has to pay."""

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
    HALF_DAY = "HAD", "demi-journée"
    WEEK = "WEE", "semaine"
    YEAR = "ANN", "an"
    SET = "SET", "ensemble"
    LOT = "LO", "lot"
    PAIR = "PR", "paire"
    GRAM = "GRM", "g"
    CENTIMETRE = "CMT", "cm"
    KILOWATT_HOUR = "KWH", "kWh"
    MINUTE = "MIN", "minute"
    PERSON = "IE", "personne"


class PaymentTerms(models.TextChoices):
    """When an invoice falls due, counted from its issue date (C. com. L441-10: 60 days, or 45 days end of month)."""

    ON_RECEIPT = "D0", "À réception"
    DAYS_15 = "D15", "15 jours"
    DAYS_30 = "D30", "30 jours"
    DAYS_45_END_OF_MONTH = "M45", "45 jours fin de mois"
    DAYS_60 = "D60", "60 jours"
