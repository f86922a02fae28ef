"""Any night can be run again, killed anywhere and run again, with Airflow or without,
and ends in the same bytes."""

import sys
from pathlib import Path

import pytest
from night import counted
from night.homes import NIGHT, Home, differences
from settings_builders import REPOSITORY


def test_a_night_run_twice_changes_nothing(few_ended: Home, tmp_path: Path) -> None:
    home = few_ended.copy(tmp_path / "data")
    before = home.tree()
    home.process(["guiji", "night", "--date", NIGHT], code=1)
    assert differences(before, home.tree()) == []


def test_a_killed_night_run_again_ends_in_the_same_bytes(
    few_ended: Home, fresh: Home, changes: int, part: float
) -> None:
    counted.kill_after(fresh, int(changes * part))
    assert differences(few_ended.tree(), fresh.tree()) != []
    fresh.guiji("night", "--date", NIGHT, code=1)
    assert differences(few_ended.tree(), fresh.tree()) == []
    assert fresh.guiji("verify").splitlines()[-1].endswith("0")


def test_airflow_ends_in_the_same_bytes(
    few_ended: Home, fresh: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    night = [sys.executable, str(REPOSITORY / "scripts/night.py"), "--date", NIGHT]
    printed = fresh.process([*night, "--rows", "0"])
    assert "Airflow ready" in printed
    assert differences(few_ended.tree(), fresh.tree()) == []
