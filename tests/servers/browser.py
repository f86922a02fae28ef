"""A real browser for pages: what it made of a page, or a picture of it."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from servers.waiting import PATIENCE

CHROMIUM = "/usr/bin/chromium"
MISSING = (
    f"no browser at {CHROMIUM}: run `make test`, which installs what the tests need, "
    "or install the system package `chromium`"
)
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--window-size=1280,1800",
)


@dataclass(frozen=True)
class Browser:
    """Opens files, each time with a fresh profile."""

    program: str

    def dom(self, page: Path, fragment: str = "") -> str:
        """Open a page, let its scripts run, and give the document as HTML."""
        return self._run(page, fragment, "--dump-dom")

    def screenshot(self, page: Path, picture: Path, fragment: str = "") -> None:
        """Open a page and write what is seen as a PNG."""
        self._run(page, fragment, f"--screenshot={picture}")

    def pdf(self, page: Path, printed: Path, fragment: str = "") -> None:
        """Print a page."""
        options = ("--no-pdf-header-footer", f"--print-to-pdf={printed}")
        self._run(page, fragment, *options)

    def _run(self, page: Path, fragment: str, *wanted: str) -> str:
        url = page.resolve().as_uri() + (f"#{fragment}" if fragment else "")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            done = subprocess.run(
                [
                    self.program,
                    *OPTIONS,
                    f"--user-data-dir={profile}",
                    *wanted,
                    url,
                ],
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
        if done.returncode:
            pytest.fail(f"the browser failed on {page.name}: {done.stderr[-2000:]}")
        return done.stdout


@pytest.fixture(scope="session")
def browser() -> Browser:
    """The browser; where there is none the test fails and says what to do."""
    if shutil.which(CHROMIUM) is None:
        pytest.fail(MISSING, pytrace=False)
    return Browser(CHROMIUM)
