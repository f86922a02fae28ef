"""Any night can be run again, killed anywhere and run again, with Airflow or without,
and ends in the same bytes."""

import sys
from pathlib import Path

import pytest
from night.homes import NIGHT, REPOSITORY, Home, differences

KILLER = """
import os, sys
left = int(sys.argv[1])
real = {name: getattr(os, name) for name in ("replace", "rename", "unlink")}

def counted(name):
    def call(*args, **kwargs):
        global left
        left -= 1
        if left < 0:
            os._exit(137)
        return real[name](*args, **kwargs)
    return call

for name in real:
    setattr(os, name, counted(name))
sys.argv = ["guiji", "night", "--date", sys.argv[2]]
from guiji.cli.app import main
try:
    main()
finally:
    print(f"LEFT {left}")
"""


def killed_after(home: Home, changes: int, code: int) -> str:
    """Run the night in a process that dies at a change of the file system."""
    return home.run([sys.executable, "-c", KILLER, str(changes), NIGHT], code)


def test_a_night_run_twice_changes_nothing(few_ended: Home, tmp_path: Path) -> None:
    home = few_ended.copy(tmp_path / "data")
    before = home.tree()
    home.guiji("night", "--date", NIGHT, code=1)
    assert differences(before, home.tree()) == []


@pytest.fixture(scope="session")
def changes(few: Home, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many files a night puts into place, moves or removes."""
    home = few.copy(tmp_path_factory.mktemp("counted") / "data")
    plenty = 1_000_000
    printed = killed_after(home, plenty, code=1)
    left = [line for line in printed.splitlines() if line.startswith("LEFT")]
    return plenty - int(left[-1].split()[1])


@pytest.mark.parametrize("part", [0.2, 0.7, 0.95])
def test_a_killed_night_run_again_ends_in_the_same_bytes(
    few_ended: Home, fresh: Home, changes: int, part: float
) -> None:
    killed_after(fresh, int(changes * part), code=137)
    assert differences(few_ended.tree(), fresh.tree()) != []
    fresh.guiji("night", "--date", NIGHT, code=1)
    assert differences(few_ended.tree(), fresh.tree()) == []
    assert fresh.guiji("verify").splitlines()[-1].endswith("0")


def test_airflow_ends_in_the_same_bytes(
    few_ended: Home, fresh: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    night = [sys.executable, str(REPOSITORY / "scripts/night.py"), "--date", NIGHT]
    printed = fresh.run([*night, "--rows", "0"])
    assert "Airflow ready" in printed
    assert differences(few_ended.tree(), fresh.tree()) == []
