"""What the customer answers to a quote that was sent, and the private link by which they do. Answers never change."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.access import HoldsRoles
from cae_backoffice.core.money import MoneyField
from cae_backoffice.core.tokens import PrivateLink
from invoicing.quotes.enums import AnswerChannel, SignatureKind
from invoicing.quotes.models.quotes import Quote, QuoteLine
from members.people.models import User


class QuoteLinkQuerySet(models.QuerySet["QuoteLink"]):
    """Links of the quotes that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the quotes one may see."""
        return self.filter(quote__in=Quote.objects.visible_to(user))


class QuoteLink(PrivateLink):
    """The private address at which a customer reads and answers one quote; it opens until the quote ends."""

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="links", verbose_name="devis")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="créé par")
    created_at = models.DateTimeField("créé le")

    objects = QuoteLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien privé d’un devis"
        verbose_name_plural = "liens privés des devis"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="invoicing_quotelink_expires",
                violation_error_message="Un lien expire après sa création.",
            ),
        ]

    def __str__(self) -> str:
        return f"lien du {self.quote}"


class Answer(models.Model):
    """What an acceptance and a refusal have in common: who answered, how, and from where when it was online.

    `answered_on` is the day that counts; `recorded_at` the instant at which the cooperative learned it.
    """

    quote = models.OneToOneField(Quote, on_delete=models.PROTECT, primary_key=True, verbose_name="devis")
    channel = models.CharField("réponse", max_length=7, choices=AnswerChannel)
    answered_on = models.DateField("date")
    recorded_at = models.DateTimeField("enregistrée le")
    name = models.CharField("nom", max_length=120)
    ip_address = models.GenericIPAddressField("adresse IP", null=True, blank=True)
    user_agent = models.CharField("navigateur", max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="enregistrée par"
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(channel=AnswerChannel.ONLINE, recorded_by__isnull=True, ip_address__isnull=False)
                | Q(channel=AnswerChannel.BY_HAND, recorded_by__isnull=False, ip_address__isnull=True),
                name="invoicing_%(class)s_channel",
                violation_error_message="Une réponse est celle du client en ligne, ou notée par quelqu’un.",
            ),
        ]


class QuoteAcceptance(Answer):
    """The customer's agreement: what was signed and how; `net`, `vat`, `gross` are those of the lines with the
    options chosen. The signature is its name in letters, a picture encoded anew, or the signed file.
    """

    quote = models.OneToOneField(
        Quote, on_delete=models.PROTECT, primary_key=True, related_name="acceptance", verbose_name="devis"
    )
    signature_kind = models.CharField("signature", max_length=5, choices=SignatureKind)
    signature_png = models.BinaryField("signature dessinée", null=True, blank=True)
    signed_file = models.FileField("document signé", upload_to="signed/%Y/%m/", blank=True)
    sha256 = models.CharField("empreinte de la signature", max_length=64, blank=True)
    net = MoneyField("total HT accepté")
    vat = MoneyField("TVA acceptée")
    gross = MoneyField("total TTC accepté")

    class Meta(Answer.Meta):
        verbose_name = "acceptation d’un devis"
        verbose_name_plural = "acceptations des devis"
        constraints = [
            *Answer.Meta.constraints,
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("vat")),
                name="invoicing_quoteacceptance_gross_sum",
                violation_error_message="Le total TTC est la somme du HT et de la TVA.",
            ),
            models.CheckConstraint(
                condition=Q(signature_kind=SignatureKind.TYPED, signature_png__isnull=True, signed_file="", sha256="")
                | Q(signature_kind=SignatureKind.DRAWN, signature_png__isnull=False, signed_file="", sha256__gt="")
                | Q(signature_kind=SignatureKind.FILE, signature_png__isnull=True, signed_file__gt="", sha256__gt=""),
                name="invoicing_quoteacceptance_signature",
                violation_error_message="Une signature est écrite, dessinée, ou un document signé.",
            ),
        ]

    def __str__(self) -> str:
        return f"acceptation du {self.quote}"


class ChosenOption(models.Model):
    """An option that the customer took when accepting."""

    acceptance = models.ForeignKey(
        QuoteAcceptance, on_delete=models.PROTECT, related_name="options", verbose_name="acceptation"
    )
    line = models.OneToOneField(QuoteLine, on_delete=models.PROTECT, related_name="choice", verbose_name="option")

    class Meta:
        verbose_name = "option choisie"
        verbose_name_plural = "options choisies"

    def __str__(self) -> str:
        return str(self.line)


class QuoteRefusal(Answer):
    """The customer's no, with the reason they give."""

    quote = models.OneToOneField(
        Quote, on_delete=models.PROTECT, primary_key=True, related_name="refusal", verbose_name="devis"
    )
    reason = models.CharField("motif", max_length=500, blank=True)

    class Meta(Answer.Meta):
        verbose_name = "refus d’un devis"
        verbose_name_plural = "refus des devis"

    def __str__(self) -> str:
        return f"refus du {self.quote}"
