"""Debian's Chromium, driven page by page, at the size of a phone and of a desk."""

import shutil
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"téléphone": (390, 844), "bureau": (1440, 900)}
TIMEOUT = 15_000


@pytest.fixture(scope="module")
def chromium() -> Generator[Browser]:
    """One browser per module; without it the tests fail, they are not skipped.

    Playwright's event loop runs in the thread of the tests, which also use the database until the browser is closed.
    """
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is not installed: run `./setup.sh chromium`, or `apt-get install chromium`.")
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=list(SIZES))
def screen(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Width and height: each test runs at both."""
    return SIZES[request.param]


@pytest.fixture
def context(
    chromium: Browser, screen: tuple[int, int], transactional_db: None, live_server: LiveServer
) -> Generator[BrowserContext]:
    """A fresh browser session on the live server, with nobody signed in."""
    width, height = screen
    context = chromium.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": height},
        locale="fr-FR",
        timezone_id="Europe/Paris",
    )
    context.set_default_timeout(TIMEOUT)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Generator[Page]:
    """A page that fails the test when the console reports an error or a script breaks."""
    page = context.new_page()
    problems: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            problems.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    assert problems == [], page.url
