"""What the French e-invoicing reform adds to a document: its frame, its treatment, and where it is sent from and to."""

from dataclasses import replace

from invoicing.rendering.document import DEPOSIT, GOODS, INVOICE, SERVICES, Buyer, FrozenDocument, VatRow

DIRECTORY = "0225"  # scheme of the addresses of the French directory
NO_PLATFORM = "HORS-PLATEFORME"  # suffix of an address behind which there is no platform

DOMESTIC, CONSUMER, ABROAD, OUT_OF_SCOPE = "B2B", "B2C", "B2BINT", "OUTOFSCOPE"
ON_INVOICING, ON_DELIVERY, ON_PAYMENT = "5", "29", "72"  # BT-8, when the VAT is due
NORMAL, ALREADY_PAID, AFTER_DEPOSIT = "1", "2", "4"

FRENCH = {"FR", "GF", "GP", "MQ", "RE", "YT"}  # countries whose companies are in the French directory
EXEMPT_DOMESTIC = "VATEX-FR-CGI261"
VAT_SCHEMES = {  # the European list's scheme of a VAT number used as an address (ISO 6523, 9900 series)
    "AT": "9914", "BE": "9925", "BG": "9926", "CY": "9928", "CZ": "9929", "DE": "9930", "EE": "9931", "EL": "9933",
    "ES": "9920", "FI": "0213", "HR": "9934", "HU": "9910", "IE": "9935", "IT": "0211", "LT": "9937", "LU": "9938",
    "LV": "9939", "MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947", "SI": "9949", "SK": "9950",
}  # fmt: skip


def completed(document: FrozenDocument) -> FrozenDocument:
    """The document with its frame, treatment and electronic addresses; those it already has are kept."""
    seller = document.seller
    if not seller.electronic_address:
        seller = replace(seller, electronic_address=seller.siren)
    buyer = document.buyer
    if not buyer.electronic_address:
        scheme, address = _address(buyer, seller.siren)
        buyer = replace(buyer, electronic_scheme=scheme, electronic_address=address)
    return replace(
        document,
        seller=seller,
        buyer=buyer,
        frame=document.frame or _frame(document),
        treatment=document.treatment or _treatment(document),
    )


def _frame(document: FrozenDocument) -> str:
    """BT-23: goods, services or both; then normal, already paid, or final after a deposit."""
    nature = {GOODS: "B", SERVICES: "S"}.get(document.supply_category, "M")
    if document.kind == INVOICE and any(earlier.kind == DEPOSIT for earlier in document.follows):
        return nature + AFTER_DEPOSIT
    is_paid = document.prepaid == document.gross != 0
    return nature + (ALREADY_PAID if is_paid else NORMAL)


def _treatment(document: FrozenDocument) -> str:
    """The BAR note: which of the reform's circuits the document belongs to.

    What CGI 261 exempts (training) and what is outside the VAT is out of the reform's scope (CGI 289 bis, 290).
    """
    buyer = document.buyer
    if document.vat_rows and all(_is_out_of_scope(row) for row in document.vat_rows):
        return OUT_OF_SCOPE
    if buyer.kind == "CONSUMER":
        return CONSUMER
    return DOMESTIC if buyer.siren or buyer.address.country in FRENCH else ABROAD


def _is_out_of_scope(row: VatRow) -> bool:
    return row.category == "O" or row.vatex_code.startswith(EXEMPT_DOMESTIC)


def _address(buyer: Buyer, seller_siren: str) -> tuple[str, str]:
    """BT-49 as scheme and address: the French directory, else the VAT number of another country of the Union.

    The rules want an address on every document. A consumer, or a customer beyond the Union, has none on any platform:
    the document then carries an address of the seller's own that says so, and is handed over another way.
    """
    if buyer.kind == "PUBLIC" and buyer.siret:
        return DIRECTORY, f"{buyer.siren}_{buyer.siret}"
    if buyer.siren:
        return DIRECTORY, buyer.siren
    scheme = VAT_SCHEMES.get(buyer.vat_number[:2])
    return (scheme, buyer.vat_number) if scheme else (DIRECTORY, f"{seller_siren}_{NO_PLATFORM}")
