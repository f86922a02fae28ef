"""Find entries whose content changed while their `version` did not.

A reader of the catalogue, and of everything made by it, tells entries by their version.
What a version said is in the archive of the catalogues that nights used.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from guiji.catalog import archive, faults
from guiji.catalog.model import Dataset
from guiji.catalog.source import Problem, Source, Unreadable, read
from guiji.core.settings import Settings

LATEST = 20
"""Archived catalogues that are looked at, the newest first."""


def check(
    settings: Settings, datasets: Mapping[str, tuple[Dataset, Source]]
) -> Iterator[Problem]:
    """Compare entries with those of the same version that nights have used."""
    kept = archive.versions(settings.catalogues / settings.jurisdiction)[-LATEST:]
    for name, (dataset, source) in sorted(datasets.items()):
        for folder in reversed(kept):
            path = folder / "catalog" / settings.jurisdiction / "datasets"
            used = _entry(path / f"{name}.yml")
            if used is None or used.version != dataset.version:
                continue
            if changed := _changed(used, dataset):
                what = (
                    f"{', '.join(changed)} differ(s) from version {dataset.version!r} "
                    f"that nights used (catalogue {folder.name})"
                )
                remedy = "write another version, or put back what it said"
                yield source.problem(("version",), what, remedy)
                break


def _entry(path: Path) -> Dataset | None:
    """Read an archived entry; None where there is none, or its models were others."""
    try:
        source = read(path, path.name)
    except Unreadable:
        return None
    return faults.model(Dataset, source, [], id=path.stem)


def _changed(used: Dataset, now: Dataset) -> list[str]:
    """Name the keys whose content differs."""
    names = Dataset.model_fields
    return [n for n in names if getattr(used, n) != getattr(now, n)]
