"""Undecided openings (待定): to whom each was referred, and what was answered.

Data whose opening is undecided is collected and not published. Each referral and each
answer is a line of the trace with a person's name; the office that is to decide, where
it is a unit of the catalogue, has the list in its outbox. The answer changes nothing by
itself: it gives the change to be proposed.

Source: 筑府办发〔2016〕39号 三(三)7 (GY7, GY9).
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from guiji.context import Context
from guiji.core import business_date, files
from guiji.core.errors import UsageError
from guiji.pipeline import stage_lock
from guiji.pipeline.stage_lock import exclusive

if TYPE_CHECKING:
    from guiji.catalog.model import Catalog

REFERRED = "opening_referred"
ANSWERED = "opening_answered"
STATES = {REFERRED: "referred", ANSWERED: "answered"}
"""Kind of a line of the trace -> state of the opening after it."""

LIST = "待定开放属性.csv"
HEADINGS = (
    *("编号", "数据集", "信息项", "提供单位", "依据", "文件用语", "状态"),
    *("报请单位", "报请时间", "报请人", "报请理由"),
)


@dataclass
class Opening:
    """The opening of a dataset, or of one of its items, that is or was undecided.

    Attributes:
        place: id of the dataset, or `<dataset>.<item>`.
        title: of the dataset.
        item: title of the item; None = the whole dataset.
        providers: titles of the units that deliver it.
        legal_basis: of the dataset.
        level: open level in the catalogue of today.
        acts: who did what and when: `state`, `by`, `why`, `at`; `to` of a referral,
            `level` of an answer.
    """

    place: str
    title: str
    item: str | None
    providers: list[str]
    legal_basis: str
    level: str
    acts: list[dict[str, str]] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Whether it is undecided, referred or answered; decided = not pending now."""
        if self.level != "pending":
            return "decided"
        return self.acts[-1]["state"] if self.acts else "undecided"

    @property
    def office(self) -> str | None:
        """The office to which it was referred last."""
        return next((a["to"] for a in reversed(self.acts) if "to" in a), None)


def catalogue_openings() -> list[dict[str, Any]]:
    """List openings that are undecided, and those that were and were referred.

    Returns:
        Each as `Opening`, with its `state`, in the order of the catalogue.
    """
    openings = _openings(Context.current()).values()
    return [asdict(opening) | {"state": opening.state} for opening in openings]


def catalogue_openings_list() -> str:
    """Return the openings that wait for a decision as CSV, for those who decide."""
    openings = _openings(Context.current()).values()
    return _csv([x for x in openings if x.level == "pending"])


@exclusive
def catalogue_refer(place: str, to: str, by: str, why: str) -> dict[str, Any]:
    """Refer an undecided opening to the office that is to decide.

    Args:
        place: id of the dataset, or `<dataset>.<item>`.
        to: the office: id or name of a unit of the catalogue, or any other title.
        by: who refers it.
        why: the question, or the reason.

    Returns:
        The opening as it is then.

    Raises:
        UsageError: nothing undecided is called so, or a word is missing.
    """
    from guiji.pipeline.batch.signatures import signature

    context = stage_lock.current()
    opening = _pending(context, place)
    by, why = signature(by, why)
    if not to.strip():
        raise UsageError("--to must name the office that is to decide")
    unit = _unit(context.catalog, to)
    title = context.catalog.departments[unit].title if unit else to.strip()
    previous = opening.office
    _trace(context, REFERRED, place, {"to": title, "by": by, "why": why})
    for office in {title, previous} - {None}:
        _list(context, str(office))
    return _one(context, place)


@exclusive
def catalogue_answer(place: str, level: str, by: str, why: str) -> dict[str, Any]:
    """Record what the office answered about an opening that was referred to it.

    Args:
        place: id of the dataset, or `<dataset>.<item>`.
        level: the open level: public, authorised, gov_only or none.
        by: who answers for the office.
        why: its reason, or the number of its letter.

    Returns:
        The opening as it is then, and `change`: a proposal that puts it into force.

    Raises:
        UsageError: nothing undecided is called so, it was referred to nobody, or there
            is no such level.
    """
    from guiji.catalog.vocabulary import OpenLevel
    from guiji.pipeline.batch.signatures import signature

    levels = [x.value for x in OpenLevel if x is not OpenLevel.PENDING]
    if level not in levels:
        raise UsageError(f"no open level {level!r}; use {', '.join(levels)}")
    context = stage_lock.current()
    opening = _pending(context, place)
    if opening.state != "referred" or opening.office is None:
        raise UsageError(f"{place} waits for no answer: it is {opening.state}")
    by, why = signature(by, why)
    _trace(context, ANSWERED, place, {"level": level, "by": by, "why": why})
    _list(context, opening.office)
    return _one(context, place) | {"change": _change(context, place, level, why)}


