"""Invoices on the staff's pages: the list, the document with its lines, the acts, the legal texts."""

from invoicing.invoices.admin.approvals import ApprovalSettingsAdmin, ReturnReasonAdmin, SelfApprovalAdmin
from invoicing.invoices.admin.documents import InvoiceAdmin
from invoicing.invoices.admin.legal_texts import LegalTextAdmin
from invoicing.invoices.admin.retentions import RetentionReleaseAdmin

__all__ = [
    "ApprovalSettingsAdmin",
    "InvoiceAdmin",
    "LegalTextAdmin",
    "RetentionReleaseAdmin",
    "ReturnReasonAdmin",
    "SelfApprovalAdmin",
]
