"""Write the files of one dataset: full and delta for each channel."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import SubjectClass
from guiji.context import NightContext
from guiji.core import files
from guiji.core.settings import Settings
from guiji.engine.base import Engine
from guiji.engine.sql import empty, literal, name, statement
from guiji.publication import publishable_rows, withholding
from guiji.publication.delta_check import CHANGE
from guiji.publication.manifest import Entry
from guiji.publication.publishable_rows import RECORD_ID


@dataclass(frozen=True)
class Loss:
    """What a department loses of a dataset tonight, in lines."""

    department: str
    dataset: str
    had: int
    lost: int


def bind_lines(engine: Engine, context: NightContext, dataset: Dataset) -> list[Loss]:
    """Create `line_of_class`: what a dataset shows tonight, with `subject_class`.

    `held_back` and `standing` say what it does not show. `line` is what one set of
    channels shows of it, see `show_classes`.

    Args:
        engine: the warehouse's views, and the relations of `assemble`.
        context: settings, where the SQL models are; catalogue, terms, code lists and
            channels; night, the night published.
        dataset: the catalogue entry.

    Returns:
        What each department loses.
    """
    publishable_rows.bind_candidates(engine, context.catalog, dataset, context.night)
    publishable_rows.bind_shown_classes(engine, context.catalog, dataset)
    model = statement(context.settings, "publication/standing")
    engine.keep("standing", model, {"night": context.night})
    withholding.bind_held_back(engine, context, dataset)
    _bind_shown(engine, dataset)
    engine.view("line", "select * from line_of_class")
    model = statement(context.settings, "publication/losses")
    losses = engine.fetch(model, {"dataset_id": dataset.id})
    return [
        Loss(row["owner"], dataset.id, row["had"], row["lost"])
        for row in losses.to_pylist()
    ]


def _bind_shown(engine: Engine, dataset: Dataset) -> None:
    """Create `line_of_class` from the records on show, without those held back."""
    titles = "".join(
        f", {name(item.title)}" for item in publishable_rows.public_items(dataset)
    )
    heading = literal(chr(31).join(publishable_rows.headings(dataset)))
    text = f"concat_ws(chr(31) {titles})"
    engine.keep(
        "line_of_class",
        f"""
        select candidate.record_id, version_id, subject_class {titles},
            left(sha256({heading} || chr(30) || {text}), 32) as line_hash
        from candidate
        inner join standing on candidate.record_id = standing.record_id
        where standing = 'shown' and not exists (
            select 1 from held_back where held_back.record_id = candidate.record_id
        )
        """,
    )


def show_classes(engine: Engine, classes: Collection[SubjectClass]) -> None:
    """Define the view `line` of the lines about some classes of subjects."""
    listed = ", ".join(
        literal(subject_class.value) for subject_class in sorted(classes)
    )
    engine.view(
        "line", f"select * from line_of_class where subject_class in ({listed})"
    )


def bind_no_lines(engine: Engine, headings: list[str]) -> None:
    """Create `line` without rows: what was shown under these headings goes off."""
    columns = ["record_id", "version_id", *headings[:-1], "line_hash"]
    engine.keep("line", empty(dict.fromkeys(columns, "varchar")))


def write_channels(
    engine: Engine,
    settings: Settings,
    staging: Path,
    dataset: str,
    channels: list[str],
    headings: list[str],
) -> dict[str, tuple[Entry, Entry]]:
    """Write full and delta of `line` for each channel.

    Returns:
        Channel -> its full and its delta file.
    """
    first = staging / "full" / channels[0] / f"{dataset}.csv"
    number = _write_full(engine, first, headings)
    written = {}
    for channel in channels:
        full = staging / "full" / channel / f"{dataset}.csv"
        if full != first:
            files.link_or_copy(first, full)
        delta = staging / "delta" / channel / f"{dataset}.csv"
        parameters = {"channel_id": channel, "dataset_id": dataset}
        model = statement(settings, "publication/delta")
        engine.keep("delta", model, parameters)
        changed = _write_delta(engine, delta, headings)
        written[channel] = (
            _entry(staging, full, dataset, "full", number),
            _entry(staging, delta, dataset, "delta", changed),
        )
    return written


def _write_full(engine: Engine, path: Path, headings: list[str]) -> int:
    listed = "".join(f"nullif({name(h)}, '') as {name(h)}, " for h in headings[:-1])
    query = f"select {listed} record_id as {name(RECORD_ID)} from line"
    return _write(engine, query, path)


def _write_delta(engine: Engine, path: Path, headings: list[str]) -> int:
    """Write what changes; a line that is taken off shows nothing but its id."""
    listed = "".join(
        f"nullif(line.{name(h)}, '') as {name(h)}, " for h in headings[:-1]
    )
    query = f"""
        select delta.change_kind as {name(CHANGE)}, {listed}
            delta.record_id as {name(RECORD_ID)}
        from delta left join line on delta.record_id = line.record_id
    """
    return _write(engine, query, path)


def _write(engine: Engine, query: str, path: Path) -> int:
    with files.replacing(path) as temporary:
        return engine.write_csv(f"{query} order by {name(RECORD_ID)}", temporary)


def _entry(staging: Path, path: Path, dataset: str, kind: str, rows: int) -> Entry:
    return Entry(
        file=path.relative_to(staging).as_posix(),
        dataset=dataset,
        kind=kind,
        rows=rows,
        sha256=files.sha256_of(path),
    )
