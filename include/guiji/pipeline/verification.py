"""Check that nothing was altered: chains, hashes, counts, publications.

Every line of the answer names one difference, in Chinese, because auditors read it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from guiji.catalog import archive
from guiji.context import Context
from guiji.core import files
from guiji.core.errors import LedgerBroken
from guiji.core.settings import Settings
from guiji.intake import landing, retention
from guiji.pipeline import catalog_proposals, objection_effects
from guiji.publication import class_verification, expiry, verification
from guiji.storage import commits, dataset_files, delta, delta_log, publication_log
from guiji.storage.table_store import TableStore, table_store
from guiji.warehouse import tables, views
from guiji.warehouse.merge_night import NO_VERSION

WITH_FOLDER = ("accepted", "partly", "refused", "trial")
"""Verdicts whose evidence is a folder of the batch."""


class LedgerDelivery(Protocol):
    """What the ledger knows of a delivery."""

    @property
    def batch_id(self) -> str | None:
        """The delivery's batch id, once it is named."""

    @property
    def verdict(self) -> str | None:
        """As `ledger.delivery.Delivery` has it; None = not judged yet."""


class LedgerPublication(Protocol):
    """What the ledger knows of a publication."""

    @property
    def night(self) -> date:
        """Its night."""

    @property
    def manifest_sha256(self) -> str:
        """Hash of its manifest."""


class TraceLine(Protocol):
    """A line of the trace."""

    @property
    def subject(self) -> str:
        """What it is about."""

    @property
    def details(self) -> Mapping[str, Any]:
        """More of it."""


class Ledger(Protocol):
    """What verification asks of the ledger."""

    def verify_chain(self) -> list[str]:
        """Return what is wrong with the trace."""

    def nights(self) -> Iterable[date]:
        """Return the nights that ever began."""

    def publications(self) -> Sequence[LedgerPublication]:
        """Return the publications that were released."""

    def deliveries(self, night: date) -> Sequence[LedgerDelivery]:
        """Return a night's deliveries."""

    def entries(self, kind: str) -> Sequence[TraceLine]:
        """Read the trace's lines of one kind."""


def verify(context: Context) -> list[str]:
    """Return every difference between what is stored and what was recorded.

    Returns:
        Chinese lines, sorted by area; empty = all as recorded.

    Source:
        贵州省企业公共信用信息平台运行管理规则(试行) 第十四, 二十三至二十五条.
    """
    problems = [f"留痕链: {line}" for line in context.ledger.verify_chain()]
    file_problems = _tables(context.settings) + _index_files(context.settings)
    problems += file_problems
    problems += verification.find_problems(context.settings, _expired(context.ledger))
    if not file_problems:
        problems += class_verification.find_problems(context)
    problems += _recorded(context)
    problems += _landing(context.settings)
    problems += archive.differences(context.settings)
    problems += catalog_proposals.problems(context)
    problems += objection_effects.problems(context)
    for entry in context.ledger.entries(archive.TRACE):
        problems += archive.missing(context.settings, entry.subject, entry.details)
    problems += _batches(context)
    if not file_problems:
        problems += _deliveries(context)
    return problems


def _tables(settings: Settings) -> list[str]:
    """Check each Delta table of the warehouse."""
    where = table_store(settings)
    problems = []
    for table in tables.EVERY:
        broken = _log(where, table)
        problems += broken or _files(where, delta.snapshot(where, table))
    if not problems:
        problems += _versions(where)
    return problems


def _log(where: TableStore, table: str) -> list[str]:
    """Follow a table's log: no entry missing, each chained to those before it."""
    problems = []
    try:
        newest = delta.latest(where, table)
    except LedgerBroken as error:
        return [f"提交链 {table}: 提交缺失或损坏 ({error})"]
    for version in range(newest + 1):
        entry = delta_log.log_entry(version)
        if not where.exists(table, entry):
            return [f"提交链 {table}: 第 {version} 个提交缺失"]
        info = delta_log.commit_info(where.read(table, entry))
        chain = info.get(delta_log.CHAIN)
        if chain is not None and chain != delta_log.chain(where, table, version - 1):
            problems.append(f"提交链 {table}: 第 {version} 个提交之前的提交已被改动")
    return problems


def _files(where: TableStore, snapshot: delta.Snapshot) -> list[str]:
    """Compare every live file with the hash that names it, and its rows."""
    problems = []
    for file in snapshot.files:
        shown = f"数据仓库 {snapshot.table}: {file.path}"
        if not where.exists(snapshot.table, file.path):
            problems.append(f"{shown} 缺失")
        elif where.digest(snapshot.table, file.path) != PurePosixPath(file.path).stem:
            problems.append(f"{shown} 已被改动")
        elif where.rows(snapshot.table, file.path) != file.rows:
            problems.append(f"{shown} 行数与提交记录不符")
    return problems


def _versions(where: TableStore) -> list[str]:
    """Compare the versions that are held with those that the merges stored."""
    snapshot = dataset_files.open_records(where)
    data = [f for f in snapshot.files if f.partition["kind"] != dataset_files.ENDED]
    merged = sum(
        number
        for commit in commits.commits(where, snapshot)
        for counts in commit.batches.values()
        for outcome, number in counts.items()
        if outcome not in NO_VERSION
    )
    stored = sum(f.rows for f in data)
    if stored != merged:
        return [f"数据仓库: 现有 {stored} 个版本, 入库记录为 {merged} 个"]
    return []


