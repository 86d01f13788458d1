"""Who may do what: the one table from roles to rights, and the two questions asked of it."""

from collections.abc import Collection
from enum import Enum
from typing import Protocol

from django.core.exceptions import PermissionDenied
from django.db import models


class Role(models.TextChoices):
    """What a person is to the cooperative's software; one person may hold several."""

    ACCOUNTANT = "ACCOUNTANT", "Comptable"
    MANAGER = "MANAGER", "Responsable"
    ADVISER = "ADVISER", "Accompagnateur"
    ENTREPRENEUR = "ENTREPRENEUR", "Entrepreneur"
    ADMINISTRATOR = "ADMINISTRATOR", "Administrateur"


class Right(Enum):
    """One thing that may be allowed. Which rows it reaches is `visible_to(user)`'s answer, never a right's."""

    USE_BACKOFFICE = "open the staff's pages"
    VIEW_ALL_MEMBERS = "see every member, contract and activity"
    VIEW_ADVISED_MEMBERS = "see the members one advises"
    MANAGE_MEMBERS = "change members, contracts, activities and admissions"
    VIEW_ALL_INVOICES = "see every invoice and customer"
    DRAFT_INVOICES = "write drafts and submit them"
    APPROVE_INVOICES = "approve or return what was submitted"
    ISSUE_INVOICES = "issue invoices and credit notes"
    VIEW_STATEMENTS = "read the account of the activities one may see"
    VIEW_BOOKS = "read the ledger and its reports"
    KEEP_BOOKS = "write entries, record payments, lock and close periods"
    RUN_CONTRIBUTIONS = "adopt contribution rules and decisions, run months and take them back"
    MANAGE_CUSTOMERS = "create and change customers"
    MANAGE_SETTINGS = "change the cooperative's identity, VAT codes and legal texts"
    MANAGE_USERS = "give access and roles"
    VIEW_AUDIT = "read the audit trail"
    VIEW_MESSAGES = "read every message that left, send it again, cancel what waits"
    USE_OWN_PAGES = "open the entrepreneur's pages"
    ACCOMPANY_MEMBERS = "record interviews and hold workshops"
    READ_PRIVATE_NOTES = "read the private notes of everybody's interviews"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ACCOUNTANT: frozenset(
        {
            Right.USE_BACKOFFICE,
            Right.VIEW_ALL_MEMBERS,
            Right.VIEW_ALL_INVOICES,
            Right.DRAFT_INVOICES,
            Right.APPROVE_INVOICES,
            Right.ISSUE_INVOICES,
            Right.VIEW_STATEMENTS,
            Right.VIEW_BOOKS,
            Right.KEEP_BOOKS,
            Right.RUN_CONTRIBUTIONS,
            Right.MANAGE_CUSTOMERS,
            Right.MANAGE_SETTINGS,
            Right.VIEW_MESSAGES,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Right.USE_BACKOFFICE,
            Right.VIEW_ALL_MEMBERS,
            Right.MANAGE_MEMBERS,
            Right.ACCOMPANY_MEMBERS,
            Right.READ_PRIVATE_NOTES,
            Right.VIEW_STATEMENTS,
            Right.VIEW_MESSAGES,
        }
    ),
    Role.ADVISER: frozenset(
        {Right.USE_BACKOFFICE, Right.VIEW_ADVISED_MEMBERS, Right.ACCOMPANY_MEMBERS, Right.VIEW_STATEMENTS}
    ),
    Role.ENTREPRENEUR: frozenset({Right.USE_OWN_PAGES, Right.DRAFT_INVOICES, Right.MANAGE_CUSTOMERS}),
    Role.ADMINISTRATOR: frozenset(
        {
            Right.USE_BACKOFFICE,
            Right.VIEW_ALL_MEMBERS,
            Right.MANAGE_MEMBERS,
            Right.MANAGE_SETTINGS,
            Right.MANAGE_USERS,
            Right.VIEW_AUDIT,
            Right.VIEW_MESSAGES,
        }
    ),
}


class HoldsRoles(Protocol):
    """Whoever signs in: a user account with roles, or the anonymous visitor, who has none."""

    @property
    def is_active(self) -> bool:
        """A closed account has no right at all."""


def has_right(user: HoldsRoles, right: Right) -> bool:
    """Whether any role of the user gives the right; no role, no right."""
    roles: Collection[str] = getattr(user, "roles", ())
    return user.is_active and any(right in RIGHTS[Role(role)] for role in roles)


def require_right(user: HoldsRoles, right: Right) -> None:
    """Raise PermissionDenied (a 403 page) unless the user has the right."""
    if not has_right(user, right):
        raise PermissionDenied
