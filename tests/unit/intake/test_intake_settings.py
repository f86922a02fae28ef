import os
from pathlib import Path

import pytest

from guiji.core import settings
from guiji.core.errors import UsageError
from guiji.engine.open import open_engine

CAPS = {
    "GUIJI_SETTLE_SECONDS": "settle_seconds",
    "GUIJI_INBOX_ENTRIES": "inbox_entries",
    "GUIJI_FILE_BYTES": "file_bytes",
    "GUIJI_CHECK_TASKS": "check_tasks",
    "GUIJI_WAVE_ROWS": "wave_rows",
}
MEMORY = "GUIJI_ENGINE_MEMORY_MB"


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


def test_the_engine_takes_an_eighth_of_the_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(settings, "CONTAINER_MEMORY", limit)
    monkeypatch.setattr(
        os, "sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 8 << 20}.get
    )
    monkeypatch.delenv(MEMORY, raising=False)
    assert settings.current().engine_memory_mb == 4096  # of 32 GiB
    limit.write_text("max\n")
    assert settings.current().engine_memory_mb == 4096
    limit.write_text(f"{20 << 30}\n")
    assert settings.current().engine_memory_mb == 2560
    limit.write_text(f"{4 << 30}\n")
    assert settings.current().engine_memory_mb == 2048
    monkeypatch.setenv(MEMORY, "700")
    assert settings.current().engine_memory_mb == 700


def test_the_engine_keeps_to_the_memory_of_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(MEMORY, "700")
    with open_engine(settings.current()) as engine:
        limit = engine.fetch("select current_setting('memory_limit') as limit_")
    assert limit["limit_"].to_pylist() == ["700.0 MiB"]
