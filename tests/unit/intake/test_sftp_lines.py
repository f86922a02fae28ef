"""Bad lines, killed fetches, slow uploads, many at once, much at once."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from intake_catalog import catalog_of, penalties
from servers.processes import CONTEXT, at_once
from servers.proxy import bad_line
from servers.sshd import Server
from servers.waiting import PATIENCE, until
from settings_builders import ledger_in, settings_in

from guiji.connections import sftp as sftp_connection
from guiji.connections.sftp_session import Session
from guiji.context import NightContext
from guiji.core import files
from guiji.core.settings import Settings
from guiji.intake import landing
from guiji.intake.claim import claim_files
from guiji.ledger.ledger import Ledger

NIGHT = date(2026, 11, 20)
PULL = "AIRFLOW_CONN_GUIJI_SFTP_PULL"
MB = 1 << 20
CLAIMERS = 8


def settings_of(folder: Path, ledger_url: str | None = None) -> Settings:
    return settings_in(folder, ledger_url=ledger_url or ledger_in(folder))


def claim_over(
    folder: Path,
    connection: str,
    ledger_url: str | None = None,
    seconds: float = 0,
    asked: float | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Claim in this process or, given to another, in that; it never sleeps for long."""
    os.environ[PULL] = connection
    settings = settings_of(folder, ledger_url)
    ledger, catalog = Ledger.open(settings), catalog_of(penalties())
    return claim_files(
        NightContext(settings, NIGHT, catalog=catalog, ledger=ledger),
        seconds if asked is None else asked,
        lambda s: sleep(min(s, seconds)),
    )


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    yield
    os.environ.pop(PULL, None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "over sftp"
    made.mkdir()
    return made


def large(server: Server, size: int, name: str = "a.csv") -> Path:
    """A large file of which no two megabytes are the same."""
    path = server.drop / "tax" / "inbox" / name
    with path.open("wb") as file:
        for number in range(0, size, MB):
            file.seek(number)
            file.write(b"%016d" % number)
        file.truncate(size)
    return path


def landed(folder: Path) -> list[Path]:
    return sorted((folder / "landing").rglob(landing.ORIGINAL))


def parts(folder: Path) -> int:
    """Bytes of the files that are on their way."""
    return sum(p.stat().st_size for p in (folder / "landing").rglob("*.part"))


def states(folder: Path, ledger_url: str | None = None) -> dict[str, Any]:
    ledger = Ledger.open(settings_of(folder, ledger_url))
    assert ledger.verify_chain() == []
    return {
        "claimed": len(ledger.entries("claimed")),
        "duplicate": len(ledger.entries("duplicate")),
        "unreached": len(ledger.entries("inbox_out_of_reach")),
    }


def test_a_line_cut_in_the_middle_of_a_file_goes_on_there(
    server: Server, folder: Path
) -> None:
    path = large(server, 24 * MB)
    with bad_line(server.ports["pull"], cut_down=6 * MB) as line:
        claim_over(folder, server.connection("pull", line.port))
        assert line.connections > 5
        assert line.down < 44 * MB  # not from the beginning each time
    (kept,) = landed(folder)
    assert files.sha256_of(kept) == files.sha256_of(path)
    assert states(folder) == {"claimed": 1, "duplicate": 0, "unreached": 0}


def test_a_line_that_stays_bad_leaves_a_part_for_the_next_claim(
    server: Server, folder: Path
) -> None:
    path = large(server, 24 * MB)
    # one connection to look, one to fetch, and no more
    with bad_line(server.ports["pull"], cut_down=14 * MB, admit=2) as line:
        assert claim_over(folder, server.connection("pull", line.port)) == []
    assert states(folder) == {"claimed": 0, "duplicate": 0, "unreached": 1}
    assert parts(folder) >= 8 * MB
    with bad_line(server.ports["pull"]) as line:
        (_,) = claim_over(folder, server.connection("pull", line.port))
        assert line.down < 18 * MB
    (kept,) = landed(folder)
    assert files.sha256_of(kept) == files.sha256_of(path)
    assert parts(folder) == 0


def test_a_fetch_that_is_killed_is_gone_on_with(server: Server, folder: Path) -> None:
    path = large(server, 24 * MB)
    with bad_line(server.ports["pull"], stall_down=14 * MB) as line:
        told = server.connection("pull", line.port)
        child = CONTEXT.Process(target=claim_over, args=(folder, told))
        child.start()
        assert child.pid is not None
        until(lambda: parts(folder) >= 8 * MB)
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        assert child.exitcode == -signal.SIGKILL
    with bad_line(server.ports["pull"]) as line:
        (_,) = claim_over(folder, server.connection("pull", line.port))
        assert line.down < 18 * MB
    (kept,) = landed(folder)
    assert files.sha256_of(kept) == files.sha256_of(path)
    assert states(folder) == {"claimed": 1, "duplicate": 0, "unreached": 0}
    incoming = list((folder / "landing" / landing.INCOMING).iterdir())
    assert (parts(folder), incoming) == (0, [])


def test_a_part_that_is_not_the_beginning_of_the_file_is_not_gone_on_from(
    server: Server, folder: Path
) -> None:
    path = large(server, 12 * MB)
    with bad_line(server.ports["pull"], cut_down=8 * MB, admit=2) as line:
        claim_over(folder, server.connection("pull", line.port))
    (part,) = (folder / "landing").rglob("*.part")
    part.write_bytes(b"?" * part.stat().st_size)  # as a power cut may leave it
    claim_over(folder, server.connection("pull"))
    (kept,) = landed(folder)
    assert files.sha256_of(kept) == files.sha256_of(path)


def test_the_part_of_a_file_that_went_away_is_removed(
    server: Server, folder: Path
) -> None:
    path = large(server, 12 * MB)
    with bad_line(server.ports["pull"], cut_down=8 * MB, admit=2) as line:
        claim_over(folder, server.connection("pull", line.port))
    assert parts(folder)
    path.unlink()
    claim_over(folder, server.connection("pull"))
    assert list((folder / "landing").rglob("*.part")) == []


def test_a_file_changed_while_it_is_fetched_is_not_taken(
    server: Server, folder: Path
) -> None:
    path = large(server, 24 * MB)
    with bad_line(server.ports["pull"], cut_down=14 * MB, admit=2) as line:
        claim_over(folder, server.connection("pull", line.port))
    with path.open("r+b") as file:
        file.write(b"another beginning")
    os.utime(path, (1_000, 1_000))
    claim_over(folder, server.connection("pull"))
    (kept,) = landed(folder)
    assert files.sha256_of(kept) == files.sha256_of(path)


def test_a_slow_upload_is_taken_when_it_is_done(
    server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TAX", server.connection("tax"))
    grown, enough = threading.Event(), threading.Event()

    def upload() -> None:
        session = Session(sftp_connection.of("tax"))
        with session.writing(b"a.csv") as file:
            written = 0
            while not enough.wait(0.1):
                file.write(written, b"%015d\n" % written)
                written += 16
                grown.set()
        session.close()

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        grown.clear()  # a loaded machine may write nothing for a while
        assert grown.wait(PATIENCE)

    writer = threading.Thread(target=upload)
    writer.start()
    told = server.connection("pull")
    try:
        assert grown.wait(PATIENCE)
        for _ in range(3):
            assert claim_over(folder, told, seconds=1, sleep=sleep) == []
    finally:
        enough.set()
        writer.join()
    (_,) = claim_over(folder, told, seconds=1)
    (kept,) = landed(folder)
    uploaded = server.drop / "tax" / "inbox" / "a.csv"
    assert kept.read_bytes() == uploaded.read_bytes()


def test_eight_claims_at_once_fetch_and_claim_each_file_once(
    server: Server, folder: Path, ledger_url: str
) -> None:
    for department in ("tax", "transport"):
        for number in range(5):
            inbox = server.drop / department / "inbox"
            (inbox / f"{number}.csv").write_text(f"content {number}")
    (server.drop / "tax" / "inbox" / "again.csv").write_text("content 1")
    large(server, 8 * MB, "large.csv")
    with bad_line(server.ports["pull"]) as line:
        told = server.connection("pull", line.port)
        found = at_once(claim_over, [(folder, told, ledger_url)] * CLAIMERS)
        assert line.down < 12 * MB  # the large file came once
    assert states(folder, ledger_url) == {
        "claimed": 11,
        "duplicate": 1,
        "unreached": 0,
    }
    assert len(set().union(*found)) == 11
    assert len(landed(folder)) == 6
    receipts = list((folder / "outbox").rglob("*.receipt.json"))
    assert [files.read_json(path)["verdict"] for path in receipts] == ["duplicate"]


def test_two_thousand_files_are_looked_at_and_the_ready_ones_claimed(
    server: Server, folder: Path
) -> None:
    inbox = server.drop / "tax" / "inbox"
    for number in range(2_000):
        (inbox / f"行政处罚{number}.csv").write_text(f"content {number}\n" * 100)
    for number in range(0, 2_000, 20):
        (inbox / f"行政处罚{number}.csv.ok").touch()
    told = server.connection("pull")
    # the others must be unchanged for longer than this test takes
    claimed = claim_over(folder, told, seconds=0.01, asked=3_600)
    assert len(set(claimed)) == len(landed(folder)) == 100
    assert claim_over(folder, told, seconds=0.01, asked=3_600) == claimed


def test_a_file_of_two_hundred_megabytes_is_claimed(
    server: Server, folder: Path
) -> None:
    path = large(server, 200 * MB)
    (_,) = claim_over(folder, server.connection("pull"))
    (kept,) = landed(folder)
    assert kept.stat().st_size == 200 * MB
    assert files.sha256_of(kept) == files.sha256_of(path)
