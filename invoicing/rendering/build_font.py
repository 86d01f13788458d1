"""Make the document font from the sources of Inter 4. Run by hand when the repertoire changes; the result is committed.

    npm pack inter-ui@4.1.1 && tar xzf inter-ui-4.1.1.tgz
    .venv/bin/python -m invoicing.rendering.build_font package

The sources (OFL, no reserved name) are cut down to European text, without the substitutions that would change what a
person typed ("->" into an arrow), and get a private name, so that no font of the machine can stand in for them.
Needs brotli, which the production dependencies hold.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parent / "fonts"
FAMILY = "CAE Document"
WEIGHTS = ["Regular", "SemiBold"]
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum"]
NAME_IDS = {1: "{family} {weight}", 3: "{family} {weight} 1", 4: "{family} {weight}", 6: "CAEDocument-{weight}"}
TYPOGRAPHIC_NAMES = [16, 17, 21, 22, 25]
REPERTOIRE = [
    (0x20, 0x7E), (0xA0, 0x24F), (0x259, 0x259), (0x2B9, 0x2DD),  # Latin, its accents and modifiers
    (0x300, 0x304), (0x306, 0x30C), (0x31B, 0x31B), (0x323, 0x328),  # accents typed apart from their letter
    (0x386, 0x3CE), (0x1E80, 0x1E85), (0x1E9E, 0x1E9E), (0x1EA0, 0x1EF9),  # Greek, Welsh, Vietnamese
    (0x2002, 0x200B), (0x2010, 0x2027), (0x202F, 0x203A), (0x2044, 0x2044), (0x2060, 0x2060),  # spaces, quotes, dashes
    (0x2070, 0x208E), (0x20A0, 0x20BF), (0x2103, 0x2103), (0x2113, 0x2122), (0x2126, 0x2126), (0x2150, 0x215E),
    (0x2190, 0x2199), (0x2202, 0x221E), (0x222B, 0x222B), (0x2248, 0x2265),  # arrows and mathematics
    (0x25A0, 0x25A1), (0x25AA, 0x25AB), (0x25B2, 0x25CF), (0x2605, 0x2606), (0x2713, 0x2717),  # bullets and checks
]  # fmt: skip
STAND_INS = {0xAD: 0x200B, 0x2060: 0x200B, 0xFEFF: 0x200B, 0x2714: 0x2713}  # invisible ones often pasted; a heavy check


def main(sources: Path) -> None:
    """Write the document font's files and its licence."""
    for weight in WEIGHTS:
        font = TTFont(sources / "web" / f"Inter-{weight}.woff2")
        _cut(font)
        _add_stand_ins(font)
        _rename(font, weight)
        font.flavor = None
        font["head"].modified = font["head"].created
        font.save(FOLDER / f"CAEDocument-{weight}.ttf", reorderTables=True)
    (FOLDER / "OFL.txt").write_text((sources / "LICENSE.txt").read_text())


def _cut(font: TTFont) -> None:
    options = Options(
        layout_features=FEATURES, name_IDs=["*"], notdef_outline=True, hinting=False, recalc_timestamp=False
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in REPERTOIRE for code in range(first, last + 1)])
    subsetter.subset(font)


def _add_stand_ins(font: TTFont) -> None:
    for table in font["cmap"].tables:
        table.cmap |= {code: table.cmap[other] for code, other in STAND_INS.items()}


def _rename(font: TTFont, weight: str) -> None:
    for name_id in TYPOGRAPHIC_NAMES:
        font["name"].removeNames(nameID=name_id)
    for record in list(font["name"].names):
        if record.nameID in NAME_IDS:
            record.string = NAME_IDS[record.nameID].format(family=FAMILY, weight=weight)
        elif record.nameID == 2:  # noqa: PLR2004  the style inside a family of its own
            record.string = "Regular"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
