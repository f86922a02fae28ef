"""The checks before release, and those of what was released. Nothing is skipped."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from guiji.catalog import openness
from guiji.catalog.model import Catalog
from guiji.core import files
from guiji.core.errors import PublicationHalted
from guiji.core.settings import Settings
from guiji.publication import (
    delta_check,
    delta_proof,
    manifest,
    publishable_rows,
    scan,
)
from guiji.publication.build import Loss
from guiji.publication.manifest import Entry
from guiji.storage import publication_log

FEWEST_LOST = 5
"""A department that loses fewer lines than this has had no collapse."""


def break_if_collapsed(catalog: Catalog, losses: list[Loss]) -> None:
    """Halt when a department's data collapses; raise its limit to release all the same.

    Source:
        贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条.
    """
    for loss in losses:
        if is_collapse(catalog, loss):
            limit = catalog.datasets[loss.dataset].mass_change_limit
            raise PublicationHalted(
                f"{loss.department} would lose {loss.lost} of {loss.had} published "
                f"lines of {loss.dataset}, more than {limit:.0%}; check its "
                "deliveries, or raise mass_change_limit in the catalogue"
            )


def is_collapse(catalog: Catalog, loss: Loss) -> bool:
    """Return whether a department loses more than a dataset's limit allows."""
    limit = catalog.datasets[loss.dataset].mass_change_limit
    return loss.lost >= FEWEST_LOST and loss.lost > limit * loss.had


def prove(
    settings: Settings,
    channels: Mapping[str, tuple[Entry, ...]],
    before: Path | None,
    staging: Path,
) -> int:
    """Prove on the written files that previous + delta = full, for every file.

    Files of the same bytes, on several channels, are read once.

    Args:
        settings: where the SQL models are.
        channels: what was written below `staging`.
        before: folder of the last release; None = there was none.
        staging: folder of this one.

    Returns:
        Number of lines taken off, over all channels.

    Raises:
        PublicationHalted: names the file and the differences, never the content.
    """
    old = manifest.read(before / "manifest.json").channels if before else {}
    old_full = manifest.entries(old, "full")
    deltas = manifest.entries(channels, "delta")
    gone = {key for key, e in old_full.items() if e.rows} - set(deltas)
    if gone:
        raise PublicationHalted(f"no delta takes these off: {sorted(gone)}")
    shown: dict[tuple[str | None, str, str], delta_proof.Counts] = {}
    withdrawn = 0
    for key, full in manifest.entries(channels, "full").items():
        past, delta = old_full.get(key), deltas[key]
        same = (past.sha256 if past else None, delta.sha256, full.sha256)
        if same not in shown:
            trio = (
                before / past.file if before and past else None,
                staging / delta.file,
                staging / full.file,
            )
            counts = delta_proof.prove(*trio)
            rows = past.rows if past else 0
            if counts is None or rows + counts.growth != full.rows:
                replay = delta_check.replay(settings, *trio)
                raise PublicationHalted(
                    f"previous + delta is not the full file {full.file}: "
                    f"{replay.differences}, {replay.rows} of {full.rows} lines"
                )
            shown[same] = counts
        withdrawn += shown[same].withdrawn
    return withdrawn


def scan_all(
    staging: Path,
    channels: Mapping[str, tuple[Entry, ...]],
    kind: str,
    catalog: Catalog,
) -> None:
    """Scan every byte that leaves for the first time.

    Args:
        staging: folder of the publication.
        channels: its files, proven.
        kind: `full`, which hold every line of the deltas; or `delta`, where all other
            lines were scanned in the same way for an earlier release.
        catalog: which items are numbers.

    Raises:
        PublicationHalted: a file reveals persons.
    """
    names = {e.sha256: e for e in manifest.entries(channels, kind).values()}
    for path in (
        staging / "manifest.json",
        *(staging / e.file for e in names.values()),
    ):
        dataset = catalog.datasets.get(path.stem)
        items = dataset.items if dataset else ()
        numbers = {item.title for item in items if openness.is_number(item)}
        numbers.add(publishable_rows.RECORD_ID)
        if people := scan.scan(path, numbers):
            raise PublicationHalted(
                f"{path.relative_to(staging)} reveals persons: {dict(people)}"
            )


def check_released(
    settings: Settings, night: date, is_expired: bool = False
) -> list[str]:
    """Compare a released publication's files with its manifest and its release.

    Args:
        settings: where the publications are.
        night: a released night.
        is_expired: its full files were removed when their time was over.

    Returns:
        Chinese lines, one per difference; empty = as released.
    """
    folder = settings.publication / night.isoformat()
    path = folder / "manifest.json"
    release = next(r for r in publication_log.releases(settings) if r.night == night)
    if not path.exists() or files.sha256_of(path) != release.manifest_sha256:
        return [f"公示 {night}: manifest.json 缺失或已被改动"]
    listed = manifest.read(path)
    named = [
        entry
        for entries in listed.channels.values()
        for entry in entries
        if not (is_expired and entry.kind == "full")
    ]
    problems = [
        f"公示 {night}: {entry.file} 缺失或已被改动"
        for entry in named
        if not (folder / entry.file).exists()
        or files.sha256_of(folder / entry.file) != entry.sha256
    ]
    expected = {folder / e.file for e in named} | {path}
    present = {p for p in folder.rglob("*") if p.is_file()}
    if is_expired:  # a kill may have left some of them
        present = {p for p in present if p.relative_to(folder).parts[0] != "full"}
    problems += [
        f"公示 {night}: {p.relative_to(folder)} 不在清单中"
        for p in sorted(present - expected)
    ]
    return problems
