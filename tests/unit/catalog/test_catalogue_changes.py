"""A change of the catalogue is proposed, decided once, and in force from its day on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from small_catalogue import Small

from guiji import pipeline
from guiji.catalog import archive, changes, load
from guiji.context import Context
from guiji.core import business_date, files
from guiji.core.errors import CatalogError, UsageError
from guiji.core.settings import Settings, current
from guiji.pipeline import catalog_proposals, recovery, review_page

TODAY = business_date.today(datetime.now(UTC))
DAY = TODAY + timedelta(days=3)
BEFORE = DAY - timedelta(days=1)
SHORTER = """\
datasets:
  penalty:
    version: "2"
    clocks: [{ id: delivery, working_days: 5 }]
"""
Write = Callable[..., Path]


@pytest.fixture
def here(small: Small, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    days = "date,working\n2026-11-02,1\n"
    (small.root / "catalog/workdays.csv").write_text(days, encoding="utf-8")
    regions = "code,name,from,to\n520100,贵阳市,,\n"
    (small.root / "catalog/regions.csv").write_text(regions, encoding="utf-8")
    monkeypatch.setenv("GUIJI_CATALOG", str(small.root / "catalog"))
    monkeypatch.setenv("GUIJI_JURISDICTION", "small")
    return current()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str = SHORTER, day: date = DAY) -> Path:
        path = tmp_path / "change.yml"
        head = f"title: 缩短时限\nreason: 市政府通知\nin_force_from: {day}\n"
        path.write_text(head + content, encoding="utf-8")
        return path

    return written


def accept(path: Path) -> str:
    number = str(pipeline.catalogue_propose(path, "张三")["number"])
    pipeline.catalogue_decide(number, "accept", "李四", "同意")
    return number


def working_days(settings: Settings, day: date) -> int | None:
    return load.load(settings, day=day).datasets["penalty"].clocks[0].working_days


@pytest.mark.duty("GY4", "YJ2")
def test_a_change_is_in_force_from_its_day_on(here: Settings, write: Write) -> None:
    plain = load.load(here).version
    proposal = pipeline.catalogue_propose(write(), "张三")
    (version, clock) = proposal["differences"]
    assert (version["before"], version["after"]) == ("1", "2")
    assert clock["place"][-2:] == ("delivery", "working_days")
    assert working_days(here, DAY) == 7  # it is only proposed
    pipeline.catalogue_decide(proposal["number"], "accept", "李四", "同意")
    assert [working_days(here, d) for d in (BEFORE, DAY)] == [7, 5]
    assert load.load(here, day=BEFORE).version == plain
    context = Context(here)
    nights = [context.at(night).catalog.version for night in (BEFORE, DAY)]
    assert nights == [plain, load.load(here, day=DAY).version]
    clocks = load.load(here, day=DAY).datasets["penalty"].clocks
    assert [c.id for c in clocks] == ["delivery", "publication"]


def test_the_archive_keeps_what_was_in_force(here: Settings, write: Write) -> None:
    accept(write())
    night = Context(here).at(DAY)
    night.keep_versions()
    kept = archive.catalog(here, night.catalog.version)
    assert kept == night.catalog
    assert [*archive.differences(here)] == []
    listed = pipeline.catalogue_differences("current", night.catalog.version)
    assert {d["place"][-1] for d in listed} == {"version", "working_days"}


def test_later_changes_stand_on_earlier_ones(here: Settings, write: Write) -> None:
    accept(write())
    again = SHORTER.replace("5 }", "3 }").replace('"2"', '"3"')
    accept(write(again, DAY + timedelta(days=1)))
    assert [working_days(here, DAY + timedelta(days=n)) for n in (0, 1)] == [5, 3]


PARTS = {
    "a unit": (
        "departments: [{ id: fire, title: 小市消防支队, uscc: 11520100MB0E100338 }]\n"),
    "a dataset": (
        "datasets:\n  honour: { extends: common/honour, title: 荣誉, providers: [tax], "
        "without: [publication] }\n"),
    "a channel": (
        "jurisdiction:\n  channels:\n"
        "    - { id: other, title: 另一网站, datasets: [penalty], clause: 第一条 }\n"),
    "a rule": "rules: { penalty: { rules: [{ id: not_before, day: 1990-01-01 }] } }\n",
    "an item": (
        "datasets:\n  penalty:\n"
        "    items: [{ id: note, title: 备注, code: BZ, after: fine }]\n"
        "    without: [ends_on]\n"
        "    publication_term: { start: decided_on, clause: 第七条 }\n"
        "rules: { penalty: { without: [dates_in_order] } }\n"),
}  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_a_change_reaches_every_part(
    small: Small, here: Settings, write: Write, part: str
) -> None:
    if part == "a dataset":
        shared = small.root / "catalog/common/datasets/honour.yml"
        text = (small.root / "catalog/small/datasets/penalty.yml").read_text("utf-8")
        start, end = text.index("extracts:"), text.index("codes:")
        files.write_text(shared, text[:start] + text[end:])
        rules = (small.root / "expectations/small/penalty.yml").read_text("utf-8")
        files.write_text(small.root / "expectations/common/honour.yml", rules)
    accept(write(PARTS[part]))
    before, after = (load.load(here, day=d) for d in (BEFORE, DAY))
    match part:
        case "a unit":
            assert after.departments.keys() - before.departments.keys() == {"fire"}
        case "a dataset":
            assert after.datasets["honour"].providers == ("tax",)
            assert after.rules["honour"] == after.rules["penalty"]
        case "a channel":
            assert [c.id for c in after.jurisdiction.channels] == ["site", "other"]
        case "a rule":
            assert [str(r.day) for r in after.rules["penalty"]][1] == "1990-01-01"
        case "an item":
            ids = [i.id for i in after.datasets["penalty"].items]
            assert ids[-3:] == ["fine", "note", "state"]
            assert "ends_on" not in ids


WRONG = {
    "a misspelt key": (SHORTER.replace("clocks", "clockz"), ":7: unknown key 'clockz'"),
    "a wrong value": (SHORTER.replace("5 }", "0 }"), ":7: clocks.0.working_days"),
    "an unknown part": ("dataset: {}\n", ":4: unknown key 'dataset'"),
    "an entry that is not there": (
        SHORTER.replace("penalty:", "penalti:"), ":5: no such dataset 'penalti'"),
    "nothing": ("datasets: {}\n", ":1: the change changes nothing"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_change_is_refused_with_its_line(
    here: Settings, write: Write, what: str
) -> None:
    content, error = WRONG[what]
    with pytest.raises(CatalogError, match="changes/change.yml") as caught:
        pipeline.catalogue_propose(write(content), "张三")
    assert error in str(caught.value)
    assert pipeline.catalogue_proposals() == []


def test_what_cannot_be_proposed(here: Settings, write: Write, tmp_path: Path) -> None:
    same = "jurisdiction: { title: 小市 }\n"
    with pytest.raises(UsageError, match="cannot begin before"):
        pipeline.catalogue_propose(write(day=TODAY), "张三")
    with pytest.raises(UsageError, match="makes no difference"):
        pipeline.catalogue_propose(write(same), "张三")
    with pytest.raises(UsageError, match="no such file"):
        pipeline.catalogue_propose(tmp_path / "none.yml", "张三")
    with pytest.raises(UsageError, match="--by must not be empty"):
        pipeline.catalogue_propose(write(), " ")
    Context(here).ledger.open_night(DAY)
    with pytest.raises(UsageError, match=f"cannot begin before {DAY}"):
        pipeline.catalogue_propose(write(), "张三")


@pytest.mark.duty("GY4", "YJ2")
def test_each_act_is_traced_with_its_person(here: Settings, write: Write) -> None:
    number = pipeline.catalogue_propose(write(), "张三")["number"]
    assert number == f"{TODAY.year}-001"
    pipeline.catalogue_decide(number, "refer", "李四", "请示", to="市政府办公厅")
    pipeline.catalogue_decide(number, "accept", "王五", "批准")
    (proposal,) = pipeline.catalogue_proposals()
    acts = [(a["state"], a["by"], a["why"], a.get("to")) for a in proposal["acts"]]
    assert acts == [
        ("proposed", "张三", "市政府通知", None),
        ("referred", "李四", "请示", "市政府办公厅"),
        ("accepted", "王五", "批准", None),
    ]
    ledger = Context(here).ledger
    assert ledger.verify_chain() == []
    with pytest.raises(UsageError, match="is accepted already"):
        pipeline.catalogue_decide(number, "refuse", "李四", "不同意")
    second = pipeline.catalogue_propose(write(SHORTER.replace("5 }", "4 }")), "张三")[
        "number"
    ]
    assert pipeline.catalogue_decide(second, "refuse", "李四", "不同意")["state"] == (
        "refused"
    )
    assert working_days(here, DAY) == 5
    assert [p["number"] for p in pipeline.catalogue_proposals()] == [number, second]


def test_what_cannot_be_decided(here: Settings, write: Write) -> None:
    number = pipeline.catalogue_propose(write(), "张三")["number"]
    for words, error in (
        (("2000-001", "accept", "李四", "同意"), "no proposal '2000-001'"),
        ((number, "agree", "李四", "同意"), "no decision 'agree'"),
        ((number, "accept", "李四", "同意", "市政府"), "--to names the office"),
        ((number, "refer", "李四", "请示"), "--to names the office"),
        ((number, "accept", "李四", ""), "--why must not be empty"),
    ):
        with pytest.raises(UsageError, match=error):
            pipeline.catalogue_decide(*words)
    Context(here).ledger.open_night(DAY)
    with pytest.raises(UsageError, match="cannot begin before"):
        pipeline.catalogue_decide(number, "accept", "李四", "同意")
    assert working_days(here, DAY) == 7


def test_a_proposal_that_was_altered_is_not_accepted(
    here: Settings, write: Write
) -> None:
    number = pipeline.catalogue_propose(write(), "张三")["number"]
    (path,) = (here.proposed_changes / "small").iterdir()
    path.write_text(path.read_text("utf-8").replace("5 }", "50 }"), encoding="utf-8")
    with pytest.raises(CatalogError, match="was altered after it was proposed"):
        pipeline.catalogue_decide(number, "accept", "李四", "同意")


def test_a_change_that_no_longer_fits_is_not_accepted(
    small: Small, here: Settings, write: Write
) -> None:
    item = "    items: [{ id: note, title: 备注, code: BZ, after: fine }]\n"
    number = pipeline.catalogue_propose(
        write(f"datasets:\n  penalty:\n{item}"), "张三"
    )["number"]
    line = "  - { id: fine, title: 罚款金额, code: JE, type: amount, unit: 元 }\n"
    small.replace("catalog/small/datasets/penalty.yml", line, "")
    with pytest.raises(CatalogError, match="no entry 'fine' to stand after"):
        pipeline.catalogue_decide(number, "accept", "李四", "同意")


def test_a_kill_after_the_decision_loses_nothing(
    here: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = pipeline.catalogue_propose(write(), "张三")["number"]
    with monkeypatch.context() as killed:
        killed.setattr(catalog_proposals, "settle", lambda _: None)
        pipeline.catalogue_decide(number, "accept", "李四", "同意")
    assert working_days(here, DAY) == 7
    recovery.settle(Context(here))
    assert working_days(here, DAY) == 5
    (path,) = changes.accepted(here.accepted_changes / "small")
    assert path.name == f"{DAY}-{number}.yml"


def test_who_decides_reads_what_changes_and_what_it_does(
    here: Settings, write: Write
) -> None:
    path = write("jurisdiction: { platform: 小市|平台 }\n" + SHORTER)
    number = pipeline.catalogue_propose(path, "张三")["number"]
    page = pipeline.catalogue_review_page(number)
    assert page["subject"] == f"目录修改 {number} catalogue change: 缩短时限"
    lines = page["body"].splitlines()
    assert "| datasets.penalty.clocks.delivery.working_days | 7 | 5 |" in lines
    assert '| jurisdiction.platform | "小市平台" | "小市\\|平台" |' in lines
    assert any(line.endswith("张三: 市政府通知") for line in lines)
    assert "0 批报送的结论不变 deliveries, none judged otherwise" in lines
    pipeline.catalogue_decide(number, "refuse", "李四", "不同意")
    with pytest.raises(UsageError, match="is refused already"):
        pipeline.catalogue_review_page(number)


def test_the_page_counts_what_the_archive_would_lose() -> None:
    share = {"department": "tax", "dataset": "penalty", "batches": 3, "rows": 9}
    counts = {"newly_held": 2, "newly_freed": 0, "newly_refused": 1}
    same = dict.fromkeys(counts, 0)
    proposal = {"number": "2026-001", "title": "t", "in_force_from": "x", "acts": ()}
    changes = [{"place": ("a",), "before": 1, "after": 2}] * 120
    trial = {"shares": [share | counts, share | same | {"dataset": "other"}]}
    titles = {"tax": "小市税务局"}
    page = review_page.page(proposal, changes, trial, titles)
    lines = page["body"].splitlines()
    assert "| 小市税务局 | penalty | 2 | 0 | 1 |" in lines
    assert not any("other" in line for line in lines)
    assert "| … | 另有 20 处 more | |" in lines


def test_verification_finds_what_nobody_decided(here: Settings, write: Write) -> None:
    def found() -> list[str]:
        return [*catalog_proposals.problems(Context(here))]

    number = accept(write())
    (path,) = changes.accepted(here.accepted_changes / "small")
    assert found() == []
    content = path.read_bytes()
    path.write_bytes(content + b"# more\n")
    assert found() == [f"目录修改 {number}: 施行的文件已被改动"]
    path.unlink()
    assert found() == [f"目录修改 {number}: 施行的文件缺失"]
    path.write_bytes(content)
    files.write_bytes(path.with_name("2026-01-01-2026-009.yml"), content)
    assert found() == ["目录修改 2026-01-01-2026-009.yml: 没有审定记录"]


def fill(path: Path, cells: dict[tuple[str, str], object]) -> None:
    book = openpyxl.load_workbook(path)
    for (sheet, address), value in cells.items():
        book[sheet][address].value = value
    book.save(path)


def front(title: str) -> dict[tuple[str, str], object]:
    """Cells of the first sheet of a proposal."""
    words = {"B3": title, "B4": "通知", "B5": str(DAY)}
    return {("修改说明", address): word for address, word in words.items()}


def row_of(book: openpyxl.Workbook, sheet: str, **values: str) -> list[object]:
    """A row of a sheet with these values under their keys."""
    keys = [str(cell.value).rpartition("[")[2].rstrip("]") for cell in book[sheet][1]]
    assert {*values} <= {*keys}
    return [values.get(key) for key in keys]


def test_items_and_units_are_added_and_an_item_removed_in_a_workbook(
    here: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "filled.xlsx"
    pipeline.catalogue_workbook(path)
    fill(path, front("增减信息项"))
    book = openpyxl.load_workbook(path)
    items = book["信息项"]
    (row,) = [c.row for line in items.iter_rows() for c in line if c.value == "fine"]
    items.delete_rows(row)
    note = {"dataset": "penalty", "id": "note", "title": "备注", "code": "BZ"}
    items.append(row_of(book, "信息项", **note, type="文本"))
    unit = {"id": "fire", "title": "小市消防支队", "uscc": "11520100MB0E100338"}
    book["单位"].append(row_of(book, "单位", **unit))
    book.save(path)
    proposed = pipeline.catalogue_propose(path, "张三")
    assert sorted(
        (d["place"][-1], "removed" if d["after"] is None else "added")
        for d in proposed["differences"]
        if not d["is_value"]
    ) == [("fine", "removed"), ("fire", "added"), ("note", "added")]
    pipeline.catalogue_decide(proposed["number"], "accept", "李四", "同意")
    before, after = (load.load(here, day=day) for day in (BEFORE, DAY))
    ids = [[i.id for i in c.datasets["penalty"].items] for c in (before, after)]
    assert [("fine" in names, "note" in names) for names in ids] == [
        (True, False),
        (False, True),
    ]
    assert after.departments["fire"].title == "小市消防支队"


def test_a_unit_that_is_gone_from_a_workbook_is_refused(
    here: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "filled.xlsx"
    pipeline.catalogue_workbook(path)
    fill(path, front("撤销单位"))
    book = openpyxl.load_workbook(path)
    for sheet, key in (("单位", "tax"), ("目录", "market\ntax")):
        for row in book[sheet].iter_rows():
            for cell in row:
                if cell.value == key and sheet == "单位":
                    book[sheet].delete_rows(cell.row)
                elif cell.value == key:
                    cell.value = "market"
    book.save(path)
    with pytest.raises((UsageError, CatalogError), match="tax"):
        pipeline.catalogue_propose(path, "张三")


FAR = {"a cell in the last row": 1_048_576, "ten million rows": 10_000_000}


@pytest.mark.parametrize("what", [*FAR, "a part of zeros", "no zip"])
def test_a_workbook_that_would_cost_too_much_is_refused(
    here: Settings, tmp_path: Path, what: str
) -> None:
    path = tmp_path / "bomb.xlsx"
    pipeline.catalogue_workbook(path)
    with ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as book:
        for name, content in parts.items():
            if name == "xl/worksheets/sheet2.xml" and what in FAR:
                row = FAR[what]
                end = f'<row r="{row}"><c r="XFD{row}" t="inlineStr"><is><t>x</t></is>'
                end += "</c></row></sheetData>"
                content = content.replace(b"</sheetData>", end.encode())
            elif name == "xl/worksheets/sheet2.xml" and what == "a part of zeros":
                content += b" " * (150 << 20)
            book.writestr(name, content)
    if what == "no zip":
        path.write_bytes(b"PK nothing")
    for act in (
        lambda: pipeline.catalogue_import(path, tmp_path / "out"),
        lambda: pipeline.catalogue_propose(path, "张三"),
    ):
        with pytest.raises(CatalogError, match=r"bomb.xlsx is no workbook of"):
            act()
    assert not (tmp_path / "out").exists()


def test_a_filled_in_workbook_is_a_proposal(here: Settings, tmp_path: Path) -> None:
    path = tmp_path / "filled.xlsx"
    pipeline.catalogue_workbook(path)
    with pytest.raises(CatalogError, match=r"修改说明!B.*title.* is blank"):
        pipeline.catalogue_propose(path, "张三")
    fill(path, front("缩短时限"))
    with pytest.raises(UsageError, match="says the same as the catalogue"):
        pipeline.catalogue_propose(path, "张三")
    book = openpyxl.load_workbook(path)
    heading = "[working_days]"
    (days,) = [c for c in book["时限"][1] if str(c.value).endswith(heading)]
    (title,) = [c for c in book["信息项"][1] if str(c.value).endswith("[title]")]
    fill(
        path,
        {
            ("时限", f"{days.column_letter}2"): "5",
            ("信息项", f"{title.column_letter}9"): "处罚金额",
        },
    )
    proposed = pipeline.catalogue_propose(path, "张三")
    assert [d["place"][-2:] for d in proposed["differences"]] == [
        ("delivery", "working_days"),
        ("fine", "title"),
    ]
    pipeline.catalogue_decide(proposed["number"], "accept", "李四", "同意")
    assert [working_days(here, d) for d in (BEFORE, DAY)] == [7, 5]
    fill(path, {("时限", f"{days.column_letter}2"): "4"})
    with pytest.raises(UsageError, match="was not made of catalogue"):
        pipeline.catalogue_propose(path, "张三")


def test_an_accepted_change_still_tells_what_it_makes_different(
    here: Settings, write: Write
) -> None:
    proposed = pipeline.catalogue_propose(write(), "张三")
    number = proposed["number"]
    pipeline.catalogue_decide(number, "accept", "李四", "同意")
    assert pipeline.catalogue_proposal_effect(number) == proposed["differences"]