def _openings(context: Context) -> dict[str, Opening]:
    catalog = context.catalog
    acts: dict[str, list[dict[str, str]]] = {}
    here = f"{context.settings.jurisdiction}/"
    lines = [e for kind in STATES for e in context.ledger.entries(kind)]
    for entry in sorted(lines, key=lambda e: e.seq):
        if entry.subject.startswith(here):
            act = {"state": STATES[entry.kind], "at": entry.at, **entry.details}
            acts.setdefault(entry.subject.removeprefix(here), []).append(act)
    openings = {x.place: x for x in _levels(catalog)}
    for place, opening in openings.items():
        opening.acts = acts.get(place, [])
    return {p: o for p, o in openings.items() if o.acts or o.level == "pending"}


def _levels(catalog: "Catalog") -> Iterator[Opening]:
    """Yield the opening of each dataset and of each of its items."""
    for dataset in catalog.datasets.values():
        units = [catalog.departments[name].title for name in dataset.providers]
        said = dataset.title, units, dataset.legal_basis
        for item in (None, *dataset.items):
            title, providers, basis = said
            place = f"{dataset.id}.{item.id}" if item else dataset.id
            level = (item or dataset).open_level.value
            shown = item.title if item else None
            yield Opening(place, title, shown, providers, basis, level)


def _pending(context: Context, place: str) -> Opening:
    from guiji.catalog.faults import nearest

    pending = {p: o for p, o in _openings(context).items() if o.level == "pending"}
    if place not in pending:
        remedy = nearest(place, pending)
        raise UsageError(f"no undecided opening {place!r}: {remedy}")
    return pending[place]


def _one(context: Context, place: str) -> dict[str, Any]:
    opening = _openings(context)[place]
    return asdict(opening) | {"state": opening.state}


def _unit(catalog: "Catalog", word: str) -> str | None:
    """Return the id of the unit that a word names, if it is one of the catalogue."""
    units = catalog.departments.values()
    named = (u.id for u in units if word.strip() in (u.id, *u.names))
    return next(named, None)


def _trace(context: Context, kind: str, place: str, details: dict[str, str]) -> None:
    subject = f"{context.settings.jurisdiction}/{place}"
    with context.ledger.changing() as (_, trace):
        trace(kind, subject, details)


def _list(context: Context, office: str) -> None:
    """Write what waits for an office into its outbox, if it has one."""
    from guiji.outbox import receipts

    unit = _unit(context.catalog, office)
    if unit is None:
        return
    openings = _openings(context).values()
    waiting = [o for o in openings if o.state == "referred" and o.office == office]
    today = business_date.today(datetime.now(UTC))
    folder = receipts.outbox(context.settings, unit, today)
    files.write_text(folder / LIST, _csv(waiting))


def _csv(openings: list[Opening]) -> str:
    from guiji.catalog.vocabulary import OpenLevel

    words = {"undecided": "未报请", "referred": "已报请", "answered": "已答复"}
    context = Context.current()
    way = context.catalog.jurisdiction.opening_ways[OpenLevel.PENDING]
    text = io.StringIO()
    text.write("\ufeff")  # spreadsheets take it for UTF-8
    lines = csv.writer(text)
    lines.writerow(HEADINGS)
    for x in openings:
        last = next((a for a in reversed(x.acts) if "to" in a), {})
        said = [last.get(key, "") for key in ("to", "at", "by", "why")]
        what = [x.place, x.title, x.item or "", "、".join(x.providers), x.legal_basis]
        lines.writerow([*what, way, words[x.state], *said])
    return text.getvalue()


def _change(context: Context, place: str, level: str, why: str) -> str:
    """Return the change that puts an answer into force, to be proposed."""
    from guiji.catalog.vocabulary import OpenLevel
    from guiji.catalog.workbook import models

    name, _, item = place.partition(".")
    dataset = context.catalog.datasets[name]
    day = business_date.today(datetime.now(UTC)) + timedelta(days=1)
    opened = {"open_level": level}
    content = {"items": [{"id": item, **opened}]} if item else opened
    title = dataset.item(item).title if item else dataset.title
    way = context.catalog.jurisdiction.opening_ways[OpenLevel(level)]
    change = {
        "title": f"{title}的开放属性定为{way}",
        "reason": why,
        "in_force_from": day.isoformat(),
        "datasets": {name: {"version": f"{dataset.version}.{day:%Y%m%d}", **content}},
    }
    return models.as_yaml(change)
