"""Choices about the life of an electronic invoice, as the reform names them (norm XP Z12-012)."""

from django.db import models


class LifecycleStatus(models.TextChoices):
    """Where an electronic invoice stands between the platforms, the buyer and the seller."""

    DEPOSITED = "200", "Déposée"
    ISSUED_BY_PLATFORM = "201", "Émise par la plateforme"
    RECEIVED_BY_PLATFORM = "202", "Reçue par la plateforme"
    MADE_AVAILABLE = "203", "Mise à disposition"
    TAKEN_IN_CHARGE = "204", "Prise en charge"
    APPROVED = "205", "Approuvée"
    PARTLY_APPROVED = "206", "Approuvée partiellement"
    DISPUTED = "207", "En litige"
    SUSPENDED = "208", "Suspendue"
    COMPLETED = "209", "Complétée"
    REFUSED = "210", "Refusée"
    PAYMENT_SENT = "211", "Paiement transmis"
    COLLECTED = "212", "Encaissée"
    REJECTED = "213", "Rejetée"
    INADMISSIBLE = "501", "Irrecevable"


NEEDS_REASON = ("206", "207", "208", "210", "213", "501")
"""The statuses that must say why."""

MAX_COMMENT = 500


class StatusSource(models.TextChoices):
    """Who said that a document has a status."""

    OURS = "OURS", "La coopérative"
    PLATFORM = "PLATFORM", "La plateforme"
    HAND = "HAND", "Saisi à la main"


class StatusReason(models.TextChoices):
    """Why a document has a status that stops it (annex of XP Z12-012, codes MDT-113)."""

    BENEFICIARY_ACCOUNT = "COORD_BANC_ERR", "Erreur de coordonnées bancaires"
    VAT_RATE = "TX_TVA_ERR", "Taux de TVA erroné"
    TOTAL = "MONTANTTOTAL_ERR", "Montant total erroné"
    RECKONING = "CALCUL_ERR", "Erreur de calcul de la facture"
    MENTION_MISSING = "NON_CONFORME", "Mention légale manquante"
    DUPLICATE = "DOUBLON", "Facture en doublon (déjà reçue)"
    BUYER_UNKNOWN = "DEST_INC", "Destinataire inconnu"
    WRONG_BUYER = "DEST_ERR", "Erreur de destinataire"
    TRANSACTION_UNKNOWN = "TRANSAC_INC", "Transaction inconnue"
    SELLER_UNKNOWN = "EMMET_INC", "Émetteur inconnu"
    CONTRACT_ENDED = "CONTRAT_TERM", "Contrat terminé"
    INVOICED_TWICE = "DOUBLE_FACT", "Double facturation"
    ORDER_NUMBER = "CMD_ERR", "N° de commande incorrect ou manquant"
    ADDRESS = "ADR_ERR", "Adresse de facturation électronique erronée"
    SIRET = "SIRET_ERR", "SIRET erroné ou absent"
    ROUTING_CODE = "CODE_ROUTAGE_ERR", "Code de routage absent ou erroné"
    CONTRACT_REFERENCE = "REF_CT_ABSENT", "Référence contractuelle manquante"
    REFERENCE = "REF_ERR", "Référence incorrecte"
    UNIT_PRICE = "PU_ERR", "Prix unitaire incorrect"
    DISCOUNT = "REM_ERR", "Remise erronée"
    QUANTITY = "QTE_ERR", "Quantité facturée incorrecte"
    ARTICLE = "ART_ERR", "Article facturé incorrect"
    MEANS_OF_PAYMENT = "MODPAI_ERR", "Modalités de paiement incorrectes"
    QUALITY = "QUALITE_ERR", "Qualité de l’article livré incorrecte"
    DELIVERY = "LIVR_INCOMP", "Livraison incomplète ou en défaut"
    VOUCHER_MISSING = "JUSTIF_ABS", "Justificatif absent ou insuffisant"
    ROUTING = "ROUTAGE_ERR", "Erreur de routage"
    MEANING = "REJ_SEMAN", "Rejet\u00a0: contrôle sémantique"
    NOT_UNIQUE = "REJ_UNI", "Rejet\u00a0: contrôle d’unicité"
    INCOHERENT = "REJ_COH", "Rejet\u00a0: cohérence des données"
    NOT_ADDRESSED = "REJ_ADR", "Rejet\u00a0: contrôle d’adressage"
    PUBLIC_RULES = "REJ_CONT_B2G", "Rejet\u00a0: contrôles du secteur public"
    FILE_REFERENCE = "REJ_REF_PJ", "Rejet\u00a0: référence de pièce jointe"
    FILE_ASSOCIATION = "REJ_ASS_PJ", "Rejet\u00a0: association de pièce jointe"
    FILE_EMPTY = "IRR_VIDE_F", "Irrecevable\u00a0: fichier vide"
    FILE_TYPE = "IRR_TYPE_F", "Irrecevable\u00a0: type de fichier"
    FILE_SYNTAX = "IRR_SYNTAX", "Irrecevable\u00a0: syntaxe"
    FILE_SIZE = "IRR_TAILLE_F", "Irrecevable\u00a0: taille du fichier"
    ATTACHMENT_SIZE = "IRR_TAILLE_PJ", "Irrecevable\u00a0: taille d’une pièce jointe"
    ATTACHMENT_NAME = "IRR_NOM_PJ", "Irrecevable\u00a0: nom d’une pièce jointe"
    ATTACHMENT_EMPTY = "IRR_VID_PJ", "Irrecevable\u00a0: pièce jointe vide"
    ATTACHMENT_TYPE = "IRR_EXT_DOC", "Irrecevable\u00a0: extension d’une pièce jointe"
    VIRUS = "IRR_ANTIVIRUS", "Irrecevable\u00a0: contrôle antivirus"
    OTHER = "AUTRE", "Autre motif"


class TransmissionKind(models.TextChoices):
    """What is handed over to the platform."""

    INVOICE = "INVOICE", "Facture"
    STATUS = "STATUS", "Statut"


class TransmissionState(models.TextChoices):
    """How far the handing over of a file went."""

    WAITING = "WAITING", "En attente"
    SENT = "SENT", "Envoyée"
    ACKNOWLEDGED = "ACKNOWLEDGED", "Reçue par la plateforme"
    STUCK = "STUCK", "Bloquée"
    FAILED = "FAILED", "Abandonnée"
