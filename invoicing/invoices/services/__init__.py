"""What can be done to a document, one verb per file."""

from invoicing.invoices.services.approve_invoice import approve_invoice
from invoicing.invoices.services.attach_file import attach_file
from invoicing.invoices.services.delete_draft import delete_draft
from invoicing.invoices.services.draft_corrective import draft_corrective
from invoicing.invoices.services.export_documents import export_pdfs, export_xmls
from invoicing.invoices.services.hand_over_drafts import hand_over_drafts
from invoicing.invoices.services.issue_credit_note import issue_credit_note
from invoicing.invoices.services.issue_invoice import issue_invoice
from invoicing.invoices.services.issue_own_invoice import issue_own_invoice
from invoicing.invoices.services.release_retention import release_retention
from invoicing.invoices.services.remove_attachment import remove_attachment
from invoicing.invoices.services.request_credit_note import request_credit_note
from invoicing.invoices.services.return_invoice import return_invoice
from invoicing.invoices.services.save_draft import ChangedElsewhereError, save_draft
from invoicing.invoices.services.self_approval import end_self_approval, grant_self_approval
from invoicing.invoices.services.store_pdf import store_pdf
from invoicing.invoices.services.submit_invoice import submit_invoice
from invoicing.invoices.services.withdraw_invoice import withdraw_invoice

__all__ = [
    "ChangedElsewhereError",
    "approve_invoice",
    "attach_file",
    "delete_draft",
    "draft_corrective",
    "end_self_approval",
    "export_pdfs",
    "export_xmls",
    "grant_self_approval",
    "hand_over_drafts",
    "issue_credit_note",
    "issue_invoice",
    "issue_own_invoice",
    "release_retention",
    "remove_attachment",
    "request_credit_note",
    "return_invoice",
    "save_draft",
    "store_pdf",
    "submit_invoice",
    "withdraw_invoice",
]
