"""Names that an item or a dataset cannot have, because the platform uses them itself.

An item becomes a column beside the platform's own, a dataset becomes a view beside the
platform's own, so a catalogue that used one of these names would stop every night in
the merge. All of them are listed here and nowhere else; a test compares the lists with
the columns and relations that are really made.
"""

from collections.abc import Iterator

from guiji.catalog.model import Dataset, Item
from guiji.catalog.source import Place, Problem, Source
from guiji.catalog.vocabulary import ItemType
from guiji.core.schemas import TEXT_COLUMNS, VERSION_COLUMNS

TYPED_COLUMNS = frozenset({"row_id", "key_repeats", "key_copies", "is_restoring"})
"""Columns that parsing adds to every row, beside those of `VERSION_COLUMNS`."""

CHECKED_COLUMNS = frozenset({"check_night"})
"""Columns that the check adds, beside those with `BETWEEN` in their names."""

STORED_COLUMNS = frozenset(
    {
        *("row_id", "superseded_night", "kind", "bucket"),
        *("record_number", "record_rest", "content_number"),
    }
)
"""Columns of the table `records` beside those of `VERSION_COLUMNS`."""

DERIVED_COLUMNS = frozenset(
    {"opening", "term_ends_on", "severity_class", "grade", "content"}
)
"""Columns that the views add to every record."""

COLUMNS = (
    frozenset(TEXT_COLUMNS.names)
    | frozenset(VERSION_COLUMNS.names)
    | TYPED_COLUMNS
    | CHECKED_COLUMNS
    | STORED_COLUMNS
    | DERIVED_COLUMNS
)
"""Ids that no item may have; the two items of the subject may be called as theirs."""

SUBJECT_COLUMNS = {"uscc": "uscc", "enterprise_name": "name"}
"""Column of `VERSION_COLUMNS` -> the key of `subject` whose item may have this id."""

VIEWS = frozenset(
    {
        *("records", "history", "enterprises", "identifiers", "links", "registration"),
        *("deliveries", "findings", "resolutions", "breaches", "published"),
        *("withheld", "quarantine", "open_findings", "put_away", "standing_findings"),
    }
)
"""Views through which the warehouse is read."""

WORKING_RELATIONS = frozenset(
    {
        *("absent", "archive", "bad", "batch", "candidate", "channel", "delta"),
        *("dropped", "ended", "every", "held", "held_back", "incoming", "index"),
        *("line", "line_text", "odd", "outcome", "past", "placed", "present", "seen"),
        *("staged", "standing", "stated", "superseded", "taken", "tonight", "typed"),
        *("version", "waiting", "delivery_terms", "file_after", "file_before"),
        *("file_delta", "overdue", "published_before", "published_ever"),
        *("due_days", "duties", "shown_class", "indexed", "withheld_before"),
        *("shown", "touched", "tonight_rows", "line_of_class"),
        *("judged", "late", "lapsed", "silent", "earlier", "republished"),
        *("newly_due", "first_seen", "period_breaches", "shown_line"),
        *("indexed_base", "indexed_changes", "change_due_days", "late_changes"),
        *("list_datasets", "repaired", "affected", "dataset_title"),
    }
)
"""Relations that stages make while they work, in a database that has the views."""

KEYWORDS = frozenset(
    {
        *("all", "analyse", "analyze", "and", "any", "array", "as", "asc"),
        *("asymmetric", "between", "both", "by", "case", "cast", "check"),
        *("collate", "column", "constraint", "create", "cross", "current_date"),
        *("current_time", "current_timestamp", "current_user", "default"),
        *("deferrable", "delete", "desc", "describe", "distinct", "do", "drop"),
        *("else", "end", "except", "exists", "false", "fetch", "for", "foreign"),
        *("from", "full", "grant", "group", "having", "in", "initially", "inner"),
        *("insert", "intersect", "into", "is", "join", "lambda", "lateral"),
        *("leading", "left", "like", "limit", "natural", "not", "null", "offset"),
        *("on", "only", "or", "order", "outer", "overlaps", "pivot"),
        *("pivot_longer", "pivot_wider", "placing", "primary", "qualify"),
        *("references", "returning", "revoke", "right", "select", "session_user"),
        *("show", "similar", "some", "summarize", "symmetric", "table", "then"),
        *("to", "trailing", "true", "union", "unique", "unpivot", "update"),
        *("user", "using", "values", "variadic", "when", "where", "window", "with"),
    }
)
"""Reserved words of SQL: of DuckDB, PostgreSQL and Spark."""

BETWEEN = "__"
"""What parts an item's id from the kind of a column that is derived from it."""

RESERVED_TITLES = frozenset({"操作", "操作类型", "记录标识", "变更类型", "退回原因"})
"""Headings that deliveries, returned workbooks and publications have of themselves."""


def check(dataset: Dataset, source: Source) -> Iterator[Problem]:
    """Find ids and headings of a dataset that the platform cannot use."""
    if dataset.id in VIEWS | WORKING_RELATIONS | KEYWORDS:
        what = f"{dataset.id!r} is the name of a table of the platform or a word of SQL"
        remedy = f"rename the file, e.g. {dataset.id}_list.yml"
        yield source.problem((), what, remedy)
    subject = {
        column: getattr(dataset.subject, key) for column, key in SUBJECT_COLUMNS.items()
    }
    if dataset.item(dataset.subject.uscc).type is not ItemType.USCC:
        subject["uscc"] = "uscc"  # told already: the subject names the wrong item
    for number, item in enumerate(dataset.items):
        place: Place = ("items", number, "id")
        if why := _unusable(item, is_subject=subject.get(item.id) == item.id):
            remedy = f"give it another id, e.g. {_other_id(item.id)!r}"
            yield source.problem(place, f"item {item.id!r} {why}", remedy)
        for heading in (item.title, *item.aliases):
            if heading in RESERVED_TITLES:
                inside = [p for p in source.places(heading) if p[:2] == place[:2]]
                what = f"item {item.id}: {heading!r} is a heading of the platform"
                yield source.problem(inside[0], what, "give it another title")


def _unusable(item: Item, *, is_subject: bool) -> str | None:
    if item.id in COLUMNS and not is_subject:
        return "has the name of a column of the platform"
    if item.id in KEYWORDS:
        return "is a reserved word of SQL"
    if BETWEEN in item.id or item.id.endswith("_"):
        return "looks like a derived column (`__`, or `_` at the end)"
    return None


def _other_id(name: str) -> str:
    parts = [part for part in name.split("_") if part]
    return f"{'_'.join(parts)}_item" if name == "_".join(parts) else "_".join(parts)
