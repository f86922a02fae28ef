"""One process per file: its death is a verdict, and nobody else's business."""

import errno
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from nasty.odd_books import blank_rows
from reading_samples import ALL, CODE, Drop
from servers.waiting import PATIENCE, until

from guiji.core.errors import BatchRefused, StorageUnusable
from guiji.core.platform_faults import Faulted, PlatformFault
from guiji.reading.limits import MIB, Limits
from guiji.reading.processes import children, one_file, slots
from guiji.reading.read import read_file

LINES = f"企业名称,统一社会信用代码\n甲,{CODE}\n"


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A workbook that takes the better part of a second."""
    path = tmp_path / "slow"
    blank_rows(path)
    return path


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A pipe that nobody writes into: whoever opens it waits."""
    path = tmp_path / "endless"
    os.mkfifo(path)
    return path


def offspring(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children").read_text("ascii")
    return [int(number) for number in found.split()]


def server(drop: Drop) -> int:
    """The number of the process that forks the readers, once it is there."""
    drop.text(LINES)
    for number in offspring(os.getpid()):
        command = Path(f"/proc/{number}/cmdline").read_bytes()
        if b"guiji.reading.processes.worker" in command:
            return number
    raise AssertionError("there is no server")


def alive(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def told(drop: Drop, path: Path, codes: list[str], **options: Any) -> threading.Thread:
    """Read a file in a thread; its verdict goes to `codes`."""

    def run() -> None:
        try:
            drop.read(path, **options)
            codes.append("read")
        except BatchRefused as refusal:
            codes.append(refusal.code)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_killed_reader_is_a_verdict_and_the_next_file_is_read(
    drop: Drop, endless: Path
) -> None:
    parent = server(drop)
    codes: list[str] = []
    thread = told(drop, endless, codes)
    (reader,) = until(lambda: offspring(parent))
    os.kill(reader, signal.SIGKILL)
    thread.join()
    assert codes == ["UNREADABLE"]
    assert server(drop) == parent


def test_a_killed_server_is_no_verdict_and_the_file_gets_another(
    drop: Drop, slow: Path
) -> None:
    parent = server(drop)
    codes: list[str] = []
    thread = told(drop, slow, codes)
    until(lambda: offspring(parent))
    os.kill(parent, signal.SIGKILL)
    thread.join()
    assert codes == ["read"]
    assert server(drop) != parent


def test_a_reader_ends_with_the_night_that_asked(endless: Path, tmp_path: Path) -> None:
    other = Drop(tmp_path / "other")
    other.folder.mkdir()
    context = multiprocessing.get_context("fork")
    night = context.Process(target=lambda: other.read(endless))
    night.start()
    assert night.pid is not None
    (parent,) = until(lambda: offspring(night.pid or 0))
    (reader,) = until(lambda: offspring(parent))
    os.kill(night.pid, signal.SIGKILL)
    night.join()
    until(lambda: [1] if not (alive(parent) or alive(reader)) else [])


def test_a_platform_that_cannot_read_refuses_nobody(
    drop: Drop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "报送.csv"
    path.write_text(LINES, "utf-8")
    blocked = tmp_path / "a file in the place of the folder"
    blocked.touch()
    with pytest.raises(StorageUnusable, match="File exists"):
        read_file(path, path.name, ALL, drop.out, slots=blocked)
    children.end()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(StorageUnusable, match="did not start"):
        drop.text(LINES)
    monkeypatch.undo()
    assert drop.text(LINES)[0].rows_read == 1


def test_a_fault_of_our_code_in_a_process_refuses_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = {"faulted": {"error": "KeyError", "place": "guiji.reading.recognise:9"}}
    ended = children.ProcessResult(json.dumps(said), 0, 0.1, MIB)
    monkeypatch.setattr(children, "ask", lambda task: ended)
    with pytest.raises(Faulted) as caught:
        children.read("{}", "报送.csv", Limits())
    assert (
        str(PlatformFault.of(caught.value)) == "KeyError at guiji.reading.recognise:9"
    )


def test_our_own_errors_are_told_from_those_of_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "报送.csv"
    path.write_text(LINES, "utf-8")
    task = {"path": str(path), "name": path.name}  # no candidates: a bug of a caller
    told = one_file.answer(task, Limits())
    assert told["faulted"]["error"] == "KeyError"
    assert told["faulted"]["place"].startswith("guiji.reading.processes.one_file:")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "text.parquet")

    monkeypatch.setattr(one_file, "_read", full)
    assert one_file.answer(task, Limits()) == {
        "unusable": "text.parquet: No space left on device"
    }


def test_a_server_may_be_started_before_its_first_file(drop: Drop) -> None:
    children.end()
    before = offspring(os.getpid())
    children.prepare()
    children.prepare()
    (prepared,) = {*offspring(os.getpid())} - {*before}
    assert server(drop) == prepared
    children.prepare()
    assert server(drop) == prepared


def test_every_file_has_a_process_of_its_own(drop: Drop, slow: Path) -> None:
    """Text files, too: a limit of the process holds for them, and only for them."""
    for limits in (Limits(wall_seconds=0.001), Limits(memory_bytes=MIB // 4)):
        with pytest.raises(BatchRefused, match="TIMEOUT|TOO_BIG|UNREADABLE"):
            drop.text(LINES + f"乙,{CODE}\n" * 50_000, limits=limits)
    assert drop.text(LINES)[0].rows_read == 1
    assert drop.read(slow)[0].rows_read == 2


def test_processor_time_is_limited(drop: Drop, slow: Path) -> None:
    with pytest.raises(BatchRefused, match="TIMEOUT"):
        drop.read(slow, limits=Limits(cpu_seconds=0))


def test_no_more_files_at_a_time_than_there_are_places(
    drop: Drop, tmp_path: Path
) -> None:
    folder = tmp_path / "places"
    held = [slots.take(folder, 2) for _ in range(2)]
    path = tmp_path / "报送.csv"
    path.write_text(LINES, "utf-8")
    read: list[int] = []
    thread = threading.Thread(
        target=lambda: read.append(
            read_file(path, path.name, ALL, drop.out, slots=folder).rows_read
        )
    )
    thread.start()
    thread.join(0.5)
    assert read == []
    os.close(held[0])
    thread.join(PATIENCE)
    assert read == [1]
    os.close(held[1])


def test_a_place_is_held_as_long_as_the_reader_lives(
    drop: Drop, endless: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "places"
    parent = server(drop)
    codes: list[str] = []
    thread = told(drop, endless, codes, limits=Limits(at_once=1), slots=folder)
    (reader,) = until(lambda: offspring(parent))
    taken: list[int] = []
    waiting = threading.Thread(target=lambda: taken.append(slots.take(folder, 1)))
    waiting.start()
    waiting.join(0.3)
    assert taken == []
    os.kill(reader, signal.SIGKILL)
    waiting.join(PATIENCE)
    os.close(taken[0])
    thread.join()


def test_a_forked_process_asks_a_server_of_its_own(drop: Drop, tmp_path: Path) -> None:
    parent = server(drop)
    other = Drop(tmp_path / "other")
    other.folder.mkdir()
    context = multiprocessing.get_context("fork")
    queue = context.Queue()

    def run() -> None:
        queue.put(server(other))
        children.end()

    process = context.Process(target=run)
    process.start()
    number = queue.get(timeout=PATIENCE)
    process.join()
    assert number != parent
    assert server(drop) == parent


def test_who_has_files_read_loads_no_reader() -> None:
    program = (
        "import guiji.reading.read, sys; from guiji.reading.processes import worker;"
        "print([n for n in sys.modules if n in worker.LOADED or '.texts.' in n])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
