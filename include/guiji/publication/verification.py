"""Check that released publications are what was released: chain, files, replay.

The full files of old nights may have been removed on time (`publication.expiry`). Their
deltas stay: those since the first release, applied one after another, must give the
oldest full file that is still there.
"""

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

from guiji.core import files
from guiji.core.schemas import PUBLISHED
from guiji.core.settings import Settings
from guiji.engine.duck import DuckEngine, connect
from guiji.engine.sql import kinds
from guiji.publication import checks, delta_check, manifest
from guiji.storage import publication_log
from guiji.warehouse import release_index


def find_problems(settings: Settings, expired: Collection[date]) -> list[str]:
    """Check each release's files, its place in the chain, and replay its deltas.

    Args:
        settings: where publications and releases are.
        expired: nights whose full files were removed on time.

    Returns:
        Chinese lines; empty = as released.
    """
    problems: list[str] = []
    released = publication_log.releases(settings)
    past: list[publication_log.Release] = []
    for release in released:
        is_expired = release.night in expired
        file_problems = checks.check_released(settings, release.night, is_expired)
        problems += file_problems
        if not file_problems:
            problems += _chain(settings, release, past[-1] if past else None)
            if not is_expired:
                after_expired = bool(past) and past[-1].night in expired
                history = [*past, release] if after_expired else past[-1:]
                problems += _replay(settings, release, history, after_expired)
        past.append(release)
    return problems + _current(settings, released)


def _current(
    settings: Settings, released: Sequence[publication_log.Release]
) -> list[str]:
    current = settings.publication / "current"
    if not released:
        return []
    last = released[-1].night
    if current.is_symlink() and current.readlink() == Path(f"{last}"):
        return []
    return [f"公示: current 未指向最近一次发布 {last}"]


def _chain(
    settings: Settings,
    release: publication_log.Release,
    last: publication_log.Release | None,
) -> list[str]:
    listed = _listed(settings, release)
    problems = []
    chain = (last.night, last.manifest_sha256) if last else (None, None)
    if (listed.previous, listed.chain) != chain:
        problems.append(f"公示 {release.night}: 清单链与上一次发布不符")
    return problems + _index(settings, release, listed)


def _replay(
    settings: Settings,
    release: publication_log.Release,
    history: Sequence[publication_log.Release],
    from_the_first: bool,
) -> list[str]:
    """Replay into each full file: from the last release, or from the first one."""
    night = release.night
    folder = settings.publication / night.isoformat()
    listed = _listed(settings, release)
    deltas = manifest.entries(listed.channels, "delta")
    problems = []
    for key, full in manifest.entries(listed.channels, "full").items():
        if from_the_first:
            every = _deltas(settings, history, key)
            differences = delta_check.replay_from_the_first(
                settings, every, folder / full.file
            )
        else:
            before = [
                settings.publication / f"{last.night}" / full.file for last in history
            ]
            past = next((path for path in before if path.exists()), None)
            delta = folder / deltas[key].file
            replayed = delta_check.replay(settings, past, delta, folder / full.file)
            differences = replayed.differences
        if differences:
            problems.append(f"公示 {night}: {full.file} 重放不符 {differences}")
    return problems


def _deltas(
    settings: Settings, history: Sequence[publication_log.Release], key: tuple[str, str]
) -> list[Path]:
    """Return the deltas of a channel and dataset, in order of their nights."""
    paths = []
    for release in history:
        entry = manifest.entries(_listed(settings, release).channels, "delta").get(key)
        if entry is not None:
            paths.append(settings.publication / f"{release.night}" / entry.file)
    return paths


def _listed(settings: Settings, release: publication_log.Release) -> manifest.Manifest:
    return manifest.read(settings.publication / f"{release.night}" / "manifest.json")


def _index(
    settings: Settings, release: publication_log.Release, listed: manifest.Manifest
) -> list[str]:
    """Compare the number of lines per file with the index of what is on show."""
    if any(
        not (settings.data / f.path).exists()
        or files.sha256_of(settings.data / f.path) != f.sha256
        for f in release.files
    ):
        return []  # reported with the warehouse's files
    paths = [str(settings.data / f.path) for f in release.index(settings, "published")]
    with DuckEngine(connect()) as engine:
        release_index.bind(engine, "published", paths, kinds(PUBLISHED))
        counted = engine.fetch(
            "select channel, dataset, count(*) as lines from published "
            "group by channel, dataset"
        )
    on_show = {
        (row["channel"], row["dataset"]): row["lines"] for row in counted.to_pylist()
    }
    full = {
        k: e.rows
        for k, e in manifest.entries(listed.channels, "full").items()
        if e.rows
    }
    if on_show != full:
        return [f"公示 {release.night}: 公示目录与发布文件行数不符"]
    return []
