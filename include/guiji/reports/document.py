"""The circular as a document that an office signs (公文, docx).

The template is made by `scripts/circular_template.py`. What was rendered is opened and
counted before it is written: a template engine loses text in silence.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import docx
from docxtpl import DocxTemplate

from guiji.catalog.model import Catalog
from guiji.core import files
from guiji.core.errors import ReportIncomplete
from guiji.core.undated_zip import entry, in_utc
from guiji.domain.workdays import Calendar
from guiji.reports import assessment, sentences, sheets, wording
from guiji.reports.assessment import PeriodFigures
from guiji.reports.figures import ClockLine
from guiji.reports.list_check import ListCheck
from guiji.reports.pages import percent
from guiji.reports.periods import Period

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
"""What ends or cuts the XML of a document; it is left out."""

TABLES = ("units", "clocks", "lists")
"""The lists of the template's tables, in their order."""

DRAFT = "送审稿"
"""Stands for the number of what is not of a whole period."""


def write(
    path: Path,
    catalog: Catalog,
    calendar: Calendar,
    said: PeriodFigures,
    instant: datetime,
) -> None:
    """Write a circular as a document.

    Args:
        path: the file.
        catalog: titles, rules of the circular.
        calendar: the working days, for the notes.
        said: the figures, beside those of earlier periods; a number is only given to
            whole months and quarters.
        instant: what the document states as the time of its making.

    Raises:
        ReportIncomplete: what was rendered lacks a row or its end.
    """
    values = _clean(_values(catalog, calendar, said))
    content = _rendered(values, instant)
    _prove(content, values)
    files.write_bytes(path, content)


def number(catalog: Catalog, period: Period) -> str:
    """Return a document's number, 筑信归集〔2026〕10号; a part is a draft."""
    symbol = catalog.jurisdiction.circular.symbol
    if period.months is None:
        return DRAFT
    if symbol is None:
        return ""
    if period.months == 1:
        return f"{symbol}〔{period.first.year}〕{period.first.month}号"
    return f"{symbol}〔{period.first.year}〕季{(period.first.month + 2) // 3}号"


def _values(
    catalog: Catalog, calendar: Calendar, said: PeriodFigures
) -> dict[str, Any]:
    rules, place = catalog.jurisdiction.circular, catalog.jurisdiction
    counted = said.figures
    covered = wording.period(counted.first, counted.last).zh
    return {
        "issuer": rules.issuer or place.platform,
        "number": number(catalog, said.period),
        "title": rules.title,
        "period": covered,
        "addressees": "、".join(rules.addressees),
        "opening": [sentences.opening(catalog, covered)],
        "overview": list(sentences.overview(said)),
        "ranking": [
            "按及时率、合规率排名；读取和计时记录不足"
            f"{rules.named_from}条的单位不排名。环比为及时率与上一期之差。"
        ],
        "units": _units(catalog, said),
        "deadlines": [
            *sentences.objections(counted),
            *sentences.deadlines(counted),
        ],
        "clocks": _clocks(catalog, counted.clock_lines),
        "lists_text": list(sentences.lists(counted)),
        "lists": [_list(check) for check in counted.lists],
        "named": list(sentences.named(counted, rules)),
        "required": list(sentences.REQUIRED),
        "workbook": "circular.xlsx",
        "signed_on": wording.day(counted.last).zh,
        "copies_to": "、".join(rules.copies_to),
        "notes": [
            f"{place}．{note.zh}"
            for place, note in enumerate(sheets.notes(catalog, calendar, counted), 1)
        ],
    }


def _units(catalog: Catalog, said: PeriodFigures) -> list[dict[str, str]]:
    rules = catalog.jurisdiction.circular
    before = said.previous.overall.units if said.previous else ()
    then = {unit.id: unit.tally.timeliness for unit in before}
    return [
        {
            "rank": "—" if ranked.rank is None else str(ranked.rank),
            "title": ranked.unit.title,
            "rows_read": f"{tally.rows_read:,}",
            "conformity": percent(tally.conformity),
            "clocked": f"{tally.clocked:,}",
            "late": f"{tally.late:,}",
            "timeliness": percent(tally.timeliness),
            "change": _points(tally.timeliness, then.get(ranked.unit.id)),
        }
        for ranked in assessment.ranked(said.figures.overall, rules)
        for tally in (ranked.unit.tally,)
    ]


def _points(now: float | None, then: float | None) -> str:
    return "—" if now is None or then is None else f"{(now - then) * 100:+.2f}"


def _clocks(catalog: Catalog, lines: Sequence[ClockLine]) -> list[dict[str, str]]:
    """Put the datasets of one kind, limit and clause into one row each."""
    rows: dict[tuple[str, str, str], list[ClockLine]] = {}
    for line in lines:
        limit = wording.limit(catalog, line).zh
        key = (wording.KINDS[line.kind].zh, limit, line.clause)
        rows.setdefault(key, []).append(line)
    return [
        {
            "kind": kind,
            "limit": limit,
            "clause": clause,
            "datasets": "、".join(
                f"{wording.dataset(catalog, line.dataset).zh}{line.breaches:,}项"
                for line in of_row
            ),
            "breaches": f"{sum(line.breaches for line in of_row):,}",
            "open": f"{sum(line.open for line in of_row):,}",
        }
        for (kind, limit, clause), of_row in rows.items()
    ]


def _list(check: ListCheck) -> dict[str, str]:
    return {
        "title": check.title,
        "wanted": f"{check.held - check.not_public:,}",
        "shown": f"{check.shown:,}",
        "withheld": f"{check.withheld:,}",
        "missing": f"{check.missing:,}",
        "share": percent(check.share),
    }


def _clean(value: Any) -> Any:
    """Return values without characters that XML cannot hold."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("", value)
    if isinstance(value, Mapping):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_clean(inner) for inner in value]
    return value


def _rendered(values: Mapping[str, Any], instant: datetime) -> bytes:
    """Fill the template; the same values give the same bytes."""
    source = resources.files("guiji.reports") / "templates/circular.docx"
    template = DocxTemplate(io.BytesIO(source.read_bytes()))
    template.render(dict(values), autoescape=True)
    properties = template.docx.core_properties
    properties.title = values["title"]
    properties.author = properties.last_modified_by = values["issuer"]
    properties.comments = ""
    properties.created = properties.modified = in_utc(instant)
    saved, undated = io.BytesIO(), io.BytesIO()
    template.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(undated, "w") as target:
        for name in parts.namelist():
            target.writestr(entry(name), parts.read(name))
    return undated.getvalue()


def _prove(content: bytes, values: Mapping[str, Any]) -> None:
    """Compare a document with what was to stand in it.

    Raises:
        ReportIncomplete: a row, or the last paragraph, is not there.
    """
    document = docx.Document(io.BytesIO(content))
    rows = [len(table.rows) - 1 for table in document.tables]
    wanted = [len(values[name]) for name in TABLES]
    last = document.paragraphs[-1].text
    if rows != wanted or last != values["notes"][-1]:
        raise ReportIncomplete(
            f"the circular was not rendered whole: rows {rows} of {wanted}, "
            f"last paragraph {last[:40]!r}"
        )
