"""A line of contributions told in French to someone who is not an accountant."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from cae_backoffice.core.money import NO_BREAK_SPACE, ZERO, format_decimal, format_euros, round_cents
from invoicing.contributions.enums import ContractType, ContributionBase, NoteKind
from invoicing.contributions.rules.engine import within_the_month
from invoicing.contributions.rules.lines import BaseParts, MonthLine, Note, Slice

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
TURNOVERS = {
    ContributionBase.INVOICED: "facturés",
    ContributionBase.COLLECTED: "encaissés",
    ContributionBase.GROSS_MARGIN: "facturés",
    ContributionBase.COLLECTED_GROSS_MARGIN: "encaissés",
}
VOWELS = "aeiou"


def explain(line: MonthLine) -> tuple[str, ...]:
    """Sentences from the rule to the amount due: base, tier by tier, rounding, fee, minimum, cap, decisions."""
    return (
        f"{line.label}, règle en vigueur depuis le {line.valid_from:%d/%m/%Y} ({line.decision}).",
        *[_note_sentence(note) for note in line.notes],
        *_base_sentences(line),
        *_slice_sentences(line),
        *_fee_sentences(line),
        *_month_bound_sentences(line),
        *_year_bound_sentences(line),
        f"{line.label} {of_month(line.month)}{NO_BREAK_SPACE}: {format_euros(line.due)}.",
    )


def rate_detail(line: MonthLine) -> str:
    """The reckoning in one phrase: « 10 % de 2 000,00 € + 8 % de 1 300,00 € + forfait 30,00 € »."""
    pieces = [_piece(piece) for piece in line.slices]
    if line.fee:
        pieces.append(f"forfait {format_euros(line.fee)}")
    detail = " + ".join(pieces) or "rien à calculer"
    if line.bounded != line.proportional + line.fee:
        detail += f", soit {format_euros(line.bounded)} après le minimum et le plafond du mois"
    if line.due != line.bounded:
        detail += f", soit {format_euros(line.due)} après le minimum et le plafond de l’année"
    return detail


def month_name(month: date) -> str:
    """« janvier 2026 »."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def of_month(month: date) -> str:
    """« de janvier 2026 », « d’avril 2026 »."""
    name = month_name(month)
    return f"d’{name}" if name[0] in VOWELS else f"de {name}"


def percent(rate: Decimal) -> str:
    """« 13,5 % », without needless zeros."""
    text = format_decimal(rate)
    if "," in text:
        text = text.rstrip("0").rstrip(",")
    return f"{text}{NO_BREAK_SPACE}%"


def exact_euros(amount: Decimal) -> str:
    """An amount before rounding: two decimals, or as many as it has."""
    if amount == round_cents(amount):
        return format_euros(amount)
    return f"{format_decimal(amount).rstrip('0')}{NO_BREAK_SPACE}€"


def _note_sentence(note: Note) -> str:
    if note.kind == NoteKind.FREE:
        return _free_sentence(note.text)
    if note.kind == NoteKind.OVERRIDE:
        return f"Cette activité a ses propres valeurs, par dérogation ({note.text})."
    waived = {
        NoteKind.WAIVED: "de toute la contribution",
        NoteKind.FEE_WAIVED: "du forfait mensuel",
        NoteKind.MINIMUM_WAIVED: "des minimums",
    }[NoteKind(note.kind)]
    return f"Exonération {waived} pour ce mois ({note.text})."


def _free_sentence(text: str) -> str:
    months, _, contract = text.partition(" ")
    rank, count = months.split("/")
    nth = f"le {rank}{'er' if rank == '1' else 'e'} sur {count}"
    if contract:
        return f"Mois offert pour la part {ContractType(contract).label}, {nth}\u00a0: elle ne compte pas dans l’année."
    return f"Mois offert, {nth}\u00a0: il ne compte pas dans l’année."


def _base_sentences(line: MonthLine) -> Iterable[str]:
    if not line.slices and line.parts == BaseParts():
        return
    parts = line.parts
    text = f"{format_euros(parts.turnover)} {TURNOVERS[ContributionBase(line.base_kind)]}"
    if parts.turnover < 0:
        text += " (les avoirs dépassent les factures)"
    for taken, what in (
        (parts.excluded, "de produits exclus"),
        (parts.internal, "d’échanges internes"),
        (parts.purchases, "d’achats déduits de la marge"),
    ):
        if taken:
            text += f" {'moins' if taken > 0 else 'plus'} {format_euros(abs(taken))} {what}"
    if line.base != parts.turnover:
        text += f", soit {format_euros(line.base)}"
    yield f"Base {of_month(line.month)}\u00a0: {text}."
    if line.year.base != line.base:
        yield f"Base de l’année, ce mois compris\u00a0: {format_euros(line.year.base)}."


