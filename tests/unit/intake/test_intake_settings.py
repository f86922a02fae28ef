import os

import pytest

from guiji.core import settings
from guiji.core.errors import UsageError

CAPS = {
    "GUIJI_SETTLE_SECONDS": "settle_seconds",
    "GUIJI_INBOX_ENTRIES": "inbox_entries",
    "GUIJI_FILE_BYTES": "file_bytes",
    "GUIJI_CHECK_TASKS": "check_tasks",
    "GUIJI_WAVE_ROWS": "wave_rows",
}


def test_inboxes_are_bounded_without_being_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in CAPS:
        monkeypatch.setenv(name, "")
    now = settings.current()
    cores = len(os.sched_getaffinity(0))
    bounds = [None, 20_000, 1 << 30, cores, 50_000]
    assert [getattr(now, n) for n in CAPS.values()] == bounds


@pytest.mark.parametrize(("name", "attribute"), CAPS.items())
def test_a_bound_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, name: str, attribute: str
) -> None:
    monkeypatch.setenv(name, "30")
    assert getattr(settings.current(), attribute) == 30


@pytest.mark.parametrize("name", CAPS)
@pytest.mark.parametrize("told", ["-1", "two", "1.5"])
def test_a_bound_that_is_no_number_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, told: str
) -> None:
    monkeypatch.setenv(name, told)
    with pytest.raises(UsageError, match=name):
        settings.current()
