"""Every verb on a full disk, a read-only one and a locked ledger: one line, code 3.

The disk is a real one of a few megabytes, which only root can mount.
"""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from settings_builders import CITY
from spot_office import DEPARTMENT, FIRST, line, office_in

from guiji import pipeline
from guiji.cli.app import app, main
from guiji.core.settings import Settings
from guiji.ledger import database

NIGHT, NEXT, THIRD = (str(FIRST + timedelta(days=n)) for n in range(3))
BATCH = f"{NIGHT}-{DEPARTMENT}-spot_check-"
WORDS = {
    "backup": ["copy"],
    "catalogue page": ["spot_check", "--out", "page.html"],
    "catalogue refer": [
        *("spot_check", "--to", "法制办", "--by", "李四", "--why", "请示")
    ],
    "catalogue answer": ["spot_check", "public", "--by", "李四", "--why", "复函"],
    "catalogue export": ["spot_check", "--out", "exports"],
    "catalogue rules": ["--write", "rules"],
    "catalogue site": ["--out", "site"],
    "catalogue template": ["spot_check"],
    "catalogue workbook": ["written.xlsx"],
    "catalogue import": ["catalogue.xlsx", "--out", "imported"],
    "check": ["抽查检查.csv", "--return"],
    "explain": [BATCH],
    "fold": ["spot_check"],
    "release": [BATCH, "--by", "李四", "--why", "清理"],
    "restore": ["copy"],
    "sample": ["--rows", "100"],
    "show": ["9152000071430580XT"],
    "sql": ["select 1"],
}
"""What a verb needs; those of one night get that night."""

OF_A_NIGHT = {"night", "claim", "check-batches", "merge", "publish", "push", "report"}
CANNOT = {"night", "claim", "merge", "publish", "report", "replay", "fold"}
"""Verbs that cannot do anything in any of these states."""

SECRET = "520100199001011234"
"""Stands for what an exception may quote."""


def verbs() -> list[str]:
    """Name every verb that there is."""
    named = [_name(one) for one in app.registered_commands]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        own = group.typer_instance.registered_commands
        named += [f"{group.name} {_name(one)}" for one in own]
    return sorted(named)


def _name(command: typer.models.CommandInfo) -> str:
    assert command.callback is not None
    return command.name or command.callback.__name__.replace("_", "-")


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk with a platform that has had one night; a drop waits."""
    mounted = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(mounted)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root can mount a small disk here")
    try:
        with pytest.MonkeyPatch.context() as monkeypatch:
            office = office_in(mounted / "data", CITY, monkeypatch)
            office.delivered(1, [line(1), line(2, kind="不明")])
            office.drop("抽查检查_2.csv", [line(3)])
            (mounted / "抽查检查.csv").write_text(line(4), "utf-8")
            pipeline.catalogue_workbook(mounted / "catalogue.xlsx")
            monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
            monkeypatch.chdir(mounted)
            yield mounted
    finally:
        subprocess.run(["umount", "--lazy", str(mounted)], check=True)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    filler = disk / "filler"
    with pytest.raises(OSError, match="space"):
        _fill(filler)
    yield
    filler.unlink()


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    yield
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


@contextmanager
def locked(disk: Path) -> Iterator[None]:
    ledger = disk / "data" / "ledger.db"
    with closing(sqlite3.connect(ledger, isolation_level=None)) as other:
        other.execute("begin exclusive")
        yield
        other.execute("rollback")


UNUSABLE = "guiji: StorageUnusable: "
STATES = {
    "full": (full, UNUSABLE),
    "read-only": (read_only, UNUSABLE),
    "locked": (locked, "guiji: LedgerUnavailable: "),
}


@pytest.fixture(scope="module", params=STATES)
def state(request: pytest.FixtureRequest, disk: Path) -> Iterator[str]:
    make, _ = STATES[request.param]
    with make(disk):
        yield request.param


def ended(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["guiji", *words])
    with pytest.raises(SystemExit) as caught:
        main()
    return int(caught.value.code or 0)


def test_a_disk_that_is_freed_goes_on_where_it_was(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with full(disk):
        assert ended(["night", "--date", NEXT], monkeypatch) == 3
    for verb in ("claim", "check-batches", "merge"):
        assert ended([verb, "--date", NEXT], monkeypatch) == 0
    assert pipeline.sql("select count(*) from records")["rows"] == [[2]]
    assert ended(["verify"], monkeypatch) == 0


@pytest.mark.parametrize("verb", verbs())
def test_a_verb_that_cannot_work_says_so_in_one_line(
    disk: Path,
    state: str,
    verb: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    words = [*verb.split(), *WORDS.get(verb, [])]
    words += ["--date", THIRD] if verb in OF_A_NIGHT else []
    code = ended(words, monkeypatch)
    out, err = capfd.readouterr()
    said = [told for told in err.splitlines() if told.startswith("guiji: ")]
    assert "Traceback" not in out + err
    assert "internal error" not in err
    assert code in (0, 1, 2, 3)
    if code == 3 or verb in CANNOT:
        (one,) = said
        assert one.startswith(STATES[state][1])
        assert str(disk) in one or verb not in CANNOT
        assert "run again" in one


def test_a_bug_is_one_line_and_its_calls_are_in_a_log_without_any_text(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def fails(query: str) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(pipeline, "sql", fails)
    assert ended(["sql", SECRET], monkeypatch) == 3
    out, err = capfd.readouterr()
    (said,) = err.splitlines()
    assert out == ""
    assert said.startswith("guiji: internal error, please report it: ValueError at ")
    written = settings.data / "logs" / "errors.log"
    assert said.endswith(f"the calls are in {written}")
    logged = written.read_text("utf-8")
    assert "guiji sql\n" in logged
    assert "in fails\n" in logged
    assert SECRET not in said + logged


def test_ctrl_c_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def stopped(query: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "sql", stopped)
    assert ended(["sql", "select 1"], monkeypatch) == 130
    (said,) = capfd.readouterr().err.splitlines()
    assert said.startswith("guiji: stopped by Ctrl-C")
