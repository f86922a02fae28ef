import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from servers.waiting import PATIENCE

from guiji.core import locking
from guiji.core.errors import LockHeld
from guiji.ledger.database import Database
from guiji.ledger.ledger import Ledger

HOLD = (
    "import sys; from guiji.ledger.ledger import Ledger\n"
    "with Ledger(sys.argv[1]).lock('warehouse'):\n"
    "    print('held', flush=True); sys.stdin.read()\n"
)
BY = {"by": "张三", "why": "主机已停用"}


@pytest.fixture
def holder(ledger_url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the warehouse."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, ledger_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_lock_is_given_back(ledger: Ledger, ledger_url: str) -> None:
    with pytest.raises(ZeroDivisionError), ledger.lock("warehouse"):
        _ = 1 / 0
    with ledger.lock("warehouse"):
        assert ledger.break_lock("publication", **BY) == ""
    with Database(ledger_url).reading() as connection:
        assert connection.execute(sa.text("select * from locks")).all() == []


def test_a_lock_held_by_a_living_process(
    ledger: Ledger, holder: subprocess.Popen[str]
) -> None:
    expected = f"warehouse is being changed by process {holder.pid} on .* since 20"
    with pytest.raises(LockHeld, match=expected), ledger.lock("warehouse"):
        pytest.fail("two hold the same lock")
    with ledger.lock("publication"):  # another lock is free
        assert ledger.entries("lock_taken_over") == []


def test_a_lock_is_waited_for(ledger: Ledger, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(LockHeld), ledger.lock("warehouse", wait=0.2):
        pytest.fail("two hold the same lock")
    assert holder.stdin is not None
    holder.stdin.close()  # it gives the lock back and ends
    with ledger.lock("warehouse", wait=PATIENCE):
        assert ledger.entries("lock_taken_over") == []


def test_a_lock_is_not_held_twice_by_one_process(ledger: Ledger) -> None:
    with (
        ledger.lock("warehouse"),
        pytest.raises(LockHeld, match=f"process {os.getpid()}"),
        ledger.lock("warehouse"),
    ):
        pytest.fail("held twice")


def test_the_lock_of_a_killed_process_is_taken_over(
    ledger: Ledger, holder: subprocess.Popen[str]
) -> None:
    holder.kill()
    holder.wait()
    with ledger.lock("warehouse", wait=PATIENCE):  # a server notices in a moment
        taken = ledger.entries("lock_taken_over", "warehouse")
    assert f"process {holder.pid}" in taken[0].details["from"]


@pytest.mark.parametrize(
    "change", [{"host": "elsewhere"}, {"boot": "before"}, {"namespace": "pid:[1]"}]
)
def test_a_container_made_anew_is_not_kept_out(
    ledger: Ledger,
    holder: subprocess.Popen[str],
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, str],
) -> None:
    holder.kill()
    holder.wait()
    other = replace(locking.this_process(), **change, pid=holder.pid)
    monkeypatch.setattr(locking, "this_process", lambda: other)
    with ledger.lock("warehouse", wait=PATIENCE):
        assert len(ledger.entries("lock_taken_over")) == 1


def test_a_lock_that_nobody_holds_is_broken_by_hand(
    ledger: Ledger, holder: subprocess.Popen[str]
) -> None:
    with pytest.raises(LockHeld, match="which is alive"):
        ledger.break_lock("warehouse", **BY)
    assert ledger.entries("lock_broken") == []
    holder.kill()
    holder.wait()
    held_by = ledger.break_lock("warehouse", **BY, force=True)
    assert f"process {holder.pid}" in held_by
    (entry,) = ledger.entries("lock_broken", "warehouse")
    assert entry.details == {**BY, "from": held_by, "force": True}


def test_a_lock_that_hangs_is_broken_by_force(
    ledger: Ledger, holder: subprocess.Popen[str]
) -> None:
    ledger.break_lock("warehouse", **BY, force=True)
    with ledger.lock("warehouse", wait=PATIENCE):
        assert holder.poll() is None or holder.returncode != 0
