"""The books on the staff's pages."""

from invoicing.ledger.admin.books import AccountAdmin, AuxiliaryAdmin
from invoicing.ledger.admin.entries import EntryAdmin
from invoicing.ledger.admin.manual import EntryImportAdmin, EntryTemplateAdmin
from invoicing.ledger.admin.years import FiscalYearAdmin, PeriodAdmin

__all__ = [
    "AccountAdmin",
    "AuxiliaryAdmin",
    "EntryAdmin",
    "EntryImportAdmin",
    "EntryTemplateAdmin",
    "FiscalYearAdmin",
    "PeriodAdmin",
]
