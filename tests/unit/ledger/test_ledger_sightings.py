"""What lies in an inbox that is only read is remembered, and forgotten when it goes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from delivery_builders import incoming

from guiji.ledger.ledger import Ledger
from guiji.ledger.remote_file_state import RemoteFileState

NIGHT = date(2026, 11, 20)
START = datetime(2026, 11, 20, 14, tzinfo=UTC)
LONG = b"/".join([b"x" * 250] * 15)  # longer than a database's keys


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def later(self, seconds: int) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(ledger_url: str, clock: Clock) -> Ledger:
    made = Ledger(ledger_url, clock)
    made.open_night(NIGHT)
    return made


def look(
    ledger: Ledger, clock: Clock, **seen: tuple[int, int]
) -> dict[str, RemoteFileState]:
    since = clock.later(10)
    clock.later(1)
    found = ledger.see("s", "tax", {n.encode(): v for n, v in seen.items()}, since)
    return {path.decode(): sighting for path, sighting in found.items()}


def claim(
    ledger: Ledger, sighting: RemoteFileState, sha256: str = "0" * 64
) -> str | None:
    file = incoming(
        NIGHT,
        sha256=sha256,
        drop_mark=sighting.mark,
        received_at=sighting.first_seen,
    )
    return ledger.claim(file, sighting=sighting).verdict


def test_the_first_look_that_saw_it_so_is_remembered(
    ledger: Ledger, clock: Clock
) -> None:
    first = look(ledger, clock, a=(1, 5))["a"]
    assert first.first_seen == START + timedelta(seconds=11)
    assert look(ledger, clock, a=(1, 5))["a"] == first
    for changed in ((2, 5), (2, 6)):
        assert look(ledger, clock, a=changed)["a"].first_seen == clock.now


def test_files_first_seen_in_one_look_arrived_in_the_order_their_senders_say(
    ledger: Ledger, clock: Clock
) -> None:
    seen = look(ledger, clock, morning=(1, 9), twin=(2, 17), evening=(1, 17))
    after = {name: s.first_seen - clock.now for name, s in seen.items()}
    tick = timedelta(microseconds=1)
    assert after == {"morning": 0 * tick, "twin": tick, "evening": tick}
    later = look(ledger, clock, morning=(1, 9), backdated=(1, 1))
    assert later["morning"] == seen["morning"]
    assert later["backdated"].first_seen == clock.now  # whatever its sender says


def test_a_file_that_was_claimed_is_not_claimed_again(
    ledger: Ledger, clock: Clock
) -> None:
    first, second = look(ledger, clock, a=(1, 5), b=(1, 5)).values()
    assert ledger.is_unclaimed(first)
    assert claim(ledger, first) is None
    assert claim(ledger, second) == "duplicate"
    assert not ledger.is_unclaimed(first)
    seen = look(ledger, clock, a=(1, 5), b=(1, 5))
    assert [s.state for s in seen.values()] == ["claimed", "duplicate"]


def test_a_file_that_went_away_is_forgotten(ledger: Ledger, clock: Clock) -> None:
    first = look(ledger, clock, a=(1, 5))["a"]
    claim(ledger, first)
    look(ledger, clock)
    assert not ledger.is_unclaimed(first)
    again = look(ledger, clock, a=(1, 5))["a"]
    assert again.is_open
    assert again.mark != first.mark


def test_a_file_is_held_until_it_changes(ledger: Ledger, clock: Clock) -> None:
    ledger.hold(look(ledger, clock, a=(1, 5))["a"], "why")
    held = look(ledger, clock, a=(1, 5))["a"]
    assert (held.state, held.reason, held.is_open) == ("held", "why", True)
    assert look(ledger, clock, a=(1, 6))["a"].state == "settling"


def test_a_look_that_began_earlier_does_not_know_better(
    ledger: Ledger, clock: Clock
) -> None:
    early = clock.later(1)
    claim(ledger, look(ledger, clock, a=(2, 6))["a"])
    clock.later(1)
    late = ledger.see("s", "tax", {b"a": (1, 5)}, early)[b"a"]
    assert (late.state, late.size) == ("claimed", 2)
    ledger.see("s", "tax", {}, early)
    assert look(ledger, clock, a=(2, 6))["a"].state == "claimed"


def test_departments_and_servers_are_apart(ledger: Ledger, clock: Clock) -> None:
    first = look(ledger, clock, a=(1, 5))["a"]
    ledger.see("s", "transport", {}, clock.later(1))
    ledger.see("t", "tax", {b"a": (1, 5)}, clock.later(1))
    assert look(ledger, clock, a=(1, 5))["a"] == first


@pytest.mark.parametrize("path", [LONG, b"\x00\xff'; drop table sightings", b""])
def test_any_path_is_remembered(ledger: Ledger, clock: Clock, path: bytes) -> None:
    size = (1 << 63) - 1
    seen = ledger.see("s", "tax", {path: (size, 1 << 32)}, clock())
    clock.later(1)
    assert ledger.see("s", "tax", {path: (size, 1 << 32)}, clock()) == seen
    assert (seen[path].path, seen[path].size) == (path, size)
