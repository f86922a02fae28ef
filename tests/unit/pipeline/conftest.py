import shutil
from pathlib import Path

import pytest
from spot_office import Office, limited, line, lines, office_in

from guiji.ledger.deliveries import Delivery

Made = tuple[Path, str]
"""A data folder after its nights, and the batch id of the refused delivery."""


@pytest.fixture(scope="module")
def full_catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Spot checks come in full; one delivery may revoke a third of them."""
    entry = "delivery: full\nmass_change_limit: 0.34"
    return limited(tmp_path_factory.mktemp("full") / "catalog", entry)


@pytest.fixture
def office(
    tmp_path: Path, full_catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> Office:
    """Nothing was delivered yet."""
    return office_in(tmp_path / "data", full_catalog, monkeypatch)


@pytest.fixture(scope="module")
def _made(full_catalog: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Thirty checks are held; the second night's file has twelve of them, one bad."""
    data = tmp_path_factory.mktemp("refused") / "data"
    with pytest.MonkeyPatch.context() as monkeypatch:
        office = office_in(data, full_catalog, monkeypatch)
        office.delivered(1, lines(range(30)))
        refused = office.delivered(2, [*lines(range(11)), line(11, kind="不明")])
        assert (refused.verdict, refused.rows.quarantined) == ("refused", 12)
    return data, refused.batch_id or ""


@pytest.fixture
def refusing(
    _made: Made, tmp_path: Path, full_catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> Office:
    """The office after its second night, for this test alone."""
    shutil.copytree(_made[0], tmp_path / "data", symlinks=True)
    return office_in(tmp_path / "data", full_catalog, monkeypatch)


@pytest.fixture
def refused(_made: Made, refusing: Office) -> Delivery:
    """The delivery that was refused."""
    return refusing.ledger.delivery(_made[1])
