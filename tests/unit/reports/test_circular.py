"""The circular: the same figures in workbook, page and JSON, in the same bytes."""

import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from servers.browser import Browser, browser
from worlds import (
    NIGHT,
    breach,
    calendar,
    catalog,
    delivery,
    version,
    warehouse,
)

from guiji.context import Context, NightContext
from guiji.core import business_date
from guiji.core.settings import Settings
from guiji.reports import circular, pages, periods, wording
from guiji.reports.assessment import PeriodFigures
from guiji.reports.circular import CircularPaths
from guiji.reports.figures import ClockLine, Figures, figures
from guiji.reports.waiting import OpenCorrections
from guiji.reports.workbook import Workbook

__all__ = ["browser"]


OCTOBER = periods.read("2026-10").until(date(2026, 10, 20), date(2026, 10, 20))
WAITING = OpenCorrections("tax", "市税务局", 12, 1, 3, date(2026, 9, 14), 10)


@pytest.fixture
def counted(settings: Settings) -> Figures:
    """One unit late and faulty, one with a zero report, one silent."""
    history = [
        version(f"r{i}", "2026-09-01", "2026-09-28 22:00", uscc="91520100MA6DJXYZ01")
        for i in range(10)
    ]
    deliveries = [
        delivery(
            "market_regulation",
            "partly",
            rows_read=10,
            rows_accepted=9,
            rows_quarantined=1,
        ),
        delivery("ecology_environment", rows_read=0, rows_accepted=0),
    ]
    overdue = [
        breach("cycle", department="tax", dataset="weekly_list"),
        breach(
            "delivery",
            record_id="r1",
            uscc="91520100MA6DJXYZ01",
            done_on=NIGHT,
            provisional=True,
        ),
        breach("delivery", record_id="r2", done_on=NIGHT),
    ]
    with warehouse(
        history=history, deliveries=deliveries, overdue=overdue
    ) as connection:
        found = figures(
            connection,
            Context(settings, catalog=catalog()),
            date(2026, 9, 1),
            NIGHT,
            NIGHT,
            settings.data / "listed.parquet",
        )
    return replace(found, waiting=(WAITING,))


def said(counted: Figures, period: str | None = None) -> PeriodFigures:
    """The figures as those of a month so far, or of a period."""
    covered = periods.read(period) if period else periods.month_to(counted.last)
    return PeriodFigures(covered, counted)


@pytest.fixture
def written(counted: Figures, tmp_path: Path) -> CircularPaths:
    return circular.write(tmp_path / "one", catalog(), calendar(), said(counted))


def test_the_same_figures_give_the_same_bytes(
    counted: Figures, written: CircularPaths, tmp_path: Path
) -> None:
    again = circular.write(tmp_path / "two", catalog(), calendar(), said(counted))
    for name in ("xlsx", "html", "json", "docx"):
        first, second = getattr(written, name), getattr(again, name)
        assert first.read_bytes() == second.read_bytes()


def test_the_workbook_carries_no_other_time_than_the_nights(
    written: CircularPaths,
) -> None:
    with zipfile.ZipFile(written.xlsx) as archive:
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2026-09-28T14:00:00Z") == 2  # created and modified: 22:00 here
    assert "小城市企业信用信息归集公示情况通报" in core


def test_the_workbook_holds_the_figures(written: CircularPaths) -> None:
    book = openpyxl.load_workbook(written.xlsx)
    assert book.sheetnames == [
        "总体情况",
        "单位情况-全部数据",
        "单位情况-行政许可",
        "单位情况-行政处罚",
        "表扬和点名",
        "名单公示核对",
        "异议办理",
        "待更正情况",
        "逾期清单",
        "说明",
    ]
    headings, everything, *_ = book["总体情况"].iter_rows(min_row=2, values_only=True)
    overview = dict(zip(headings, everything, strict=True))
    assert (overview["应报单位"], overview["已报单位"]) == (3, 2)
    assert (overview["读取记录"], overview["合格记录"]) == (10, 9)
    assert overview["合规率"] == pytest.approx(0.9)
    assert overview["迟报率"] == pytest.approx(2 / 10)
    named = [
        row[2] for row in book["表扬和点名"].iter_rows(min_row=3, values_only=True)
    ]
    assert named[:3] == ["市税务局", "市市场监督管理局", "市市场监督管理局"]
    lines = list(book["逾期清单"].iter_rows(min_row=3, values_only=True))
    assert [line[0] for line in lines] == ["归集", "归集", "更新周期"]
    waiting = list(book["待更正情况"].iter_rows(min_row=3, values_only=True))
    assert waiting == [("市税务局", 12, 1, 3, "2026-09-14", 10)]


def test_page_and_figures_tell_what_is_still_to_be_mended(
    written: CircularPaths,
) -> None:
    page = written.html.read_text("utf-8")
    assert "表6　待更正情况" in page
    assert "<td>12</td><td>1</td><td>3</td><td>2026-09-14</td><td>10</td>" in page
    told = json.loads(written.json.read_text("utf-8"))["waiting"]["tax"]
    assert (told["rows"], told["overdue"], told["oldest"]) == (12, 3, 10)


def test_texts_of_a_workbook_are_never_formulas(tmp_path: Path) -> None:
    book = Workbook("标题", "主题")
    book.add_table("表", "题", ["列"], [["=1+1"], [None], [3]], widths=[10])
    path = tmp_path / "book.xlsx"
    book.save(path, business_date.instant(NIGHT))
    cells = [row[0] for row in openpyxl.load_workbook(path)["表"].iter_rows(min_row=3)]
    assert [(c.value, c.data_type) for c in cells] == [
        ("=1+1", "s"),
        (None, "n"),
        (3, "n"),
    ]
    assert list(tmp_path.iterdir()) == [path]


