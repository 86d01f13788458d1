"""Form fields that read and show what French people type."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from cae_backoffice.core.money import format_decimal

NOT_DIGITS = re.compile(r"[\s\u00a0\u202f\u2009'’€%]")


def read_decimal(text: str) -> str:
    """« 1 234,56 € », « 1.234,56 » or « 1234.56 » as "1234.56"; what is not a number comes back not a number.

    The last comma or point is the decimal mark; spaces of any kind, apostrophes, € and % are let go.
    """
    bare = NOT_DIGITS.sub("", text).replace("\u2212", "-")
    whole, mark, decimals = bare.rpartition("," if bare.rfind(",") > bare.rfind(".") else ".")
    return f"{whole.replace(',', '').replace('.', '')}.{decimals}" if mark else decimals


class FrenchDecimalInput(forms.TextInput):
    """A text box with the phone's number pad; shows « 1 234,5 »."""

    def __init__(self, attrs: dict[str, Any] | None = None, min_decimals: int = 0) -> None:
        self.min_decimals = min_decimals
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "class": "number", **(attrs or {})})

    def format_value(self, value: object) -> str | None:
        """Decimals are shown the French way without trailing zeros; what was typed stays as typed."""
        if not isinstance(value, Decimal | int):
            return None if value is None else str(value)
        bare = Decimal(f"{Decimal(value).normalize():f}")
        exponent = bare.as_tuple().exponent
        decimals = max(-exponent if isinstance(exponent, int) else 0, self.min_decimals)
        return format_decimal(bare.quantize(Decimal(1).scaleb(-decimals)))


class FrenchDecimalField(forms.DecimalField):
    """A decimal number typed the French way, with comma or point, spaces allowed."""

    default_error_messages = {"invalid": "Saisissez un nombre, par exemple 1\u00a0234,56."}

    def __init__(self, *, min_decimals: int = 0, **kwargs: Any) -> None:  # noqa: ANN401  Django's own field signature
        kwargs.setdefault("widget", FrenchDecimalInput(min_decimals=min_decimals))
        super().__init__(**kwargs)

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]  # the stubs see an integer
        """Read the French notation, then as Django does."""
        return super().to_python(read_decimal(value) if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # noqa: ARG002
        """None: the bounds are said in words by the errors."""
        return {}


def date_box() -> forms.Widget:
    """The browser's calendar, on the staff's pages."""
    return UnfoldAdminTextInputWidget({"type": "date"})  # type: ignore[no-any-return]


def number_box() -> forms.Widget:
    """A text box with the phone's number pad, on the staff's pages."""
    return UnfoldAdminTextInputWidget({"inputmode": "decimal"})  # type: ignore[no-any-return]
