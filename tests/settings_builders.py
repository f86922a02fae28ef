"""Builders of settings: a data folder of its own, the catalogue of the checkout."""

from pathlib import Path
from typing import Any

from guiji.core.settings import Settings

REPOSITORY = Path(__file__).parents[1]
PERSON_KEY = "a key that only tests use"


def ledger_in(data: Path) -> str:
    """Return the URL of the SQLite ledger of a data folder."""
    return f"sqlite:///{data / 'ledger.db'}"


def settings_in(data: Path, **attributes: Any) -> Settings:
    """Return settings of Guiyang with a data folder; `attributes` come first."""
    given = {
        "home": REPOSITORY,
        "data": data,
        "jurisdiction": "guiyang",
        "ledger_url": ledger_in(data),
        "catalog": REPOSITORY / "catalog",
        "person_key": PERSON_KEY,
    }
    return Settings(**given | attributes)


def environment(data: Path, catalog: Path = REPOSITORY / "catalog") -> dict[str, str]:
    """Return the environment variables that say the same as `settings_in`."""
    return {
        "GUIJI_HOME": str(REPOSITORY),
        "GUIJI_DATA": str(data),
        "GUIJI_JURISDICTION": "guiyang",
        "GUIJI_LEDGER_URL": ledger_in(data),
        "GUIJI_CATALOG": str(catalog),
        "GUIJI_PERSON_KEY": PERSON_KEY,
    }
