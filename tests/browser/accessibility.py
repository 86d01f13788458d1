"""What axe-core finds on a page (tests/browser/vendor/, MPL-2.0, unchanged)."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parent / "vendor" / "axe-4.14.1.min.js"
GRAVE = {"serious", "critical"}


def assert_accessible(page: Page) -> None:
    """No serious or critical finding on the page as it stands: what is folded or hidden is not looked at."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    grave = [
        f"{violation['impact']} {violation['id']}: {violation['help']} – {node['html']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]
    assert grave == [], page.url
