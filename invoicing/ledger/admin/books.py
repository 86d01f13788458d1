"""The chart of accounts and the auxiliary accounts, and what all pages of the books share."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.admin import BackofficeAdmin
from invoicing.ledger.models import Account, Auxiliary


class ReadOnlyBooksAdmin(BackofficeAdmin):
    """Records of the books that are never typed: read by those who may."""

    view_right = Right.VIEW_BOOKS

    def has_keep_permission(self, request: HttpRequest, _object_id: object = None) -> bool:
        """Acts on the books are for those who keep them."""
        return has_right(request.user, Right.KEEP_BOOKS)


class BooksAdmin(ReadOnlyBooksAdmin):
    """Records written by those who keep the books."""

    change_right = Right.KEEP_BOOKS


class WholeRecordAdmin(BooksAdmin):
    """A record that its service writes whole, with its rows: a subclass calls it in `save_related`."""

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:  # noqa: ANN401, FBT001
        """Nothing yet."""

    def construct_change_message(self, *_details: object) -> str:
        """Nothing: the service writes the audit trail, and the rows are not saved by their formset."""
        return ""


@admin.register(Account)
class AccountAdmin(BooksAdmin):
    """The chart of accounts."""

    list_display: ClassVar = ["number", "label", "auxiliary_kind", "can_match", "is_active"]
    list_filter: ClassVar = [("auxiliary_kind", ChoicesDropdownFilter), "can_match", "is_active"]
    search_fields: ClassVar = ["search"]
    search_help_text = "Numéro ou libellé"

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:  # noqa: ARG002
        """An account that has lines keeps its number and its kind."""
        used = isinstance(obj, Account) and obj.lines.exists()
        return ["number", "auxiliary_kind"] if used else []


@admin.register(Auxiliary)
class AuxiliaryAdmin(ReadOnlyBooksAdmin):
    """Auxiliary accounts: made by the documents of their owners."""

    list_display: ClassVar = ["code", "label", "kind"]
    list_filter: ClassVar = [("kind", ChoicesDropdownFilter)]
    search_fields: ClassVar = ["search"]
    search_help_text = "Code ou libellé"
