from pathlib import Path

import pytest
from spot_office import Office, limited

from guiji import settings as settings_module
from guiji.settings import Settings


@pytest.fixture
def office(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Office:
    """Spot checks come in full; one delivery may revoke a third of them."""
    entry = "delivery: full\nmass_change_limit: 0.34"
    catalog = limited(settings, tmp_path / "catalog", entry)
    monkeypatch.setenv("GUIJI_CATALOG", str(catalog))
    monkeypatch.setenv("GUIJI_SETTLE_SECONDS", "0")
    return Office(settings_module.current())
