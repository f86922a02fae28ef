import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from guiji.errors import LockHeld
from guiji.ledger.database import Database
from guiji.ledger.ledger import Ledger

HOLD = (
    "import sys; from guiji.ledger.ledger import Ledger\n"
    "with Ledger(sys.argv[1]).lock('warehouse'):\n"
    "    print('held', flush=True); sys.stdin.read()\n"
)


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


def test_a_lock_is_given_back(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.lock("warehouse"):
        _ = 1 / 0
    with ledger.lock("warehouse"):
        assert not ledger.break_lock("publication")


def test_a_lock_held_by_a_living_process(
    ledger: Ledger, holder: subprocess.Popen[str]
) -> None:
    expected = f"warehouse is being changed by process {holder.pid} on "
    with pytest.raises(LockHeld, match=expected), ledger.lock("warehouse"):
        pytest.fail("two hold the same lock")
    with ledger.lock("publication"):  # another lock is free
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
    with ledger.lock("warehouse"):
        taken = ledger.entries("lock_taken_over", "warehouse")
    assert f"process {holder.pid}" in taken[0].details["from"]


def test_a_reused_process_number_does_not_keep_a_lock(
    ledger: Ledger, ledger_url: str
) -> None:
    with ledger.lock("warehouse"):
        with Database(ledger_url).writing() as connection:
            connection.execute(sa.text("update locks set started = '1'"))
        with ledger.lock("warehouse"):
            assert len(ledger.entries("lock_taken_over")) == 1


def test_the_lock_of_another_host_is_broken_by_hand(
    ledger: Ledger, ledger_url: str
) -> None:
    with ledger.lock("warehouse"):
        with Database(ledger_url).writing() as connection:
            connection.execute(sa.text("update locks set host = 'elsewhere'"))
        with pytest.raises(LockHeld), ledger.lock("warehouse"):
            pytest.fail("the other host may be alive")
        assert ledger.break_lock("warehouse")
        assert [e.subject for e in ledger.entries("lock_broken")] == ["warehouse"]
