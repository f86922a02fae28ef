"""A night is killed, the world changes, and it is run again: nothing is lost.

The process dies of a real SIGKILL at a commit point. Before the next run something was
dropped, the catalogue was changed, the container was made anew on another host, the
date went on, or a full disk was freed.
"""

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from night.homes import Home
from servers.waiting import PATIENCE
from settings_builders import CITY

NIGHT, NEXT = "2026-11-19", "2026-11-20"
MERGED = ("night", "--date", NIGHT)
INBOX = "inbox/market_regulation"
HEADINGS = (
    "抽查检查编号,企业名称,统一社会信用代码,检查实施机关,检查类型,检查日期,检查结果"
)
CELLS = "贵州甲有限公司,9152000071430580XT,贵阳市市场监督管理局,抽查,2026-11-02"

AT = """
import importlib, os, signal, sys
module, owner, name, times, end, *words = sys.argv[1:]
target = importlib.import_module(module)
target = getattr(target, owner) if owner else target
real, left = getattr(target, name), int(times)

def call(*args, **kwargs):
    global left
    left -= 1
    if left == 0 and end == "full":
        raise OSError(28, os.strerror(28), "/data")
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **kwargs)

setattr(target, name, call)
sys.argv = ["guiji", *words]
from guiji.cli.app import main
main()
"""
"""Runs a verb, and dies, or finds the disk full, at the n-th call of a function."""

AGAIN = """
import json, sys
from dataclasses import replace
from guiji import pipeline
from guiji.core import locking

night, host = sys.argv[1:]
here = locking.this_process
if host:
    other = {"host": host, "boot": "0" * 8, "namespace": "pid:[1]"}
    locking.this_process = lambda: replace(here(), **other)
pipeline.claim(night)
pipeline.check(night, pipeline.unchecked(night))
pipeline.merge(night)
rows = pipeline.sql(
    "select record_key, content->>'result', merged_night::varchar, left(batch_id, 10), "
    "(select count(distinct batch_id) from history) from history order by all"
)["rows"]
versions = pipeline.sql("select distinct catalogue_version from deliveries")["rows"]
print(json.dumps([pipeline.verify(), rows, versions]))
"""
"""Runs a night up to its merge; says what verification and the warehouse say."""


@dataclass(frozen=True)
class Drill(Home):
    """A home whose catalogue may be another one."""

    catalog: Path = field(default=CITY)

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {
            "GUIJI_CATALOG": str(self.catalog),
            "GUIJI_LOCK_WAIT_SECONDS": str(PATIENCE),
        }

    def drop(self, number: int, result: str = "未发现问题") -> None:
        rows = [f"{number}{row},{CELLS},{result}" for row in range(4)]
        path = self.data / INBOX / f"抽查检查_{number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([HEADINGS, *rows, ""]), "utf-8")

    def at(self, point: str, end: str, *words: str) -> None:
        """Run a verb that meets its end at a call: "module class function number"."""
        module, owner, name, times = point.split(" ")
        command = [sys.executable, "-c", AT, module, owner, name, times, end, *words]
        self.run(command, code=-9 if end == "killed" else 3)

    def again(self, night: str = NIGHT, host: str = "") -> tuple[list[Any], set[str]]:
        """Run a night; everything must agree with everything. Give the versions held,
        and the versions of the catalogue by which they were judged."""
        printed = self.run([sys.executable, "-c", AGAIN, night, host]).splitlines()[-1]
        differences, rows, versions = json.loads(printed)
        assert differences == []
        return rows, {version for (version,) in versions}


@pytest.fixture
def home(tmp_path: Path) -> Drill:
    made = Drill(tmp_path / "data")
    for number in (1, 2):
        made.drop(number)
    return made


def held(*numbers: int, night: str = NIGHT, batches: int = 2) -> list[list[Any]]:
    """What drops give in a night that nothing happens to."""
    keys = [f"{number}{row}" for number in numbers for row in range(4)]
    return [[key, "未发现问题", night, night, batches] for key in keys]


def test_a_drop_after_the_commit_goes_into_the_next_night(home: Drill) -> None:
    home.at("guiji.pipeline.recovery  complete_merge 1", "killed", *MERGED)
    home.drop(3)
    assert home.again()[0] == held(1, 2)
    later = held(3, night=NEXT, batches=3)
    assert home.again(NEXT)[0] == [*held(1, 2, batches=3), *later]


def test_a_container_made_anew_goes_on(home: Drill) -> None:
    home.at("guiji.storage.delta  commit 2", "killed", *MERGED)
    scratch = home.data / "warehouse" / ".spill"
    assert list(scratch.iterdir())
    assert home.again(host="made-anew")[0] == held(1, 2)
    assert list(scratch.iterdir()) == []


def test_the_next_night_finishes_one_that_nobody_ran_again(home: Drill) -> None:
    home.at("guiji.ledger.ledger Ledger name_batch 2", "killed", *MERGED)
    assert [p.name for p in (home.data / "batches").glob(".*")]
    assert home.again(NEXT)[0] == held(1, 2)
    assert [p.name for p in (home.data / "batches").glob(".*")] == []


def test_a_full_disk_that_is_freed(home: Drill) -> None:
    home.at("guiji.core.files  sync 30", "full", *MERGED)
    assert home.again()[0] == held(1, 2)


def test_a_catalogue_that_changed_judges_the_whole_night(
    home: Drill, tmp_path: Path
) -> None:
    home.at("guiji.pipeline.batch.answers  answer 2", "killed", *MERGED)
    shutil.copytree(CITY, tmp_path / "catalog")
    with (tmp_path / "catalog/guiyang/jurisdiction.yml").open("a") as file:
        file.write("# another version\n")
    changed = Drill(home.data, catalog=tmp_path / "catalog")
    rows, versions = changed.again()
    assert rows == held(1, 2)
    assert len(versions) == 1  # what was judged before the kill was judged anew