def _index_files(settings: Settings) -> list[str]:
    """Compare the index of each release with what the release says of it."""
    problems = []
    hashes: dict[Path, str] = {}  # a file can be of many releases
    for release in publication_log.releases(settings):
        for file in release.files:
            path = settings.data / file.path
            if path not in hashes and path.exists():
                hashes[path] = files.sha256_of(path)
            if path not in hashes:
                problems.append(f"公示目录 {release.night}: {file.path} 缺失")
            elif hashes[path] != file.sha256:
                problems.append(f"公示目录 {release.night}: {file.path} 已被改动")
    return problems


def _recorded(context: Context) -> list[str]:
    """Compare the releases with those that the ledger has recorded."""
    released = {
        (r.night, r.manifest_sha256) for r in publication_log.releases(context.settings)
    }
    recorded = {(p.night, p.manifest_sha256) for p in context.ledger.publications()}
    return [
        f"公示 {night}: 发布记录与台账不符"
        for night in sorted({night for night, _ in released ^ recorded})
    ]


def _batches(context: Context) -> list[str]:
    """Compare the folders of batches with those that the ledger names."""
    delivered = [
        d for night in context.ledger.nights() for d in context.ledger.deliveries(night)
    ]
    named = {d.batch_id for d in delivered}
    judged = {str(d.batch_id) for d in delivered if d.verdict in WITH_FOLDER}
    here = context.settings.batches
    folders = {p.name for p in (here.iterdir() if here.exists() else ()) if p.is_dir()}
    missing = [f"批次 {name}: 台账有记录，文件夹缺失" for name in judged - folders]
    strange = {name for name in folders - named if not name.startswith(".")}
    return sorted([*missing, *(f"批次 {name}: 台账中无此批次" for name in strange)])


def _expired(ledger: Ledger) -> frozenset[date]:
    """Name the nights whose full files of publication were removed on time."""
    traced = ledger.entries(expiry.PUBLICATION)
    return frozenset(date.fromisoformat(entry.subject) for entry in traced)


def _landing(settings: Settings) -> list[str]:
    """Compare the original bytes of every delivery with the hash that names them."""
    return [
        f"原始文件: {path.parent.name} 已被改动"
        for path in sorted(settings.landing.glob("??/*/original"))
        if files.sha256_of(path) != path.parent.name
    ]


def _deliveries(context: Context) -> list[str]:
    """Compare the warehouse with the ledger, and each delivery with its rows."""
    problems = []
    with views.connect(context) as connection:
        rows = connection.execute(
            "select night, batch_id, sha256, verdict from deliveries order by all"
        ).fetchall()
        counts = connection.execute(
            "select batch_id, rows_read, rows_accepted, rows_quarantined, "
            "(select count(*) from quarantine where quarantine.batch_id = d.batch_id "
            "and quarantine.night = d.night "
            "and quarantine.source_row is not null) as held, night "
            "from deliveries as d where verdict in ('accepted', 'partly') order by all"
        ).fetchall()
        replayed = connection.execute(
            "select night, batch_id, count(*) from resolutions "
            "where how = 'replayed' and by_batch = batch_id group by all order by all"
        ).fetchall()
    where = table_store(context.settings)
    done = commits.commits(where, dataset_files.open_records(where))
    for night in [c.night for c in done]:
        stored = {r[1] for r in rows if r[0] == night and r[3] != "duplicate"}
        recorded = {
            d.batch_id
            for d in context.ledger.deliveries(night)
            if d.verdict != "duplicate"
            and (d.verdict != "set_aside" or d.batch_id in stored)  # after the commit
        }
        problems += [
            f"报送 {night}: {batch} 只在{'仓库' if batch in stored else '台账'}中有记录"
            for batch in sorted(stored ^ recorded, key=str)
        ]
    problems += _outcomes(done, counts)
    problems += _replayed(done, replayed)
    expired = {entry.subject for entry in context.ledger.entries(retention.TRACE)}
    problems += [
        f"报送 {row[1]}: 原始文件 {row[2]} 缺失"
        for row in rows
        if row[2]
        and row[2] not in expired
        and not landing.original(context.settings, row[2]).exists()
    ]
    return problems


def _outcomes(
    done: Sequence[commits.Commit],
    counts: Sequence[tuple[str, int, int, int, int, date]],
) -> list[str]:
    """Every row that was read is merged or in quarantine."""
    merged = _merged(done)
    problems = []
    for batch, read, accepted, quarantined, in_quarantine, night in counts:
        if read != accepted + quarantined or quarantined != in_quarantine:
            problems.append(f"报送 {batch}: 读取、接收与隔离行数不符")
        if accepted != merged.get((night, batch), 0):
            problems.append(f"报送 {batch}: 接收行数与入库行数不符")
    return problems


def _replayed(
    done: Sequence[commits.Commit], counts: Sequence[tuple[date, str, int]]
) -> list[str]:
    """Every row of the quarantine that was closed by itself is merged."""
    merged = _merged(done)
    return [
        f"报送 {batch}: {night} 重新校验接收 {closed} 行，入库 "
        f"{merged.get((night, batch), 0)} 行"
        for night, batch, closed in counts
        if closed != merged.get((night, batch), 0)
    ]


def _merged(done: Sequence[commits.Commit]) -> dict[tuple[date, str], int]:
    """Count the delivered rows that each merge took in: (night, batch id) -> rows."""
    return {
        (commit.night, batch): sum(
            n for outcome, n in counts.items() if outcome != "absent"
        )
        for commit in done
        for batch, counts in commit.batches.items()
    }
