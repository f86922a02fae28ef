"""Find entries whose content changed while their `version` did not.

A reader of the catalogue, and of everything made by it, tells entries by their version.
What a version said is in the archive of the catalogues that nights used.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from guiji.catalog import archive
from guiji.catalog.folder import read_files
from guiji.catalog.model import Dataset
from guiji.catalog.source import Problem, Source
from guiji.core.settings import Settings

LATEST = 20
"""Archived catalogues that are looked at, the newest first."""


def check(
    settings: Settings, datasets: Mapping[str, tuple[Dataset, Source]]
) -> Iterator[Problem]:
    """Compare entries with those of the same version that nights have used."""
    remaining = dict(sorted(datasets.items()))
    kept = archive.versions(settings.catalogues / settings.jurisdiction)[-LATEST:]
    for used in reversed(kept):
        if not remaining:
            return
        entries = _entries(used, settings.jurisdiction)
        for name in [*remaining]:
            dataset, source = remaining[name]
            before = entries.get(name)
            if before is None or before.version != dataset.version:
                continue
            del remaining[name]
            if changed := _changed(before, dataset):
                what = (
                    f"{', '.join(changed)} differ(s) from version {dataset.version!r} "
                    f"that nights used (catalogue {used.name})"
                )
                remedy = "write another version, or put back what it said"
                yield source.problem(("version",), what, remedy)


def _entries(used: Path, jurisdiction: str) -> dict[str, Dataset]:
    """Read the entries of an archived catalogue that the models of today can read."""
    archived = archive.folder(used, jurisdiction)
    read_files(archived)
    return {name: dataset for name, (dataset, _) in archived.datasets.items()}


def _changed(used: Dataset, now: Dataset) -> list[str]:
    """Name the keys whose content differs."""
    names = Dataset.model_fields
    return [n for n in names if getattr(used, n) != getattr(now, n)]
