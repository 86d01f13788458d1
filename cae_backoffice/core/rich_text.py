"""Rich text without risk: what a person types, with bold, lists and line breaks, as HTML and as plain text. Pure.

`**bold**`, lines that begin with `- ` or `1. `, and line breaks. Everything else, tags and links included, is text.
"""

from collections.abc import Iterator, Sequence
from functools import cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

BLOCKS = {"bullet_list": "ul", "ordered_list": "ol", "list_item": "li", "paragraph": "p"}
BOLD = "**"
MAX_NUMBER = 999_999_999


def to_html(text: str) -> SafeString:
    """The text in `p`, `br`, `strong`, `ul`, `ol` (with `start`) and `li` only; everything typed is escaped."""
    return mark_safe("".join(_html(_reader().parse(text))))


def to_plain(text: str) -> str:
    """The text without its marks of bold; items of lists keep their dash or their number."""
    return "\n".join(_plain(_reader().parse(text)))


@cache
def _reader() -> MarkdownIt:
    """Of paragraphs, lists and emphasis, and of nothing else."""
    return MarkdownIt("zero").enable(["list", "newline", "escape", "emphasis", "balance_pairs", "fragments_join"])


def _html(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        block, _, side = token.type.rpartition("_")
        if token.type == "inline":
            yield from _inline_html(token.children or ())
        elif token.hidden or block not in BLOCKS:
            continue
        elif side == "close":
            yield f"</{BLOCKS[block]}>"
        else:
            start = _first_number(token)
            yield f"<{BLOCKS[block]}>" if start in {None, 1} else f'<{BLOCKS[block]} start="{start}">'


def _inline_html(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            yield "<br>"
        elif token.type in {"strong_open", "strong_close"} and token.markup == BOLD:
            yield "<strong>" if token.nesting > 0 else "</strong>"
        else:
            yield escape(_text_of(token))


def _plain(tokens: Sequence[Token]) -> Iterator[str]:
    counters: list[int | None] = []
    mark = ""
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            counters.append(_first_number(token))
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            counters.pop()
        elif token.type == "list_item_open":
            number = counters[-1]
            mark = "  " * (len(counters) - 1) + ("- " if number is None else f"{number}. ")
            counters[-1] = None if number is None else number + 1
        elif token.type == "inline":
            yield (mark or "  " * len(counters)) + _inline_plain(token.children or ())
            mark = ""


def _inline_plain(tokens: Sequence[Token]) -> str:
    return "".join(
        "\n" if token.type in {"softbreak", "hardbreak"} else _text_of(token)
        for token in tokens
        if not (token.type in {"strong_open", "strong_close"} and token.markup == BOLD)
    )


def _text_of(token: Token) -> str:
    """What was typed: marks that mean nothing here (`*`, `_`) stay as they are."""
    return token.content or token.markup if token.type != "text" else token.content


def _first_number(token: Token) -> int | None:
    """Where a numbered list begins; None for what has no number."""
    if token.type != "ordered_list_open":
        return None
    return min(int(token.attrGet("start") or 1) if token.attrGet("start") != 0 else 0, MAX_NUMBER)
