import errno
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from guiji.core import platform_faults
from guiji.core.errors import (
    CalendarGap,
    CatalogError,
    LedgerBroken,
    LedgerUnavailable,
    LockHeld,
    NightClosed,
    SourceUnavailable,
    StorageUnusable,
)
from guiji.core.platform_faults import PlatformFault, contained, ends_the_task
from guiji.domain import chinese_numbers


class Trace:
    def __init__(self) -> None:
        self.lines: dict[tuple[str, str], Mapping[str, Any]] = {}

    def append_once(self, kind: str, subject: str, details: Mapping[str, Any]) -> bool:
        return self.lines.setdefault((kind, subject), details) is details


def caught() -> Exception:
    try:
        chinese_numbers.digits(5)  # type: ignore[arg-type]
    except TypeError as error:
        return error
    raise AssertionError("a number has no length")


def test_a_fault_names_the_class_and_our_line_and_no_data() -> None:
    fault = PlatformFault.of(caught())
    assert fault.error == "TypeError"
    assert fault.place.startswith("guiji.domain.chinese_numbers:")
    assert "object of type" not in str(fault)


def test_a_fault_outside_of_the_package_names_the_file() -> None:
    try:
        int("甲的身份证")
    except ValueError as error:
        fault = PlatformFault.of(error)
    assert fault.place.startswith("test_platform_faults.py:")
    assert "甲" not in str(fault)


@pytest.mark.parametrize(
    "error",
    [
        StorageUnusable("x"),
        LockHeld("x"),
        LedgerUnavailable("x"),
        LedgerBroken("x"),
        NightClosed("x"),
        SourceUnavailable("x"),  # who asks a source knows what it means
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EROFS, "Read-only file system", "/data"),
        PermissionError(errno.EACCES, "Permission denied", "/data"),
        OSError(errno.EMFILE, "Too many open files"),
        OSError("write failed: No space left on device"),  # as pyarrow says it
        KeyboardInterrupt(),
        SystemExit(1),
    ],
    ids=repr,
)
def test_what_concerns_all_deliveries_ends_the_task(error: BaseException) -> None:
    assert ends_the_task(error)


@pytest.mark.parametrize(
    "error",
    [
        OverflowError("date value out of range"),
        MemoryError(),
        RecursionError(),
        KeyError("x"),
        FileNotFoundError(errno.ENOENT, "No such file", "original"),
        ValueError("Permission denied"),  # words of a cell, not of the system
        CalendarGap.__new__(CalendarGap),
        CatalogError("x"),
    ],
    ids=repr,
)
def test_what_concerns_one_delivery_does_not(error: BaseException) -> None:
    assert not ends_the_task(error)


def test_a_loop_goes_on_after_a_fault_that_is_traced_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    trace, done = Trace(), []
    for department in ("a", "b", "b", "c"):
        with contained(trace, "2026-11-20", "push", department):
            if department == "b":
                raise ValueError("甲的身份证")
            done.append(department)
    assert done == ["a", "c"]
    assert list(trace.lines) == [(platform_faults.TRACE, "2026-11-20:push:b")]
    (line,) = trace.lines.values()
    assert (line["stage"], line["error"]) == ("push", "ValueError")
    said = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert len(said) == 2
    assert "甲" not in "".join(said)


def test_a_full_disk_is_not_contained() -> None:
    trace = Trace()
    with (
        pytest.raises(OSError, match="No space"),
        contained(trace, "2026-11-20", "push", "a"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert trace.lines == {}
