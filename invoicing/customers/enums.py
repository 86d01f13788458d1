"""Choices about customers."""

from django.db import models


class CustomerKind(models.TextChoices):
    """Which mandatory mentions a customer's invoices carry."""

    PROFESSIONAL = "PROFESSIONAL", "Professionnel"
    CONSUMER = "CONSUMER", "Particulier"
    PUBLIC = "PUBLIC", "Organisme public"


class PlaceKind(models.TextChoices):
    """Why another address of a customer is printed on a document."""

    DELIVERY = "DELIVERY", "Livraison"
    SITE = "SITE", "Chantier ou site"


class Purpose(models.TextChoices):
    """What is sent to a customer, each to the contacts who asked for it."""

    INVOICES = "INVOICES", "Factures et avoirs"
    QUOTES = "QUOTES", "Devis"
    REMINDERS = "REMINDERS", "Relances"


class Likeness(models.TextChoices):
    """Why two customers are suspected to be one, the surest first."""

    SIRET = "SIRET", "Même SIRET"
    SIREN = "SIREN", "Même SIREN"
    VAT = "VAT", "Même n° de TVA"
    NAME = "NAME", "Nom très proche"
    NAME_AND_ADDRESS = "NAME_AND_ADDRESS", "Nom proche, même adresse"
