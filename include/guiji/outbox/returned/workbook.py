"""Giving a delivery back: whether, under which name, and made only once.

`<original stem>.退回.xlsx` lies beside the receipts whenever rows of a file that could
be read were not taken. A file that could not be read at all, or whose headings are not
the catalogue's, has no rows to mark: its receipt says everything.

Source: 2-contract.md, receipt.
"""

import fcntl
import json
import logging
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from guiji.catalog.model import Catalog
from guiji.context import Context
from guiji.core import files
from guiji.core.errors import BatchRefused
from guiji.ledger.delivery import Delivery
from guiji.outbox import receipts
from guiji.outbox.returned.batch_summary import BatchSummary
from guiji.outbox.returned.findings_view import COLUMNS
from guiji.outbox.returned.job import MARKED, PLAIN, Job
from guiji.reading import limits, returned
from guiji.reading.layout import OPERATION
from guiji.reading.processes import children, slots
from guiji.reading.result import Reading

log = logging.getLogger(__name__)

SUFFIX = ".退回.xlsx"
TRIED = {"partly": "预检：部分行不合格", "refused": "预检：整批不合格"}
"""Verdicts on a file that was checked by hand, without a batch."""

NOTE = "returned.json"
"""Beside the text table: what was given back, so that it is made only once."""

WAYS = {"xlsx": (MARKED, PLAIN)}
"""Kind of a file -> ways to give it back, the better first; the others have no own
workbook that could be marked."""


@dataclass(frozen=True)
class AnsweredDelivery:
    """A delivery and what was made of it.

    Attributes:
        delivery: with verdict and counts.
        findings: `schemas.FINDINGS` of the batch.
        reading: how the file was read; None = it was not.
        text: its text table, in the batch's folder.
        original: the bytes as delivered.
        refusal: why the whole was refused.
        due_by: last day on which the corrected rows are in time.
    """

    delivery: Delivery
    findings: pa.Table
    reading: Reading | None
    text: Path
    original: Path
    refusal: BatchRefused | None = None
    due_by: date | None = None


def write(context: Context, judged: AnsweredDelivery) -> Path | None:
    """Write the returned workbook of a checked delivery beside its receipts.

    Called again for the same verdict it only tells the path.

    Args:
        context: settings, where the outbox and the places for processes are; catalogue,
            titles, contact, limits.
        judged: the delivery.

    Returns:
        The path; None if nothing was put away, the file was not read, or no workbook
        could be made, which is logged and hinders nothing.
    """
    if judged.reading is None or not is_due(judged):
        return None
    delivery, note = judged.delivery, judged.text.with_name(NOTE)
    folder = receipts.outbox(context.settings, delivery.department, delivery.night)
    about = described(context.catalog, judged)
    told = files.read_json(note) if note.exists() else {}
    if told.get("about") == _plain(about) and (folder / told["file"]).exists():
        return folder / str(told["file"])
    with _made(context, judged, judged.reading, about) as made:
        if made is None:
            return None
        (folder / delivery.answer_name).parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            path = _free(folder, delivery, about.batch_id)
            _copy(made, path)
    beside = str(path.relative_to(folder))
    files.write_json(note, {"file": beside, "about": _plain(about)})
    return path


def write_to(path: Path, context: Context, judged: AnsweredDelivery) -> Path | None:
    """Write the same workbook to a path of one's own; see `write`."""
    if judged.reading is None or not is_due(judged):
        return None
    about = described(context.catalog, judged)
    with _made(context, judged, judged.reading, about) as made:
        if made is None:
            return None
        _copy(made, path)
    return path


def name(answer_name: str) -> str:
    """Name the returned workbook of a delivery after its file."""
    usual = PurePosixPath(answer_name)
    return str(usual.with_name(f"{usual.stem}{SUFFIX}"))


def is_due(judged: AnsweredDelivery) -> bool:
    """Return whether a delivery has rows to be given back."""
    delivery = judged.delivery
    was_read = judged.reading is not None and delivery.verdict != "duplicate"
    return was_read and delivery.rows.quarantined > 0


