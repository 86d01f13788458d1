"""The private links as the staff see them: given and taken back on the customer's account."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeAdmin
from invoicing.customer_accounts.models import CustomerLink


@admin.register(CustomerLink)
class CustomerLinkAdmin(BackofficeAdmin):
    """Who was given a link, until when it opens, and how often it was used."""

    view_right = Right.VIEW_ALL_INVOICES
    list_display: ClassVar = ["customer", "given_at", "given_by", "expires_at", "revoked_at", "uses", "last_used_at"]
    list_filter: ClassVar = ["given_at", "revoked_at"]
    list_select_related: ClassVar = ["customer", "given_by"]
    search_fields: ClassVar = ["customer__search"]
    search_help_text = "Client"
