"""The log of statuses of electronic invoices, append-only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cae_backoffice.core.money

NEVER_CHANGE = ("documentstatus", "collectedamount")
GUARDS = "".join(
    f"CREATE TRIGGER invoicing_{table}_never_changes BEFORE UPDATE OR DELETE ON invoicing_{table} "
    "FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
    f"CREATE TRIGGER invoicing_{table}_no_truncate BEFORE TRUNCATE ON invoicing_{table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();"
    for table in NEVER_CHANGE
)
NO_GUARDS = "".join(
    f"DROP TRIGGER invoicing_{table}_never_changes ON invoicing_{table};"
    f"DROP TRIGGER invoicing_{table}_no_truncate ON invoicing_{table};"
    for table in NEVER_CHANGE
)


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0023_quote_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DocumentStatus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("200", "Déposée"),
                            ("201", "Émise par la plateforme"),
                            ("202", "Reçue par la plateforme"),
                            ("203", "Mise à disposition"),
                            ("204", "Prise en charge"),
                            ("205", "Approuvée"),
                            ("206", "Approuvée partiellement"),
                            ("207", "En litige"),
                            ("208", "Suspendue"),
                            ("209", "Complétée"),
                            ("210", "Refusée"),
                            ("211", "Paiement transmis"),
                            ("212", "Encaissée"),
                            ("213", "Rejetée"),
                            ("501", "Irrecevable"),
                        ],
                        max_length=3,
                        verbose_name="statut",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("COORD_BANC_ERR", "Erreur de coordonnées bancaires"),
                            ("TX_TVA_ERR", "Taux de TVA erroné"),
                            ("MONTANTTOTAL_ERR", "Montant total erroné"),
                            ("CALCUL_ERR", "Erreur de calcul de la facture"),
                            ("NON_CONFORME", "Mention légale manquante"),
                            ("DOUBLON", "Facture en doublon (déjà reçue)"),
                            ("DEST_INC", "Destinataire inconnu"),
                            ("DEST_ERR", "Erreur de destinataire"),
                            ("TRANSAC_INC", "Transaction inconnue"),
                            ("EMMET_INC", "Émetteur inconnu"),
                            ("CONTRAT_TERM", "Contrat terminé"),
                            ("DOUBLE_FACT", "Double facturation"),
                            ("CMD_ERR", "N° de commande incorrect ou manquant"),
                            ("ADR_ERR", "Adresse de facturation électronique erronée"),
                            ("SIRET_ERR", "SIRET erroné ou absent"),
                            ("CODE_ROUTAGE_ERR", "Code de routage absent ou erroné"),
                            ("REF_CT_ABSENT", "Référence contractuelle manquante"),
                            ("REF_ERR", "Référence incorrecte"),
                            ("PU_ERR", "Prix unitaire incorrect"),
                            ("REM_ERR", "Remise erronée"),
                            ("QTE_ERR", "Quantité facturée incorrecte"),
                            ("ART_ERR", "Article facturé incorrect"),
                            ("MODPAI_ERR", "Modalités de paiement incorrectes"),
                            ("QUALITE_ERR", "Qualité de l’article livré incorrecte"),
                            ("LIVR_INCOMP", "Livraison incomplète ou en défaut"),
                            ("JUSTIF_ABS", "Justificatif absent ou insuffisant"),
                            ("ROUTAGE_ERR", "Erreur de routage"),
                            ("REJ_SEMAN", "Rejet\xa0: contrôle sémantique"),
                            ("REJ_UNI", "Rejet\xa0: contrôle d’unicité"),
                            ("REJ_COH", "Rejet\xa0: cohérence des données"),
                            ("REJ_ADR", "Rejet\xa0: contrôle d’adressage"),
                            ("REJ_CONT_B2G", "Rejet\xa0: contrôles du secteur public"),
                            ("REJ_REF_PJ", "Rejet\xa0: référence de pièce jointe"),
                            ("REJ_ASS_PJ", "Rejet\xa0: association de pièce jointe"),
                            ("IRR_VIDE_F", "Irrecevable\xa0: fichier vide"),
                            ("IRR_TYPE_F", "Irrecevable\xa0: type de fichier"),
                            ("IRR_SYNTAX", "Irrecevable\xa0: syntaxe"),
                            ("IRR_TAILLE_F", "Irrecevable\xa0: taille du fichier"),
                            ("IRR_TAILLE_PJ", "Irrecevable\xa0: taille d’une pièce jointe"),
                            ("IRR_NOM_PJ", "Irrecevable\xa0: nom d’une pièce jointe"),
                            ("IRR_VID_PJ", "Irrecevable\xa0: pièce jointe vide"),
                            ("IRR_EXT_DOC", "Irrecevable\xa0: extension d’une pièce jointe"),
                            ("IRR_ANTIVIRUS", "Irrecevable\xa0: contrôle antivirus"),
                            ("AUTRE", "Autre motif"),
                        ],
                        max_length=16,
                        verbose_name="motif",
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=500, verbose_name="commentaire")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("OURS", "La coopérative"),
                            ("PLATFORM", "La plateforme"),
                            ("HAND", "Saisi à la main"),
                        ],
                        max_length=8,
                        verbose_name="origine",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=64, verbose_name="référence")),
                ("happened_on", models.DateField(verbose_name="date")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="enregistré le")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="enregistré par",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statuses",
                        to="invoicing.invoice",
                        verbose_name="document",
                    ),
                ),
            ],
            options={
                "verbose_name": "statut de facture électronique",
                "verbose_name_plural": "statuts de factures électroniques",
                "ordering": ["invoice", "id"],
            },
        ),
        migrations.CreateModel(
            name="CollectedAmount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("S", "Taux normal ou réduit"),
                            ("E", "Exonéré"),
                            ("AE", "Autoliquidation"),
                            ("K", "Livraison intracommunautaire"),
                            ("G", "Exportation"),
                            ("O", "Hors champ"),
                            ("Z", "Taux zéro"),
                        ],
                        max_length=2,
                        verbose_name="catégorie",
                    ),
                ),
                ("rate", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="taux (%)")),
                ("net", cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="HT")),
                ("vat", cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="TVA")),
                (
                    "status",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amounts",
                        to="invoicing.documentstatus",
                        verbose_name="statut",
                    ),
                ),
            ],
            options={
                "verbose_name": "montant encaissé par taux",
                "verbose_name_plural": "montants encaissés par taux",
                "ordering": ["status", "category", "-rate"],
            },
        ),
        migrations.AddConstraint(
            model_name="documentstatus",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("code__in", ("206", "207", "208", "210", "213", "501")), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="invoicing_documentstatus_reason",
                violation_error_message="Ce statut demande un motif.",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentstatus",
            constraint=models.CheckConstraint(
                condition=models.Q(("author__isnull", False), ("source", "PLATFORM"), _connector="OR"),
                name="invoicing_documentstatus_author",
                violation_error_message="Seule la plateforme enregistre un statut sans auteur.",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentstatus",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", "212"), ("source", "HAND"), _negated=True),
                name="invoicing_documentstatus_collected",
                violation_error_message="Le statut «\xa0Encaissée\xa0» suit les encaissements.",
            ),
        ),
        migrations.AddConstraint(
            model_name="collectedamount",
            constraint=models.UniqueConstraint(
                fields=("status", "category", "rate"), name="invoicing_collectedamount_once"
            ),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
