"""The cooperative itself: one company, one SIREN, the seller on every document."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from cae_backoffice.core.money import MoneyField
from members.cooperative.enums import CollegeMethod, CreditNoteNumbering, LegalForm


class Cooperative(models.Model):
    """Legal identity, look and settings of the CAE; exactly one row. Issued documents keep their own frozen copy.

    Legal source of the identity fields: C. com. R123-237 and R123-238, CGI ann. II 242 nonies A.
    """

    legal_name = models.CharField("dénomination sociale", max_length=120)
    short_name = models.CharField("nom d’usage", max_length=60)
    legal_form = models.CharField("forme juridique", max_length=12, choices=LegalForm)
    capital = MoneyField("capital social")
    siren = models.CharField("SIREN", max_length=9)
    siret = models.CharField("SIRET du siège", max_length=14)
    vat_number = models.CharField("n° de TVA intracommunautaire", max_length=13)
    rcs_city = models.CharField("ville du RCS", max_length=60)
    naf_code = models.CharField("code NAF", max_length=6, blank=True)
    street = models.CharField("adresse", max_length=120)
    street_extra = models.CharField("complément d’adresse", max_length=120, blank=True)
    postcode = models.CharField("code postal", max_length=10)
    city = models.CharField("ville", max_length=80)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel")
    website = models.URLField("site web", blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    vat_on_debits = models.BooleanField("option pour la TVA d’après les débits", default=False)
    credit_note_numbering = models.CharField(
        "numérotation des avoirs", max_length=4, choices=CreditNoteNumbering, default=CreditNoteNumbering.SAME_SEQUENCE
    )
    late_penalty_points = models.DecimalField(
        "pénalités de retard\u00a0: points ajoutés au taux de la BCE",
        max_digits=4,
        decimal_places=2,
        default=10,
        validators=[MinValueValidator(0), MaxValueValidator(99)],
    )
    mediator = models.TextField("médiateur de la consommation", blank=True, help_text="Nom, adresse et site web.")
    training_number = models.CharField(
        "n° de déclaration d’activité (formation)",
        max_length=11,
        blank=True,
        help_text="Onze chiffres, donnés par le préfet de région à qui vend de la formation.",
    )
    training_region = models.CharField(
        "région de cette déclaration", max_length=60, blank=True, help_text="Par exemple\u00a0: des Pays de la Loire."
    )
    colour = models.CharField(
        "couleur",
        max_length=7,
        default="#0f766e",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Une couleur s’écrit #rrggbb.")],
    )

    class Meta:
        verbose_name = "coopérative"
        verbose_name_plural = "coopérative"
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1),
                name="members_cooperative_single",
                violation_error_message="Il n’y a qu’une coopérative par base de données.",
            ),
            models.CheckConstraint(
                condition=Q(siren__regex=r"^[0-9]{9}$"),
                name="members_cooperative_siren_digits",
                violation_error_message="Un SIREN s’écrit avec neuf chiffres.",
            ),
            models.CheckConstraint(
                condition=Q(capital__gte=0),
                name="members_cooperative_capital_positive",
                violation_error_message="Le capital social ne peut pas être négatif.",
            ),
            models.CheckConstraint(
                condition=Q(training_number="") | Q(training_number__regex=r"^[0-9]{11}$"),
                name="members_cooperative_training_digits",
                violation_error_message="Un n° de déclaration d’activité s’écrit avec onze chiffres.",
            ),
            models.CheckConstraint(
                condition=Q(training_number="", training_region="") | ~(Q(training_number="") | Q(training_region="")),
                name="members_cooperative_training_whole",
                violation_error_message="Le n° de déclaration d’activité et sa région vont ensemble.",
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name


CONVENING_DAYS = 15
"""An assembly is convened at least so many days before (C. com. R223-20, R225-69)."""


def _percent(label: str) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(
        label, max_digits=5, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )


class Statutes(models.Model):
    """What the cooperative's statutes say of its assemblies, from a day on: each version is a row of its own."""

    version = models.CharField("version", max_length=60, help_text="Par exemple\u00a0: statuts du 14/06/2025.")
    starts_on = models.DateField("en vigueur à partir du", unique=True)
    convening_days = models.PositiveSmallIntegerField(
        "convocation (jours avant)", default=CONVENING_DAYS, validators=[MinValueValidator(CONVENING_DAYS)]
    )
    proxies_per_holder = models.PositiveSmallIntegerField("pouvoirs par personne au plus", default=2)
    quorum_ordinary = _percent("quorum, assemblée ordinaire (% des associés)")
    quorum_extraordinary = _percent("quorum, assemblée extraordinaire (% des associés)")
    quorum_second_call = _percent("quorum, seconde convocation (% des associés)")
    college_method = models.CharField(
        "vote par collèges",
        max_length=12,
        choices=CollegeMethod,
        default=CollegeMethod.PROPORTIONAL,
        help_text="Dans une SCIC qui a des collèges.",
    )

    class Meta:
        verbose_name = "version des statuts"
        verbose_name_plural = "statuts"
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(convening_days__gte=CONVENING_DAYS),
                name="members_statutes_convening",
                violation_error_message="La convocation part au moins quinze jours avant (C. com. R223-20, R225-69).",
            ),
            models.CheckConstraint(
                condition=Q(quorum_ordinary__range=(0, 100))
                & Q(quorum_extraordinary__range=(0, 100))
                & Q(quorum_second_call__range=(0, 100)),
                name="members_statutes_quorum",
                violation_error_message="Un quorum va de 0 à 100\u00a0% des associés.",
            ),
        ]

    def __str__(self) -> str:
        return self.version
