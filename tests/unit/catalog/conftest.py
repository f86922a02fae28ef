"""A small catalogue on disk, and the one of Guiyang."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from settings_builders import REPOSITORY
from small_catalogue import FILES, Small

from guiji.catalog import load
from guiji.catalog.model import Catalog


@pytest.fixture
def small(tmp_path: Path) -> Small:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Small(tmp_path)


@pytest.fixture(scope="session")
def guiyang() -> Catalog:
    return load.load_folder(
        REPOSITORY / "catalog", REPOSITORY / "expectations", "guiyang"
    )


@pytest.fixture(scope="session")
def soffice(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Saves a workbook by LibreOffice as a kind of file; skips where there is none."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("needs LibreOffice (soffice)")
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def saved(path: Path, kind: str) -> Path:
        folder = tmp_path_factory.mktemp("saved")
        words = [program, f"-env:UserInstallation={profile}", "--headless"]
        words += ["--convert-to", kind, "--outdir", str(folder), str(path)]
        subprocess.run(words, check=True, capture_output=True, timeout=120)
        return folder / f"{path.stem}.{kind}"

    return saved
