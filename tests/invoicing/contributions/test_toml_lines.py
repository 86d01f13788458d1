"""Where the keys of a TOML text stand."""

from invoicing.contributions.rules.toml_lines import key_lines, line_of

TEXT = """\
# [not.a.table]
name = "a = [ { # no key"

[table]
array = [
    { from = 0, deeper = [{ a = 1 }, { a = 2 }] },  # {
    { from = 1 },
]
dotted."quoted.key".last = 3

[[list]]
[list.inner]
key = 1

[[list]]
[list.inner]
key = 2
"""


def test_keys_tables_and_elements_are_found() -> None:
    lines = key_lines(TEXT)
    assert lines == {
        ("name",): 2,
        ("table",): 4,
        ("table", "array"): 5,
        ("table", "array", 0): 6,
        ("table", "array", 1): 7,
        ("table", "dotted", "quoted.key", "last"): 9,
        ("list", 0): 11,
        ("list", 0, "inner"): 12,
        ("list", 0, "inner", "key"): 13,
        ("list", 1): 15,
        ("list", 1, "inner"): 16,
        ("list", 1, "inner", "key"): 17,
    }


def test_a_key_that_is_not_there_has_the_line_of_what_holds_it() -> None:
    lines = key_lines(TEXT)
    assert line_of(lines, ("list", 1, "inner", "absent")) == 16
    assert line_of(lines, ("table", "array", 1, "rate")) == 7
    assert line_of(lines, ("absent",)) is None
