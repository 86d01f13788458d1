"""The rows of the approval queue, its settings and the files joined to documents, for `matrix.py`."""

APPROVAL_POSTED = {
    "admin:invoicing_invoice_queue_approve",
    "admin:invoicing_invoice_queue_issue",
    "admin:invoicing_invoice_queue_return",
    "attachment-remove",
    "invoice-attach",
}
APPROVAL_OF_SUBMITTED = (
    "admin:invoicing_invoice_queued",
    "admin:invoicing_invoice_queue_approve",
    "admin:invoicing_invoice_queue_issue",
    "admin:invoicing_invoice_queue_return",
    "admin:invoicing_invoice_queue_preview",
    "admin:invoicing_invoice_queue_page",
)
"""Asked about a submitted document."""

APPROVAL_ROWS = {
    "invoice-attach": "302 302 302 404 404 302 404 404",
    "attachment-file": "302 200 200 404 404 200 404 404",
    "attachment-remove": "302 302 302 404 404 302 404 404",
    "admin:invoicing_invoice_queue": "302 403 403 403 403 302 403 403",
    "admin:invoicing_invoice_queue_clear": "302 403 403 403 403 200 403 403",
    "admin:invoicing_invoice_queued": "302 403 403 403 403 200 403 403",
    "admin:invoicing_invoice_queue_approve": "302 403 403 403 403 302 403 403",
    "admin:invoicing_invoice_queue_issue": "302 403 403 403 403 302 403 403",
    "admin:invoicing_invoice_queue_return": "302 403 403 403 403 200 403 403",
    "admin:invoicing_invoice_queue_preview": "302 403 403 403 403 200 403 403",
    "admin:invoicing_invoice_queue_page": "302 403 403 403 403 200 403 403",
    "admin:invoicing_selfapproval_changelist": "302 403 403 403 403 200 403 403",
    "admin:invoicing_selfapproval_add": "302 403 403 403 403 200 403 403",
    "admin:invoicing_selfapproval_history": "302 403 403 403 403 200 403 403",
    "admin:invoicing_selfapproval_delete": "302 403 403 403 403 403 403 403",
    "admin:invoicing_selfapproval_change": "302 403 403 403 403 200 403 403",
    "admin:invoicing_returnreason_changelist": "302 403 403 403 403 200 403 200",
    "admin:invoicing_returnreason_add": "302 403 403 403 403 200 403 200",
    "admin:invoicing_returnreason_history": "302 403 403 403 403 200 403 200",
    "admin:invoicing_returnreason_delete": "302 403 403 403 403 403 403 403",
    "admin:invoicing_returnreason_change": "302 403 403 403 403 200 403 200",
    "admin:invoicing_approvalsettings_changelist": "302 403 403 403 403 302 403 302",
    "admin:invoicing_approvalsettings_add": "302 403 403 403 403 403 403 403",
    "admin:invoicing_approvalsettings_history": "302 403 403 403 403 200 403 200",
    "admin:invoicing_approvalsettings_delete": "302 403 403 403 403 403 403 403",
    "admin:invoicing_approvalsettings_change": "302 403 403 403 403 200 403 200",
    "admin:invoicing_selfapproval_end": "302 403 403 403 403 200 403 403",
}