def described(catalog: Catalog, judged: AnsweredDelivery) -> BatchSummary:
    """Return what the summary of a checked delivery needs."""
    delivery, refusal = judged.delivery, judged.refusal
    dataset = catalog.datasets.get(delivery.dataset or "")
    here = catalog.jurisdiction
    return BatchSummary(
        batch_id=delivery.batch_id or delivery.delivery_id,
        facts=_facts(catalog, delivery, judged.due_by),
        refusal=(refusal.notice, refusal.remedy) if refusal else (),
        trial=delivery.trial or delivery.batch_id is None,
        full=dataset is not None and dataset.delivery == "full",
        contact=(here.platform, here.contact),
    )


def _facts(
    catalog: Catalog, delivery: Delivery, due_by: date | None
) -> list[tuple[str, str]]:
    department = catalog.departments.get(delivery.department)
    dataset = catalog.datasets.get(delivery.dataset or "")
    rows = delivery.rows
    counts = f"读取 {rows.read} 行，合格 {rows.accepted} 行，退回 {rows.quarantined} 行"
    facts = [
        ("报送单位", department.title if department else delivery.department),
        ("报送文件", delivery.source_file),
        ("数据目录", dataset.title if dataset else "未能识别"),
        ("批次编号", delivery.batch_id or "无（预检，未报送）"),
        ("夜次", f"{delivery.night}（接收于 {delivery.received_at:%Y-%m-%d %H:%M}）"),
        ("处理结果", _verdict(delivery)),
        ("行数", counts),
    ]
    if due_by is not None:
        facts.append(("更正期限", f"请于 {due_by} 前更正并重新报送"))
    return [*facts, ("目录版本", delivery.catalogue_version or catalog.version)]


def _verdict(delivery: Delivery) -> str:
    verdict = delivery.verdict or "refused"
    return receipts.VERDICTS[verdict] if delivery.batch_id else TRIED[verdict]


def _plain(about: BatchSummary) -> object:
    """Return it as a JSON file gives it back."""
    return json.loads(json.dumps(about.to_json()))


def _copy(target: Path, path: Path) -> None:
    with files.replacing(path) as temporary:
        shutil.copyfile(target, temporary)


@contextmanager
def _made(
    context: Context, judged: AnsweredDelivery, reading: Reading, about: BatchSummary
) -> Iterator[Path | None]:
    """Yield the workbook in a folder that is removed afterwards; None if none is made.

    A process of its own makes it: marked if it can be, else plain.
    """
    dataset = context.catalog.datasets[reading.dataset]
    bounds = limits.returning(limits.of([dataset]))
    places = slots.folder(context.settings.data / ".reading")
    folder = judged.text.parent
    with tempfile.TemporaryDirectory(prefix=".returned-", dir=folder) as scratch:
        job = Job(
            original=judged.original,
            text=judged.text,
            findings=Path(scratch) / "findings.parquet",
            out=Path(scratch) / "returned.xlsx",
            scratch=Path(scratch),
            about=about,
            reading=reading,
            titles={i.id: i.title for i in dataset.items} | {OPERATION: "操作"},
            instant=judged.delivery.received_at,
        )
        pq.write_table(judged.findings.select(COLUMNS), job.findings)
        ways = WAYS.get(reading.kind, (PLAIN,))
        asked = (job.line(way, bounds, places) for way in ways)
        yield job.out if any(map(_done, asked)) else None


def _done(task: str) -> bool:
    """Have a job done; return whether it was, log why if it was not."""
    ended = children.ask(task)
    if ended is None:
        log.warning("returned workbook: not made, the server of processes ended")
        return False
    answer = json.loads(ended.said) if ended.code == os.EX_OK else {}
    if "made" not in answer:
        why = answer.get("failed", f"its process ended with {ended.code}")
        log.warning("returned workbook: not made: %s", why)
        return False
    log.info(
        "returned workbook: %s, %.2f CPU seconds, at most %d MiB",
        answer["made"],
        ended.cpu_seconds,
        ended.peak_bytes // limits.MIB,
    )
    return True


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold a lock for choosing a name in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _free(folder: Path, delivery: Delivery, batch_id: str) -> Path:
    """Choose a name that no other batch has: a.csv and a.xls have the same stem."""
    usual = folder / name(delivery.answer_name)
    if not usual.exists() or _batch_of(usual) == batch_id:
        return usual
    return folder / f"{delivery.answer_name}{SUFFIX}"


def _batch_of(path: Path) -> str | None:
    """Return which batch a workbook of ours gives back."""
    try:
        with zipfile.ZipFile(path) as file:
            return returned.batch_of(file.read("docProps/custom.xml"))
    except (zipfile.BadZipFile, KeyError):
        return None
