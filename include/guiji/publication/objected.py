"""What objections (异议) change of a publication.

A record whose objection is upheld is not shown until it is corrected. While an
objection is being handled its record stays on show; where the catalogue says so
(`objections.mark`), a file beside the full files names it. The lines themselves stay as
they are: a mark in them would be a change of the record.

Source: 阳府〔2018〕60号 第二十五至二十七条 (YJ10).
"""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from guiji.context import NightContext
from guiji.core import files
from guiji.domain.objections import Objection, State
from guiji.engine.base import Engine
from guiji.engine.sql import literal
from guiji.ledger import objections
from guiji.publication.manifest import Entry
from guiji.publication.release_tables import COLUMNS
from guiji.storage.publication_log import OBJECTION_UPHELD, Release, StoredFile
from guiji.warehouse import release_index

KIND = "objections"
"""Kind of an entry of the manifest, and the folder of its file."""

HEADINGS = ("记录标识", "数据目录", "异议编号", "受理日期", "标注")
HANDLED = frozenset({State.ACCEPTED, State.PROVIDER_ASKED, State.ANSWERED})
MARKED = "异议处理中"
ROWS = "on_show_tonight"


def upheld(context: NightContext) -> dict[str, set[str]]:
    """Return the records that are not shown: dataset -> record ids.

    These are the records of which an objection was upheld by the end of the night, and
    that are not corrected yet.
    """
    records: dict[str, set[str]] = {}
    for objection in _standing(context):
        if objection.awaits_correction:
            records.setdefault(objection.dataset, set()).add(objection.record_id)
    return records


def affected(
    context: NightContext, since: Release, off: Mapping[str, Collection[str]]
) -> dict[str, set[str]]:
    """Return records whose line may be another one because of objections.

    These are the records that are not shown tonight, and those that the index of the
    last release has ever withheld for an objection: dataset -> record ids.

    Args:
        context: settings and catalogue.
        since: the last release.
        off: the records that are not shown tonight, see `upheld`.
    """
    if context.catalog.jurisdiction.objections is None:
        return {}
    records = {dataset: {*ids} for dataset, ids in off.items()}
    reason = [("reason", "=", OBJECTION_UPHELD)]
    for file in since.index(context.settings, "withheld"):
        path = context.settings.data / file.path
        rows = pq.read_table(path, columns=["dataset", "record_id"], filters=reason)
        for row in rows.to_pylist():
            records.setdefault(row["dataset"], set()).add(row["record_id"])
    return records


def write_marks(
    engine: Engine,
    context: NightContext,
    staging: Path,
    channels: dict[str, tuple[Entry, ...]],
    index: Sequence[StoredFile],
) -> dict[str, tuple[Entry, ...]]:
    """Write for each channel which lines on show are objected to, if that is to be.

    Args:
        engine: gets the index of the release.
        context: settings, catalogue, ledger and night.
        staging: folder of the publication.
        channels: channel -> its files so far.
        index: files of the index of what is on show.

    Returns:
        Channel -> its files, with the one of marks.
    """
    rules = context.catalog.jurisdiction.objections
    if rules is None or not rules.mark:
        return channels
    paths = [str(context.settings.data / file.path) for file in index]
    release_index.bind_rows(engine, ROWS, "published", paths, COLUMNS["published"])
    handled = {o.record_id: o for o in _standing(context) if o.state in HANDLED}
    listed = ", ".join(literal(record) for record in sorted(handled)) or "null"
    rows = engine.fetch(
        f"select distinct channel, record_id from {ROWS} "
        f"where record_id in ({listed}) and {release_index.ON_SHOW} "
        "order by channel, record_id"
    ).to_pylist()
    marked = {}
    for channel, entries in channels.items():
        shown = [row["record_id"] for row in rows if row["channel"] == channel]
        marks = _write(context, staging, channel, [handled[r] for r in shown])
        marked[channel] = (*entries, marks)
    return marked


def _write(
    context: NightContext, staging: Path, channel: str, shown: list[Objection]
) -> Entry:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS)
    for objection in shown:
        dataset = context.catalog.datasets[objection.dataset].title
        number, received = objection.number, str(objection.received_on)
        writer.writerow((objection.record_id, dataset, number, received, MARKED))
    file = f"{KIND}/{channel}.csv"
    files.write_text(staging / file, text.getvalue())
    digest = files.sha256_of(staging / file)
    return Entry(file, KIND, KIND, len(shown), digest)


def _standing(context: NightContext) -> Iterator[Objection]:
    """Yield the objections as they stood at the end of the night, by number."""
    if context.catalog.jurisdiction.objections is None:
        return
    for objection in objections.every(context.ledger):
        if standing := objection.until(context.night):
            yield standing