def test_the_json_states_counts_rates_and_versions(written: CircularPaths) -> None:
    content = json.loads(written.json.read_text(encoding="utf-8"))
    assert content["catalogue_version"] == "abc12345"
    assert content["calendar_version"] == "2026-test"
    assert content["provisional_breaches"] == 1
    everything = content["sections"]["all"]
    assert everything["conformity"] == 0.9
    assert everything["late_rate"] == 0.2
    assert everything["units_silent"] == ["tax"]
    assert everything["units_late"] == ["market_regulation"]
    assert everything["departments"]["market_regulation"]["accepted"] == 9


def test_the_page_reads_as_a_circular_in_chinese(
    browser: Browser, written: CircularPaths
) -> None:
    dom = browser.dom(written.html)
    assert '<html lang="zh-CN" data-language="zh"' in dom
    assert "<title>小城市企业信用信息归集公示情况通报</title>" in dom
    parts = [
        "一、总体情况",
        "二、归集质量",
        "三、时限情况",
        "四、表扬和点名",
        "五、要求",
    ]
    places = [dom.index(part) for part in [*parts, "附件　逾期清单"]]
    assert places == sorted(places)
    assert "合规率<b>90.00%</b>" in dom
    assert "91520100MA6DJXYZ01" in dom
    assert "日历待定" in dom


def test_the_page_turns_english_by_its_address(
    browser: Browser, written: CircularPaths
) -> None:
    dom = browser.dom(written.html, "en")
    assert '<html lang="en" data-language="en"' in dom
    assert "<title>Circular on the collection" in dom
    assert "conformity <b>90.00%</b>" in dom


def test_the_page_fetches_nothing(written: CircularPaths) -> None:
    page = written.html.read_text(encoding="utf-8")
    assert "://" not in page
    assert "<link" not in page
    assert " src=" not in page


def test_a_long_list_is_cut_on_the_page_and_says_so(
    settings: Settings, tmp_path: Path
) -> None:
    overdue = [*(breach("publication", record_id=f"r{i:03}") for i in range(201))]
    with warehouse(overdue=overdue) as connection:
        counted = figures(
            connection,
            Context(settings, catalog=catalog()),
            NIGHT,
            NIGHT,
            NIGHT,
            settings.data / "listed.parquet",
        )
    paths = circular.write(tmp_path, catalog(), calendar(), said(counted))
    page = paths.html.read_text(encoding="utf-8")
    assert "共201条，此处列出前200条" in page
    assert ("r199" in page, "r200" in page) == (True, False)
    book = openpyxl.load_workbook(paths.xlsx)
    assert book["逾期清单"].max_row == 201 + 2


def test_a_clock_that_the_catalogue_no_longer_has_is_a_dash() -> None:
    line = ClockLine("delivery", "abolished", "licence", "五(一)", 1, 0, 0, 1)
    assert wording.limit(catalog(), line) == ("—", "—")
    assert wording.limit(catalog(), replace(line, clock="d7")).zh == "7个工作日"
    assert wording.limit(catalog(), replace(line, dataset="gone")) == ("—", "—")


def test_the_circular_of_an_empty_warehouse_can_be_built(settings: Settings) -> None:
    first = circular.build(
        NightContext(settings, NIGHT, catalog=catalog(), calendar=calendar())
    )
    assert first.html == settings.reports / "2026-09-28" / "circular.html"
    assert "本期未报送" in first.html.read_text(encoding="utf-8")
    known = date(2026, 10, 20)
    month = circular.build(
        NightContext(settings, NIGHT, catalog=catalog(), calendar=calendar()),
        period=OCTOBER,
        known_on=known,
    )
    folder = settings.reports / "periods" / "2026-10"
    versions = f"{catalog().version}-{calendar().version}"
    assert month.json == folder / f"known-2026-10-20-{versions}" / "circular.json"
    content = json.loads(month.json.read_text(encoding="utf-8"))
    assert (content["first"], content["last"]) == ("2026-10-01", "2026-10-20")
    before = month.html.read_bytes()
    changed = catalog().model_copy(update={"version": "changed"})
    for other in (changed, catalog(), catalog()):
        circular.build(
            NightContext(settings, NIGHT, catalog=other, calendar=calendar()),
            period=OCTOBER,
            known_on=known,
        )
    assert len([*folder.iterdir()]) == 2  # one per version, each written once
    month.html.write_bytes(b"as it was sent by an older release")
    again = circular.build(
        NightContext(settings, NIGHT, catalog=catalog(), calendar=calendar()),
        period=OCTOBER,
        known_on=known,
    )
    assert again.html.parent.name == f"known-2026-10-20-{versions}-2"
    assert again.html.read_bytes() == before
    assert month.html.read_bytes() == b"as it was sent by an older release"


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (None, "—"),
        (0.0, "0.00%"),
        (0.00004, "<0.01%"),
        (0.98765, "98.77%"),
        (0.99999, ">99.99%"),
        (1.0, "100.00%"),
    ],
)
def test_not_quite_all_is_not_all(rate: float | None, text: str) -> None:
    assert pages.percent(rate) == text


def test_a_whole_month_is_named_as_such() -> None:
    month = wording.period(date(2026, 10, 1), date(2026, 10, 31))
    part = wording.period(date(2026, 10, 1), date(2026, 10, 20))
    assert month == ("2026年10月", "October 2026")
    assert part.zh == "2026年10月1日至2026年10月20日"
