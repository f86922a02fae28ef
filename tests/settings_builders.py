"""Builders of settings: a data folder of its own, a city's catalogue of six datasets.

The catalogue under `tests/city` is Guiyang's as it was before it was complete: what the
tests count, and what a night costs, does not grow with the catalogue that is delivered.
It has the shared definitions and the workdays and regions of the checkout.
"""

from pathlib import Path
from typing import Any

from guiji.core.settings import Settings

REPOSITORY = Path(__file__).parents[1]
CITY = REPOSITORY / "tests" / "city" / "catalog"
"""Catalogue of a city of six datasets; rules and queries are those of the checkout."""

PERSON_KEY = "a key that only tests use"


def ledger_in(data: Path) -> str:
    """Return the URL of the SQLite ledger of a data folder."""
    return f"sqlite:///{data / 'ledger.db'}"


def settings_in(data: Path, **attributes: Any) -> Settings:
    """Return settings of the city with a data folder; `attributes` come first."""
    given = {
        "home": REPOSITORY,
        "data": data,
        "jurisdiction": "guiyang",
        "ledger_url": ledger_in(data),
        "catalog": CITY,
        "person_key": PERSON_KEY,
    }
    return Settings(**given | attributes)


def environment(data: Path, catalog: Path = CITY) -> dict[str, str]:
    """Return the environment variables that say the same as `settings_in`."""
    return {
        "GUIJI_HOME": str(REPOSITORY),
        "GUIJI_DATA": str(data),
        "GUIJI_JURISDICTION": "guiyang",
        "GUIJI_LEDGER_URL": ledger_in(data),
        "GUIJI_CATALOG": str(catalog),
        "GUIJI_PERSON_KEY": PERSON_KEY,
    }
