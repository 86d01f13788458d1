"""The frame of the staff's pages: the menu by rights, the cooperative's name and colour."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.admin import site
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.home.colours import shades
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from members.cooperative.models import Cooperative
from members.cooperative.queries import cooperative_of

QUEUE = "admin:invoicing_invoice_queue"


@dataclass(frozen=True)
class Entry:
    """A line of the menu: the list of one model, as it opens or narrowed by a query string; or a page of its own."""

    title: str
    icon: str
    model: str
    query: str = ""
    page: str = ""
    """The name of the page's address; whoever may open the model's list may open the page, unless `right` says more."""
    right: Right | None = None

    @property
    def list_url(self) -> str:
        """Where the page, or else the model's list, is."""
        if self.page:
            return reverse(self.page)
        return reverse(f"admin:{self.model.replace('.', '_').lower()}_changelist")

    def is_open_to(self, request: HttpRequest) -> bool:
        """Whether the person may open the list."""
        model = apps.get_model(self.model)
        if self.right and not has_right(request.user, self.right):
            return False
        return site.is_registered(model) and site.get_model_admin(model).has_module_permission(request)

    def is_current(self, request: HttpRequest) -> bool:
        """Whether the page shown is this list or one of its records."""
        in_queue = request.path.startswith(reverse(QUEUE))
        return request.path.startswith(self.list_url) and in_queue == (self.page == QUEUE)


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Membres",
        (
            Entry("Membres", "group", "members.Person"),
            Entry("Demandes de coordonnées", "contact_mail", "members.ContactChange"),
            Entry("Contrats", "contract", "members.Contract"),
            Entry("Associés", "handshake", "members.Admission"),
            Entry("Activités", "storefront", "members.Activity"),
            Entry("Entretiens dus", "event_available", "members.SupportedMember", "missing=SOME"),
            Entry("Entretiens", "forum", "members.Interview"),
            Entry("Ateliers", "school", "members.Workshop"),
            Entry(
                "Membres en chiffres",
                "bar_chart",
                "members.Person",
                page="member-figures",
                right=Right.VIEW_ALL_MEMBERS,
            ),
            Entry(
                "Présence après l’entrée",
                "timeline",
                "members.Person",
                page="member-survival",
                right=Right.VIEW_ALL_MEMBERS,
            ),
        ),
    ),
    (
        "Vie coopérative",
        (
            Entry("Radar des admissions", "radar", "members.RadarMember"),
            Entry("Agenda", "calendar_month", "members.RadarMember", page="calendar"),
            Entry("Alertes d’échéance", "notification_important", "members.DeadlineAlert"),
            Entry("Assemblées", "groups", "members.Assembly"),
            Entry("Parts sociales", "pie_chart", "members.ShareMovement"),
            Entry("Catégories de parts", "category", "members.ShareClass"),
            Entry("Collèges", "diversity_3", "members.College"),
            Entry("Membres des collèges", "diversity_2", "members.CollegeMembership"),
            Entry("Statuts", "balance", "members.Statutes"),
        ),
    ),
    (
        "Facturation",
        (
            Entry("À valider", "fact_check", "invoicing.Invoice", page=QUEUE, right=Right.APPROVE_INVOICES),
            Entry("Factures", "receipt_long", "invoicing.Invoice"),
            Entry("Factures récurrentes", "autorenew", "invoicing.RecurringInvoice"),
            Entry("Devis", "request_quote", "invoicing.Quote"),
            Entry("Commandes", "assignment", "invoicing.Order"),
            Entry("Clients", "contacts", "invoicing.Customer"),
            Entry("Liens privés des clients", "link", "invoicing.CustomerLink"),
            Entry("Cycle de vie", "sync_alt", "invoicing.DocumentStatus"),
            Entry("Importer des clients", "upload_file", "invoicing.Customer", page="customer-import"),
            Entry("Plateforme", "cloud_upload", "invoicing.Transmission"),
            Entry("Factures reçues", "move_to_inbox", "invoicing.ReceivedInvoice"),
            Entry("Doublons de clients", "join_inner", "invoicing.Customer", page="duplicates-report"),
            Entry("Envois", "send", "invoicing.DocumentSending"),
            Entry("Relances", "notifications", "invoicing.Reminder"),
            Entry("Relances en pause", "pause_circle", "invoicing.ReminderPause"),
            Entry("Autovalidations", "how_to_reg", "invoicing.SelfApproval"),
        ),
    ),
    (
        "Encaissements",
        (
            Entry("Encaissements", "payments", "invoicing.Receipt"),
            Entry("Affectations", "link", "invoicing.Allocation"),
            Entry("Remises de chèques", "account_balance", "invoicing.ChequeRemittance"),
            Entry("Remboursements", "undo", "invoicing.Refund"),
            Entry("Retenues libérées", "lock_open", "invoicing.RetentionRelease"),
            Entry("Créances douteuses", "help", "invoicing.DoubtfulReceivable"),
            Entry("Pertes sur créances", "money_off", "invoicing.WriteOff"),
            Entry("Clôtures", "lock_clock", "invoicing.PaymentClosing"),
            Entry("Journal des paiements", "verified", "invoicing.PaymentEvent"),
        ),
    ),
    (
        "Contributions",
        (
            Entry("Calculs", "calculate", "invoicing.ContributionRun"),
            Entry("Relevés", "request_quote", "invoicing.ContributionStatement"),
            Entry("Aperçu d’un mois", "visibility", "invoicing.ContributionRun", page="contribution-preview"),
            Entry("Essayer une règle", "science", "invoicing.ContributionRun", page="contribution-replay"),
            Entry("Règles", "rule", "invoicing.ContributionRule"),
            Entry("Exonérations", "money_off", "invoicing.ContributionWaiver"),
            Entry("Dérogations", "tune", "invoicing.ContributionOverride"),
            Entry("Achats déduits", "remove_shopping_cart", "invoicing.MarginAccount"),
            Entry("Comptes utilisés", "account_tree", "invoicing.ContributionSettings"),
        ),
    ),
    (
        "Comptabilité",
        (
            Entry("Écritures", "edit_note", "invoicing.Entry"),
            Entry("Transferts internes", "swap_horiz", "invoicing.InternalTransfer"),
            Entry("Compte des transferts", "account_tree", "invoicing.TransferSettings"),
            Entry("Modèles d’écriture", "content_copy", "invoicing.EntryTemplate"),
            Entry("Import d’écritures", "upload_file", "invoicing.EntryImport"),
            Entry("Journaux", "menu_book", "invoicing.Entry", page="journal"),
            Entry("Grand livre", "book_2", "invoicing.Entry", page="general-ledger"),
            Entry("Grand livre auxiliaire", "contact_page", "invoicing.Entry", page="auxiliary-ledger"),
            Entry("Balance générale", "balance", "invoicing.Entry", page="trial-balance"),
            Entry("Balance analytique", "donut_small", "invoicing.Entry", page="analytic-balance"),
            Entry("Balance âgée", "hourglass_bottom", "invoicing.Entry", page="aged-receivables"),
            Entry("Postes clients ouverts", "pending_actions", "invoicing.Entry", page="open-items"),
            Entry("Déclaration de TVA", "percent", "invoicing.Entry", page="vat-return"),
            Entry("E-reporting, ventes", "summarize", "invoicing.Entry", page="reported-sales"),
            Entry("E-reporting, encaissements", "summarize", "invoicing.Entry", page="reported-payments"),
            Entry("Chiffres clés", "insights", "members.Person", page="key-figures", right=Right.VIEW_ALL_MEMBERS),
            Entry("Exports et FEC", "output", "invoicing.ExportJob"),
            Entry("Exercices", "event_repeat", "invoicing.FiscalYear"),
            Entry("Périodes", "calendar_month", "invoicing.Period"),
            Entry("Plan comptable", "list_alt", "invoicing.Account"),
            Entry("Comptes auxiliaires", "badge", "invoicing.Auxiliary"),
        ),
    ),
    (
        "Comptes d’activité",
        (
            Entry(
                "Comptes des activités", "wallet", "members.Activity", page="statements", right=Right.VIEW_STATEMENTS
            ),
            Entry("Provisions", "savings", "invoicing.Provision"),
            Entry("Provisions selon la règle", "rule", "invoicing.Provision", page="provisions-due"),
            Entry("Règles de provision", "tune", "invoicing.ProvisionRule"),
            Entry("Soldes de départ", "flag", "invoicing.OpeningBalance"),
            Entry("Reprendre des soldes", "upload_file", "invoicing.OpeningBalance", page="openings-import"),
            Entry("Services mutualisés", "diversity_3", "invoicing.PooledAccount"),
            Entry("Lignes et comptes", "account_tree", "invoicing.AccountGroup"),
        ),
    ),
    (
        "Paramètres",
        (
            Entry("Coopérative", "domain", "members.Cooperative"),
            Entry("Codes de TVA", "percent", "invoicing.VatCode"),
            Entry("Mentions légales", "gavel", "invoicing.LegalText"),
            Entry("Conditions générales", "contract", "invoicing.GeneralConditions"),
            Entry("Plans de relance", "event_upcoming", "invoicing.ReminderPlan"),
            Entry("Taux d’intérêt", "trending_up", "invoicing.InterestRate"),
            Entry("Validation", "approval_delegation", "invoicing.ApprovalSettings"),
            Entry("Motifs de renvoi", "reply", "invoicing.ReturnReason"),
            Entry("Modèles de messages", "mail", "invoicing.MailTemplate"),
            Entry("Estimation de paie", "calculate", "invoicing.PaySettings"),
            Entry("Comptes", "manage_accounts", "members.User"),
            Entry("Messages envoyés", "outbox", "core.OutgoingMessage"),
            Entry("Journal d’audit", "history", "core.AuditEvent"),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu's groups, with only the lists that the person may open."""
    home = {"title": "Accueil", "icon": "home", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"items": [home]}]
    for title, entries in GROUPS:
        items = [_item(request, entry) for entry in entries if entry.is_open_to(request)]
        if items:
            groups.append({"title": title, "separator": True, "items": items})
    return groups


def _item(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "title": entry.title,
        "icon": entry.icon,
        "link": f"{entry.list_url}?{entry.query}" if entry.query else entry.list_url,
        "active": entry.is_current(request),
    }
    if entry.page == QUEUE:
        waiting = Invoice.objects.visible_to(request.user).filter(state=InvoiceState.SUBMITTED).count()
        item |= {"badge": waiting, "badge_variant": "primary", "badge_style": "solid"}
    return item


def primary_colours(request: HttpRequest) -> dict[str, str]:
    """The theme's main colour: the cooperative's, else the one a new cooperative starts with."""
    cooperative = cooperative_of(request)
    return shades(cooperative.colour if cooperative else Cooperative._meta.get_field("colour").default)


def stylesheet(_request: HttpRequest) -> str:
    """Our own rules, beside the theme."""
    return static("admin/backoffice.css")


def report_stylesheet(_request: HttpRequest) -> str:
    """The rules of the reports and checklists."""
    return static("admin/reports.css")


def favicon(_request: HttpRequest) -> str:
    """The same as on the entrepreneurs' pages."""
    return static("img/favicon.svg")
