"""The circular as a document: whole, in the same bytes, readable by an office suite."""

import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pyarrow as pa
import pytest
from settings_builders import REPOSITORY
from worlds import NIGHT, calendar, catalog

from guiji.catalog import objection_steps
from guiji.catalog.model import Catalog
from guiji.core import business_date
from guiji.core.errors import ReportIncomplete
from guiji.reports import circular, document, objections, periods, sentences
from guiji.reports.assessment import PeriodFigures
from guiji.reports.figures import ClockLine, Figures, Section, Tally, Unit
from guiji.reports.list_check import ListCheck

AWKWARD = "金额<500的<贵州>公司&“甲”\x0b\x00"
"""A title that an engine without escapes cuts, with characters XML cannot hold."""


def section(*units: Unit) -> Section:
    return Section("all", "全部数据", "All datasets", units)


def unit(name: str, late: int) -> Unit:
    return Unit(
        name, name, Tally(1, 1, rows_read=40, accepted=40, clocked=40, late=late)
    )


def figures(*units: Unit, clocks: int = 2) -> Figures:
    lines = tuple(
        ClockLine("delivery", f"d{n}", "licence", "五(一)", 3, 1, 1, 9)
        for n in range(clocks)
    )
    empty = [replace(section(), id=name) for name in ("licence", "penalty")]
    return Figures(
        date(2026, 9, 1),
        NIGHT,
        NIGHT,
        (section(*units), *empty),
        lines,
        None,
        lists=(ListCheck("licence", "名单", 10, 7, 1, 1),),
        enterprises=2000,
    )


def said(period: str = "2026-09") -> PeriodFigures:
    units = (unit("市税务局", 4), unit(AWKWARD, 0))
    before = figures(unit("市税务局", 8), unit(AWKWARD, 0))
    return PeriodFigures(periods.read(period), figures(*units), before)


def with_rules(**changes: object) -> Catalog:
    every = catalog()
    rules = every.jurisdiction.circular.model_copy(update=changes)
    place = every.jurisdiction.model_copy(update={"circular": rules})
    return every.model_copy(update={"jurisdiction": place})


def written(path: Path, every: Catalog, what: PeriodFigures) -> docx.document.Document:
    instant = business_date.instant(NIGHT)
    document.write(path, every, calendar(), what, instant)
    return docx.Document(str(path))


def texts(opened: docx.document.Document) -> list[str]:
    return [p.text for p in opened.paragraphs]


@pytest.mark.duty("FJ10")
@pytest.mark.duty("YJ11")
def test_it_reads_as_an_official_document(tmp_path: Path) -> None:
    every = with_rules(
        issuer="小城市信用办", symbol="小信归集", copies_to=("市政府办公室",)
    )
    opened = written(tmp_path / "circular.docx", every, said())
    lines = texts(opened)
    assert lines[:2] == ["小城市信用办", "小信归集〔2026〕9号"]
    assert "各成员单位：" in lines
    basis = "根据《小城市企业信用信息归集办法》，现将"
    assert any(line.startswith(basis) for line in lines)
    assert "抄送：市政府办公室。" in lines
    signed = lines.index("2026年9月28日")
    assert lines[signed - 1] == "小城市信用办"
    assert lines.index("五、表扬和点名") < lines.index("六、下一步要求") < signed


def test_figures_and_comparison_stand_in_it(tmp_path: Path) -> None:
    opened = written(tmp_path / "circular.docx", catalog(), said())
    text = "\n".join(texts(opened))
    assert "及时率上升5.00个百分点" in text  # 76 of 80, and 72 before
    assert "登记在册企业2,000户" in text
    assert "与上年同期相比" not in text
    units, clocks, lists = opened.tables
    rows = [[cell.text for cell in row.cells] for row in units.rows]
    name = "金额<500的<贵州>公司&“甲”"
    assert rows[1:] == [
        ["1", name, "40", "100.00%", "40", "0", "100.00%", "+0.00"],
        ["2", "市税务局", "40", "100.00%", "40", "4", "90.00%", "+10.00"],
    ]
    (row,) = [[c.text for c in r.cells] for r in clocks.rows[1:]]
    assert row == ["归集", "—", "五(一)", "行政许可3项、行政许可3项", "6", "2"]
    assert [c.text for c in lists.rows[1].cells] == [
        *("名单", "9", "7", "1", "1", "77.78%")
    ]


