"""Check that nothing was altered: chains, hashes, counts, publications.

Every line of the answer names one difference, in Chinese, because auditors read it.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

import pyarrow.parquet as pq

from guiji import files
from guiji.catalog.model import Catalog
from guiji.publication import checks, manifest, proof
from guiji.settings import Settings
from guiji.warehouse import store, views


class Delivered(Protocol):
    """What the ledger knows of a delivery."""

    @property
    def batch_id(self) -> str | None:
        """The delivery's batch id, once it is named."""

    @property
    def verdict(self) -> str | None:
        """accepted, partly, refused, duplicate, trial; None = not judged yet."""


class Ledger(Protocol):
    """What verification asks of the ledger."""

    def verify_chain(self) -> list[str]:
        """Give what is wrong with the trace."""

    def deliveries(self, night: date) -> Sequence[Delivered]:
        """Give a night's deliveries."""


def verify(settings: Settings, catalog: Catalog, ledger: Ledger) -> list[str]:
    """Look for every difference between what is stored and what was recorded.

    Returns:
        Chinese lines, sorted by area; empty = all as recorded.

    Source:
        贵州省企业公共信用信息平台运行管理规则 第十四, 二十三至二十五条.
    """
    problems = [f"留痕链: {line}" for line in ledger.verify_chain()]
    found = _files(settings)
    problems += found + _commits(settings)
    problems += _publications(settings)
    problems += _landing(settings)
    if not found:
        problems += _deliveries(settings, catalog, ledger)
    return problems


def _files(settings: Settings) -> list[str]:
    """Compare every committed file with its commit."""
    named = [(c.night, f) for c in store.commits(settings) for f in c.files]
    named += [(r.night, f) for r in store.releases(settings) for f in r.files]
    problems = []
    for night, file in named:
        path = settings.data / file.path
        if not path.exists():
            problems.append(f"数据仓库 {night}: {file.path} 缺失")
        elif files.sha256_of(path) != file.sha256:
            problems.append(f"数据仓库 {night}: {file.path} 已被改动")
        elif pq.read_metadata(path).num_rows != file.rows:
            problems.append(f"数据仓库 {night}: {file.path} 行数与提交记录不符")
    return problems


def _commits(settings: Settings) -> list[str]:
    """Follow the chain of commits; each holds the hash of the one before."""
    commits = {c.night: c for c in store.commits(settings)}
    problems = []
    for commit in commits.values():
        if commit.parent is None:
            continue
        path = store.commit_path(settings, commit.parent)
        if not path.exists():
            problems.append(f"提交链 {commit.night}: 上一提交 {commit.parent} 缺失")
        elif files.sha256_of(path) != commit.parent_sha256:
            problems.append(f"提交链 {commit.night}: 上一提交 {commit.parent} 已被改动")
    starts = [c.night for c in commits.values() if c.parent is None]
    parents = [c.parent for c in commits.values() if c.parent]
    if commits and (len(starts) != 1 or len(parents) != len(set(parents))):
        problems.append("提交链: 不是一条完整的链")
    return problems


def _publications(settings: Settings) -> list[str]:
    """Check each release's files, its place in the chain, and replay its deltas."""
    problems: list[str] = []
    last: store.Release | None = None
    for release in store.releases(settings):
        found = checks.check_released(settings, release.night)
        problems += found
        if not found:
            problems += _replay(settings, release, last)
        last = release
    current = settings.publication / "current"
    if last and (
        not current.is_symlink() or current.readlink() != Path(f"{last.night}")
    ):
        problems.append(f"公示: current 未指向最近一次发布 {last.night}")
    return problems


