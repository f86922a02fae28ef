"""Bind what one dataset shows tonight, and what departments lose of it."""

from collections.abc import Collection
from dataclasses import dataclass

from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import SubjectClass
from guiji.context import NightContext
from guiji.engine.base import Engine
from guiji.engine.sql import empty, literal, name, statement
from guiji.publication import publishable_rows, withholding
from guiji.storage import publication_log


@dataclass(frozen=True)
class Loss:
    """What a department loses of a dataset tonight, in lines."""

    department: str
    dataset: str
    had: int
    lost: int


def bind_candidates(engine: Engine, context: NightContext, dataset: Dataset) -> None:
    """Create `candidate` and `standing` of records, and `shown_line` of those on show.

    `shown_line` has the texts of a line, also of one that reveals a person.

    Args:
        engine: holds the dataset's view.
        context: as of `bind_lines`.
        dataset: the catalogue entry.
    """
    publishable_rows.bind_candidates(engine, context.catalog, dataset, context.night)
    publishable_rows.bind_shown_classes(engine, context.catalog, dataset)
    judged = statement(context.settings, "publication/standing")
    listed = "record_id, version_id, owner, term_ends_on, subject_class, standing"
    query = f"select {listed} from ({judged}) as judged"
    engine.keep("standing", query, {"night": context.night})
    engine.view("candidate", "select * from standing")
    _keep_shown(engine, context.catalog, dataset)


def _keep_shown(engine: Engine, catalog: Catalog, dataset: Dataset) -> None:
    """Create `shown_line`; texts are written for the records on show alone."""
    titles = "".join(
        f", {name(item.title)}" for item in publishable_rows.public_items(dataset)
    )
    heading = literal(chr(31).join(publishable_rows.headings(dataset)))
    text = f"{heading} || chr(30) || concat_ws(chr(31) {titles})"
    engine.keep(
        "shown_line",
        f"""
        select *, left(sha256({text}), 32) as line_hash
        from (
            select record.record_id, record.version_id, record.owner,
                shown.term__ends_on as term_ends_on,
                shown.subject__class as subject_class
                {publishable_rows.texts(catalog, dataset)}
            from {name(dataset.id)} as record
            inner join (
                select record_id as record__id, term_ends_on as term__ends_on,
                    subject_class as subject__class
                from standing where standing = 'shown'
            ) as shown on record.record_id = shown.record__id
        ) as written
        """,
    )


def bind_lines(
    engine: Engine, context: NightContext, dataset: Dataset, upheld: Collection[str]
) -> list[Loss]:
    """Create `line_of_class`: what a dataset shows tonight, with `subject_class`.

    `held_back` and `standing` say what it does not show. `line` is what one set of
    channels shows of it, see `show_classes`.

    Args:
        engine: holds what `bind_candidates` creates, and the last release's index.
        context: settings, where the SQL models are; catalogue, terms, code lists and
            channels; night, the night published.
        dataset: the catalogue entry.
        upheld: records that are not shown because an objection is upheld.

    Returns:
        What each department loses, of the candidates.
    """
    withholding.bind_held_back(engine, context, dataset, upheld)
    engine.view(
        "line_of_class",
        "select * from shown_line where not exists (select 1 from held_back "
        "where held_back.record_id = shown_line.record_id)",
    )
    engine.view("line", "select * from line_of_class")
    model = statement(context.settings, "publication/losses")
    parameters = {
        "dataset_id": dataset.id,
        "objection": publication_log.OBJECTION_UPHELD,
    }
    losses = engine.fetch(model, parameters)
    return [
        Loss(row["owner"], dataset.id, row["had"], row["lost"])
        for row in losses.to_pylist()
    ]


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
    texts = ["record_id", "version_id", "owner", *headings[:-1], "line_hash"]
    columns = dict.fromkeys(texts, "varchar") | {"term_ends_on": "date"}
    engine.keep("line", empty(columns))