def test_late_steps_of_objections_name_who_was_late(tmp_path: Path) -> None:
    states = [
        "on_time",
        "late",
        "late",
        "running",
        "due_soon",
        "waiting",
        "provisional",
    ]
    rows = [
        {"step": "objection_check", "state": state, "department": "tax"}
        for state in states
    ]
    table = pa.Table.from_pylist(rows, objection_steps.SCHEMA)
    (line,) = objections.lines(catalog(), table)
    assert (line.runs, line.late_units) == (len(states), ("市税务局",))
    what = said()
    what = replace(what, figures=replace(what.figures, objections=(line,)))
    text = "\n".join(texts(written(tmp_path / "circular.docx", catalog(), what)))
    assert "异议核查7件：按时1件，逾期2件（市税务局），办理中3件，日历待定1件。" in text
    page = circular.page(catalog(), calendar(), what.figures)
    assert "objection check" in page
    assert "市税务局" in page


@pytest.mark.parametrize(
    ("document", "basis"),
    [
        (
            "实施意见(试行)(筑府办发〔2016〕39号)",
            "《实施意见(试行)》（筑府办发〔2016〕39号）",
        ),
        (
            "阳江市管理办法（阳府〔2018〕60号）",
            "《阳江市管理办法》（阳府〔2018〕60号）",
        ),
        ("福建省实施方案", "《福建省实施方案》"),
        ("《办法》(试行)", "《办法》(试行)"),
    ],
)
def test_the_basis_stands_in_quotation_marks_and_its_number_behind(
    document: str, basis: str
) -> None:
    place = catalog().jurisdiction.model_copy(update={"document": document})
    every = catalog().model_copy(update={"jurisdiction": place})
    assert sentences.opening(every, "2026年9月").startswith(
        f"根据{basis}，现将2026年9月"
    )


@pytest.mark.parametrize(
    ("period", "symbol", "number"),
    [
        ("2026-09", "小信", "小信〔2026〕9号"),
        ("2026-Q3", "小信", "小信〔2026〕季3号"),
        ("2026-09", None, ""),
        ("2026-09-01..2026-09-28", "小信", "送审稿"),
    ],
)
def test_only_a_whole_period_has_a_number(
    period: str, symbol: str | None, number: str
) -> None:
    every = with_rules(symbol=symbol)
    assert document.number(every, periods.read(period)) == number


def test_the_same_figures_give_the_same_document_without_an_hour(
    tmp_path: Path,
) -> None:
    one, two = tmp_path / "one.docx", tmp_path / "two.docx"
    written(one, catalog(), said())
    written(two, catalog(), said())
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as parts:
        assert {p.date_time for p in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert "2026-09-28T14:00:00Z" in parts.read("docProps/core.xml").decode()


def test_headings_repeat_and_rows_stay_whole(tmp_path: Path) -> None:
    units = tuple(unit(f"单位{n}", n % 7) for n in range(120))
    long = PeriodFigures(periods.read("2026-09"), figures(*units))
    opened = written(tmp_path / "circular.docx", catalog(), long)
    table = opened.tables[0]
    assert len(table.rows) == 120 + 1
    marks = [{e.tag.split("}")[1] for e in row._tr.trPr} for row in table.rows]
    assert "tblHeader" in marks[0]
    assert all("cantSplit" in mark for mark in marks[1:])


def test_what_is_not_rendered_whole_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "circular.docx"
    monkeypatch.setattr(docx.table._Rows, "__len__", lambda rows: 1)
    with pytest.raises(ReportIncomplete, match="rows"):
        written(path, catalog(), said())
    assert not path.exists()


def test_the_template_is_what_its_script_makes(tmp_path: Path) -> None:
    made, kept = tmp_path / "made.docx", "include/guiji/reports/templates/circular.docx"
    script = REPOSITORY / "scripts/circular_template.py"
    subprocess.run([sys.executable, str(script), str(made)], check=True)
    with zipfile.ZipFile(made) as new, zipfile.ZipFile(REPOSITORY / kept) as old:
        assert {n: new.read(n) for n in new.namelist()} == {
            n: old.read(n) for n in old.namelist()
        }
