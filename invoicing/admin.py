"""The rooms' admin classes, gathered for Django."""

from invoicing.activity_accounts.admin import (
    AccountGroupAdmin,
    OpeningBalanceAdmin,
    PaySettingsAdmin,
    PooledAccountAdmin,
    ProvisionAdmin,
    ProvisionRuleAdmin,
)
from invoicing.billing.admin import OrderAdmin
from invoicing.catalogue.admin import ProductAdmin
from invoicing.contributions.admin import (
    ContributionOverrideAdmin,
    ContributionRuleAdmin,
    ContributionRunAdmin,
    ContributionSettingsAdmin,
    ContributionStatementAdmin,
    ContributionWaiverAdmin,
    MarginAccountAdmin,
)
from invoicing.customer_accounts.admin import CustomerLinkAdmin
from invoicing.customers.admin import CustomerAdmin, DeliveryAddressAdmin
from invoicing.einvoicing.admin import DocumentStatusAdmin, ReceivedInvoiceAdmin, TransmissionAdmin
from invoicing.exports.admin import ExportedEntryAdmin, ExportJobAdmin
from invoicing.invoices.admin import (
    ApprovalSettingsAdmin,
    InvoiceAdmin,
    LegalTextAdmin,
    RetentionReleaseAdmin,
    ReturnReasonAdmin,
    SelfApprovalAdmin,
)
from invoicing.ledger.admin import AccountAdmin, AuxiliaryAdmin, EntryAdmin, FiscalYearAdmin, PeriodAdmin
from invoicing.mailing.admin import MailTemplateAdmin
from invoicing.payments.admin import (
    AllocationAdmin,
    ChequeRemittanceAdmin,
    DoubtfulReceivableAdmin,
    PaymentClosingAdmin,
    PaymentEventAdmin,
    ReceiptAdmin,
    RefundAdmin,
    WriteOffAdmin,
)
from invoicing.pricing.admin import VatCodeAdmin
from invoicing.quotes.admin import GeneralConditionsAdmin, QuoteAdmin, QuoteTemplateAdmin
from invoicing.recurring.admin import RecurringInvoiceAdmin
from invoicing.reminders.admin import (
    InterestRateAdmin,
    ReminderAdmin,
    ReminderPauseAdmin,
    ReminderPlanAdmin,
)
from invoicing.sending.admin import DocumentSendingAdmin
from invoicing.transfers.admin import InternalTransferAdmin, TransferSettingsAdmin

__all__ = [
    "AccountAdmin",
    "AccountGroupAdmin",
    "AllocationAdmin",
    "ApprovalSettingsAdmin",
    "AuxiliaryAdmin",
    "ChequeRemittanceAdmin",
    "ContributionOverrideAdmin",
    "ContributionRuleAdmin",
    "ContributionRunAdmin",
    "ContributionSettingsAdmin",
    "ContributionStatementAdmin",
    "ContributionWaiverAdmin",
    "CustomerAdmin",
    "CustomerLinkAdmin",
    "DeliveryAddressAdmin",
    "DocumentSendingAdmin",
    "DocumentStatusAdmin",
    "DoubtfulReceivableAdmin",
    "EntryAdmin",
    "ExportJobAdmin",
    "ExportedEntryAdmin",
    "FiscalYearAdmin",
    "GeneralConditionsAdmin",
    "InterestRateAdmin",
    "InternalTransferAdmin",
    "InvoiceAdmin",
    "LegalTextAdmin",
    "MailTemplateAdmin",
    "MarginAccountAdmin",
    "OpeningBalanceAdmin",
    "OrderAdmin",
    "PaySettingsAdmin",
    "PaymentClosingAdmin",
    "PaymentEventAdmin",
    "PeriodAdmin",
    "PooledAccountAdmin",
    "ProductAdmin",
    "ProvisionAdmin",
    "ProvisionRuleAdmin",
    "QuoteAdmin",
    "QuoteTemplateAdmin",
    "ReceiptAdmin",
    "ReceivedInvoiceAdmin",
    "RecurringInvoiceAdmin",
    "RefundAdmin",
    "ReminderAdmin",
    "ReminderPauseAdmin",
    "ReminderPlanAdmin",
    "RetentionReleaseAdmin",
    "ReturnReasonAdmin",
    "SelfApprovalAdmin",
    "TransferSettingsAdmin",
    "TransmissionAdmin",
    "VatCodeAdmin",
    "WriteOffAdmin",
]