def _replay(
    settings: Settings, release: store.Release, last: store.Release | None
) -> list[str]:
    night = release.night
    folder = settings.publication / night.isoformat()
    listed = manifest.read(folder / "manifest.json")
    chain = (last.night, last.manifest_sha256) if last else (None, None)
    problems = []
    if (listed.previous, listed.chain) != chain:
        problems.append(f"公示 {night}: 清单链与上一次发布不符")
    before = settings.publication / str(last.night) if last else None
    deltas = manifest.entries(listed.channels, "delta")
    for (channel, dataset), full in manifest.entries(listed.channels, "full").items():
        past = before / full.file if before else None
        past = past if past and past.exists() else None
        delta = folder / deltas[channel, dataset].file
        found = proof.replay(settings, past, delta, folder / full.file).differences
        if found:
            problems.append(f"公示 {night}: {full.file} 重放不符 {found}")
    problems += _index(settings, release, listed)
    return problems


def _index(
    settings: Settings, release: store.Release, listed: manifest.Manifest
) -> list[str]:
    """Compare the number of lines per file with the index of what is on show."""
    if any(
        not (settings.data / f.path).exists()
        or files.sha256_of(settings.data / f.path) != f.sha256
        for f in release.files
    ):
        return []  # reported with the warehouse's files
    folder = store.table_folder(settings, "published")
    index = pq.read_table(folder / f"{release.night}.parquet")
    counted = index.group_by(["channel", "dataset"]).aggregate([([], "count_all")])
    held = {
        (row["channel"], row["dataset"]): row["count_all"]
        for row in counted.to_pylist()
    }
    full = {
        k: e.rows
        for k, e in manifest.entries(listed.channels, "full").items()
        if e.rows
    }
    if held != full:
        return [f"公示 {release.night}: 公示目录与发布文件行数不符"]
    return []


def _landing(settings: Settings) -> list[str]:
    """Compare the original bytes of every delivery with the hash that names them."""
    return [
        f"原始文件: {path.parent.name} 已被改动"
        for path in sorted(settings.landing.glob("??/*/original"))
        if files.sha256_of(path) != path.parent.name
    ]


def _deliveries(settings: Settings, catalog: Catalog, ledger: Ledger) -> list[str]:
    """Compare the warehouse with the ledger, and each delivery with its rows."""
    problems = []
    with views.connect(settings, catalog) as connection:
        rows = connection.execute(
            "select night, batch_id, sha256, verdict from deliveries order by all"
        ).fetchall()
        counts = connection.execute(
            "select batch_id, rows_read, rows_accepted, rows_quarantined, "
            "(select count(*) from quarantine where quarantine.batch_id = d.batch_id "
            "and quarantine.source_row is not null) as held "
            "from deliveries as d where verdict in ('accepted', 'partly') order by all"
        ).fetchall()
    for night in [c.night for c in store.commits(settings)]:
        stored = {r[1] for r in rows if r[0] == night and r[3] != "duplicate"}
        known = {
            d.batch_id for d in ledger.deliveries(night) if d.verdict != "duplicate"
        }
        problems += [
            f"报送 {night}: {batch} 只在{'仓库' if batch in stored else '台账'}中有记录"
            for batch in sorted(stored ^ known, key=str)
        ]
    problems += _outcomes(settings, counts)
    problems += [
        f"报送 {row[1]}: 原始文件 {row[2]} 缺失"
        for row in rows
        if row[2] and not (settings.landing / row[2][:2] / row[2] / "original").exists()
    ]
    return problems


def _outcomes(
    settings: Settings, counts: Sequence[tuple[str, int, int, int, int]]
) -> list[str]:
    """Every row that was read is merged or in quarantine."""
    merged = {
        batch: sum(n for outcome, n in one.items() if outcome != "absent")
        for commit in store.commits(settings)
        for batch, one in commit.batches.items()
    }
    problems = []
    for batch, read, accepted, quarantined, held in counts:
        if read != accepted + quarantined or quarantined != held:
            problems.append(f"报送 {batch}: 读取、接收与隔离行数不符")
        if accepted != merged.get(batch, 0):
            problems.append(f"报送 {batch}: 接收行数与入库行数不符")
    return problems
