"""A whole catalogue as a workbook, and back to files.

A workbook comes from anywhere: it is gone through in blocks, as deliveries are, before
its sheets are read, and what would cost too much is refused.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from guiji.core import business_date, files, settings
from guiji.core.errors import BatchRefused, CatalogError, UsageError
from guiji.core.settings import Settings

MIB = 1 << 20
BOUNDS = {
    "workbook_bytes": 16 * MIB,
    "unpacked_bytes": 96 * MIB,
    "part_bytes": 64 * MIB,
    "ratio_floor": 8 * MIB,
    "cells": 200_000,
    "box": 2_000_000,
}
"""What the workbook of a catalogue may be; the largest of five governments has 19,000
cells and 1.4 MiB unpacked. 280,000 cells took 10 CPU seconds and 245 MiB."""

_HEAD = ("title", "reason", "in_force_from")
"""Keys of the first sheet that a proposal needs."""


def catalogue_workbook(path: Path, day: str | None = None) -> str:
    """Write the whole catalogue as a workbook in the layout of the national guide.

    Args:
        path: the file.
        day: YYYY-MM-DD, with the changes that are in force on it; None = today.

    Returns:
        The path of the file.
    """
    from guiji.catalog import load
    from guiji.catalog.workbook import write

    on: date | None = business_date.parse(day) if day else None
    write.write(load.load(settings.current(), day=on), path)
    return str(path)


def catalogue_import(path: Path, folder: Path) -> list[str]:
    """Write the catalogue of a workbook as YAML files that extend nothing.

    Args:
        path: the workbook.
        folder: gets `catalog/` and `expectations/`.

    Returns:
        The paths of the files.

    Raises:
        CatalogError: the workbook is wrong; names sheet, column, row and remedy.
        UsageError: no such file, or the folder has such a jurisdiction.
    """
    from guiji.catalog.workbook import models

    if not path.is_file():
        raise UsageError(f"no such file: {path}")
    with _checked(path) as copy:
        catalog = models.read_catalog(copy)
    return [str(p) for p in models.write_files(catalog, folder)]


@contextmanager
def _checked(path: Path) -> Iterator[Path]:
    """Yield a copy of a workbook whose parts were judged, under the same name.

    Raises:
        CatalogError: it is too big, encrypted or damaged.
    """
    from guiji.reading.kinds import Kind
    from guiji.reading.limits import Limits
    from guiji.reading.workbooks import preflight

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        try:
            preflight.check(path, copy, Kind.XLSX, path.name, Limits(**BOUNDS))
        except BatchRefused as refusal:
            what = f"{path.name} is no workbook of a catalogue: {refusal}"
            remedy = "write one (guiji catalogue workbook) and fill that in"
            raise CatalogError(f"{what}; {remedy}") from refusal
        yield copy


def write_change(now: Settings, path: Path, target: Path) -> None:
    """Write what a filled-in workbook says otherwise than the catalogue as a change.

    Args:
        now: where the catalogue is.
        path: the workbook.
        target: gets the change, YAML.

    Raises:
        CatalogError: the workbook is wrong; names sheet, column, row and remedy.
        UsageError: it was made of another catalogue, or says what no change can.
    """
    from guiji.catalog import changes, load
    from guiji.catalog.differences import differences
    from guiji.catalog.workbook import layout, models, proposal, read

    with _checked(path) as copy:
        sheets = read.read(copy)
    front = sheets.front
    head = {key: front.get(key, "").strip() for key in _HEAD}
    if absent := [key for key, text in head.items() if not text]:
        where = f"{path.name}[{layout.FRONT}!B]"
        raise CatalogError(f"{where}: [{absent[0]}] is blank; fill it in")
    day = business_date.parse(head["in_force_from"])
    others = changes.in_force(now, day)
    before = load.load_folder(*load.roots(now), True, others)
    if front.get("catalogue_version") != before.version:
        raise UsageError(
            f"{path.name} was not made of catalogue {before.version}, in force on "
            f"{day}; write it anew: guiji catalogue workbook --day {day}"
        )
    after = models.catalog_of(sheets)
    content = head | proposal.change(before, after)
    files.write_text(target, models.as_yaml(content))
    if content == head:
        raise UsageError("the workbook says the same as the catalogue")
    result = load.load_folder(*load.roots(now), True, (*others, target))
    if beyond := differences(result, after):
        places = ", ".join(".".join(difference.place) for difference in beyond)
        raise UsageError(f"no change can say this of a workbook: {places}; use YAML")