def _slice_sentences(line: MonthLine) -> Iterable[str]:
    several = len({piece.contract for piece in line.slices}) > 1
    for piece in line.slices:
        contract = f" ({ContractType(piece.contract).label})" if several else ""
        text = f"{_bounds(piece)}{_piece(piece)} = {exact_euros(piece.amount)}{contract}."
        yield text[0].upper() + text[1:]
    exact = sum((piece.amount for piece in line.slices), ZERO)
    if exact != line.proportional:
        before, after = line.year.proportional - exact, line.year.proportional
        yield (
            f"Arrondi au centime sur le total de l’année\u00a0: {exact_euros(after)} donnent "
            f"{format_euros(round_cents(after))}, dont {format_euros(round_cents(before))} déjà comptés avant ce mois, "
            f"restent {format_euros(line.proportional)}."
        )


def _bounds(piece: Slice) -> str:
    if piece.ends_at is None:
        return f"au-delà de {format_euros(piece.starts_at)} dans l’année\u00a0: " if piece.starts_at else ""
    if piece.starts_at:
        return f"de {format_euros(piece.starts_at)} à {format_euros(piece.ends_at)} dans l’année\u00a0: "
    return f"jusqu’à {format_euros(piece.ends_at)} dans l’année\u00a0: "


def _piece(piece: Slice) -> str:
    return f"{percent(piece.rate)} de {format_euros(piece.base)}"


def _fee_sentences(line: MonthLine) -> Iterable[str]:
    if line.fee:
        yield f"Forfait du mois\u00a0: {format_euros(line.fee)}{_shared_by_days(line)}."


def _shared_by_days(line: MonthLine) -> str:
    if len(line.days) == 1:
        return ""
    stays = [f"{days} jour{'s' if days > 1 else ''} {ContractType(contract).label}" for contract, days in line.days]
    return f", au prorata des jours ({', '.join(stays)})"


def _month_bound_sentences(line: MonthLine) -> Iterable[str]:
    reckoned = line.proportional + line.fee
    if line.bounded == reckoned:
        return
    if line.proportional < 0:
        yield from _given_back(line)
        return
    name, limit = ("minimum", line.monthly_minimum) if line.bounded > reckoned else ("plafond", line.monthly_cap)
    yield f"Le {name} du mois, {format_euros(limit or ZERO)}{_shared_by_days(line)}, remplace {format_euros(reckoned)}."


def _given_back(line: MonthLine) -> Iterable[str]:
    """A month of credit notes: what it would owe without turnover, and what the credit notes give back."""
    without = within_the_month(ZERO, line.fee, line.monthly_minimum, line.monthly_cap)
    given_back = without - line.bounded
    text = (
        f"Un mois sans chiffre d’affaires doit {format_euros(without)}, les avoirs rendent {format_euros(given_back)}"
    )
    if given_back != -line.proportional:
        text += " (pas plus qu’un mois ne peut prendre sous son plafond)"
    yield f"{text}, soit {format_euros(line.bounded)}."


def _year_bound_sentences(line: MonthLine) -> Iterable[str]:
    if line.due == line.bounded:
        return
    if line.yearly_cap is not None and abs(line.year.bounded) > line.yearly_cap:
        yield f"Le plafond de l’année, {format_euros(line.yearly_cap)}, est atteint\u00a0: ce mois doit {_rest(line)}."
    elif line.yearly_minimum is not None and line.year.bounded < line.yearly_minimum:
        yield (
            f"Le minimum de l’année, un douzième par mois, atteint {format_euros(line.yearly_minimum)}\u00a0: "
            f"ce mois doit {_rest(line)}."
        )
    else:
        yield f"Ce que le minimum ou le plafond de l’année a changé avant s’impute\u00a0: ce mois doit {_rest(line)}."


def _rest(line: MonthLine) -> str:
    before = line.year.due - line.due
    return f"{format_euros(line.due)} (l’année passe de {format_euros(before)} à {format_euros(line.year.due)})"
