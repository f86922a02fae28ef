"""A whole night in an object store; backup, restore and vacuum as people do them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from night.homes import NIGHT, OUTPUTS, Home, differences

BESIDE = tuple(o for o in OUTPUTS if o != "warehouse")


@dataclass(frozen=True)
class StoreHome(Home):
    """A data folder whose tables are in an object store."""

    warehouse: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"GUIJI_WAREHOUSE": self.warehouse}


@pytest.fixture
def copy(few_ended: Home, tmp_path: Path) -> Path:
    target = tmp_path / "copy"
    told = few_ended.guiji("backup", str(target))
    assert NIGHT in told
    return target


def without_warehouse(home: Home, data: Path) -> Path:
    shutil.copytree(home.data, data, symlinks=True)
    shutil.rmtree(data / "warehouse")
    return data


def test_a_night_in_a_store_ends_as_in_a_folder(
    few: Home, few_ended: Home, bucket: str, tmp_path: Path
) -> None:
    shutil.copytree(few.data, tmp_path / "data", symlinks=True)
    home = StoreHome(tmp_path / "data", f"{bucket}/guiji")
    home.guiji("night", "--date", NIGHT, code=1)
    assert differences(few_ended.tree(*BESIDE), home.tree(*BESIDE)) == []
    kept = {p.name for p in (home.data / "warehouse").iterdir() if p.is_dir()}
    assert kept.isdisjoint({"records", "deliveries", "enterprises"})
    query = ["sql", "select * from history order by version_id", "--json"]
    assert home.guiji(*query) == few_ended.guiji(*query)
    home.guiji("verify")


def test_a_restored_backup_is_the_warehouse(
    few_ended: Home, copy: Path, tmp_path: Path
) -> None:
    home = Home(without_warehouse(few_ended, tmp_path / "data"))
    home.guiji("restore", str(copy))
    home.guiji("verify")
    query = ["sql", "select * from history order by version_id", "--json"]
    assert home.guiji(*query) == few_ended.guiji(*query)
    home.guiji("restore", str(copy), code=2)
    assert "removed: 0" in home.guiji("vacuum")


def test_a_backup_moves_a_warehouse_into_a_store(
    few_ended: Home, copy: Path, bucket: str, tmp_path: Path
) -> None:
    data = without_warehouse(few_ended, tmp_path / "data")
    home = StoreHome(data, f"{bucket}/guiji")
    home.guiji("restore", str(copy))
    home.guiji("verify")


def test_a_damaged_backup_is_refused(
    few_ended: Home, copy: Path, tmp_path: Path
) -> None:
    next(copy.glob("records/**/*.parquet")).write_bytes(b"")
    home = Home(without_warehouse(few_ended, tmp_path / "data"))
    home.guiji("restore", str(copy), code=3)
    assert not (home.data / "warehouse" / "records").exists()
