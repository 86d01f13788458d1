"""What a sent quote shows, frozen: its copy and its PDF. Neither changes."""

from django.db import models

from invoicing.quotes.models.quotes import Quote


class QuoteSnapshot(models.Model):
    """Everything a sent quote shows, frozen when it is sent: the only source of its PDF. Never changes."""

    quote = models.OneToOneField(
        Quote, on_delete=models.PROTECT, related_name="snapshot", verbose_name="devis", primary_key=True
    )
    content = models.JSONField("contenu")

    class Meta:
        verbose_name = "copie figée d’un devis"
        verbose_name_plural = "copies figées des devis"

    def __str__(self) -> str:
        return f"copie figée du {self.quote}"


class QuoteFile(models.Model):
    """The PDF of a sent quote, rendered once; these bytes are served ever after. Never changes."""

    quote = models.OneToOneField(
        Quote, on_delete=models.PROTECT, related_name="file", verbose_name="devis", primary_key=True
    )
    pdf = models.FileField("PDF", upload_to="quotes/%Y/%m/")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    size = models.PositiveIntegerField("taille (octets)")
    rendered_at = models.DateTimeField("produit le", auto_now_add=True)

    class Meta:
        verbose_name = "PDF d’un devis"
        verbose_name_plural = "PDF des devis"

    def __str__(self) -> str:
        return self.pdf.name or ""
