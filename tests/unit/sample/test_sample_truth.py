"""What the truth says is what one sees when one opens the file."""

import sqlite3
from collections import Counter

import pyarrow.parquet as pq
import pytest
from openpyxl.utils import column_index_from_string
from stdnum.cn import uscc

from guiji.core.errors import BatchRefused
from guiji.parsing.parse import parse
from guiji.reading.read import read_file

KEY = b"k" * 32
ROW_KINDS = ("quarantine", "warning", "trial")


def files(sample, *verdicts: str) -> list[dict[str, object]]:
    return [
        line
        for line in sample.expected()
        if line["way"] == "file" and line["verdict"] in verdicts
    ]


def cell(sample, cells, fault) -> object:
    row = cells(sample.path(fault), fault["sheet"])[fault["row"] - 1]
    place = column_index_from_string(fault["column"]) - 1
    return row[place] if place < len(row) else None


def of_files(sample, ending: str) -> list[dict[str, object]]:
    extracts = {e["file"] for e in sample.expected() if e["way"] == "extract"}
    return [
        f
        for f in sample.truth()
        if f["rule_id"].endswith(ending) and f["file"] not in extracts and f["row"]
    ]


def test_missing_cells_are_empty(sample, cells) -> None:
    faults = of_files(sample, ".required") + of_files(sample, ".required_when")
    assert len(faults) > 20
    shown = {cell(sample, cells, f) for f in faults}
    assert shown <= {None, "", "00000000000000000X"}


def test_long_cells_are_longer_than_allowed(sample, cells) -> None:
    faults = of_files(sample, ".length")
    assert len(faults) > 10
    for fault in faults:
        dataset = sample.catalog.datasets[fault["rule_id"].split(".")[0]]
        assert len(cell(sample, cells, fault)) > dataset.item(fault["item"]).length


def test_spoilt_codes_stand_at_their_address(sample, cells) -> None:
    faults = of_files(sample, ".uscc.form")
    assert len(faults) > 5
    assert not any(uscc.is_valid(str(cell(sample, cells, f))) for f in faults)
    for ending in (".unknown_pair", ".unknown_region", ".inner_check"):
        warned = of_files(sample, ending)
        assert warned
        assert all(uscc.is_valid(cell(sample, cells, f)) for f in warned)


def test_lost_characters_stand_at_their_address(sample, cells) -> None:
    faults = of_files(sample, ".row.chars_lost")
    assert faults
    assert all("\ufffd" in cell(sample, cells, f) for f in faults)


def test_ragged_rows_have_another_number_of_cells(sample, cells) -> None:
    for ending, more in ((".ragged_long", True), (".ragged_short", False)):
        faults = of_files(sample, ending)
        assert faults
        for fault in faults:
            grid = cells(sample.path(fault), fault["sheet"])
            width = max(Counter(map(len, grid)).items(), key=lambda pair: pair[1])[0]
            assert (len(grid[fault["row"] - 1]) > width) is more


def test_only_one_rule_is_broken_by_a_row(sample) -> None:
    broken = Counter(
        (f["department"], f["file"], f["row"])
        for f in sample.truth()
        if f["kind"] in ROW_KINDS
    )
    assert set(broken.values()) == {1}


def test_all_other_cells_are_read_without_a_complaint(sample, tmp_path) -> None:
    """Reading and parsing find nothing but the faults of form."""
    for line in files(sample, "accepted", "partly"):
        own = sample.catalog.datasets_of(line["department"])
        out = tmp_path / line["department"] / line["file"]
        reading = read_file(sample.path(line), line["file"], own, out)
        assert (reading.dataset, reading.rows_read) == (line["dataset"], line["rows"])
        text = pq.read_table(out / "text.parquet")
        dataset = sample.catalog.datasets[line["dataset"]]
        typed = parse(text, dataset, sample.catalog, line["department"], KEY)
        flagged = {
            (row, name.removesuffix("__ok"))
            for name in typed.column_names
            if name.endswith("__ok") and name != "operation__ok"
            for row, fine in zip(
                typed["source_row"].to_pylist(), typed[name].to_pylist(), strict=True
            )
            if not fine
        }
        expected = {
            (f["row"], f["item"])
            for f in sample.truth()
            if (f["department"], f["file"]) == (line["department"], line["file"])
            and f["rule_id"].endswith((".form", ".digits_lost"))
            and f["item"] != "_operation"
        }
        assert flagged == expected


def test_refused_files_are_refused_for_their_reason(sample, tmp_path) -> None:
    refused = files(sample, "refused")
    assert len({line["code"] for line in refused}) == len(refused) == 9
    datasets = list(sample.catalog.datasets.values())
    for line in refused:
        own = sample.catalog.datasets_of(line["department"])
        others = [d for d in datasets if d not in own]
        with pytest.raises(BatchRefused) as caught:
            read_file(
                sample.path(line), line["file"], own, tmp_path / "x", others=others
            )
        assert caught.value.code == line["code"]


def test_one_file_comes_twice_and_one_for_trial(sample) -> None:
    (again,) = files(sample, "duplicate")
    first = sample.path(again).with_name(again["file"].replace("_再次报送", ""))
    assert sample.path(again).read_bytes() == first.read_bytes()
    assert again["file"] > first.name  # claimed by name: the first one stays the first
    (trial,) = files(sample, "trial")
    assert trial["file"].startswith("试报/")
    assert sample.path(trial).is_file()


def extracted(sample, department: str) -> list[tuple[dict[str, object], object]]:
    """Faults in a department's database, each with the value found at its row."""
    (dataset, extract) = next(
        (d, e)
        for d in sample.catalog.datasets.values()
        for e in d.extracts
        if e.department == department
    )
    database = sqlite3.connect(sample.settings.sources / f"{extract.connection}.db")
    names = [item.code for item in dataset.items]
    rows = database.execute(
        f"select {', '.join(names)} from {extract.source} "
        f"order by {dataset.item(dataset.key[0]).code}"
    ).fetchall()
    database.close()
    places = {item.id: place for place, item in enumerate(dataset.items)}
    return [
        (fault, rows[fault["row"] - 2][places[fault["item"]]])
        for fault in sample.truth()
        if fault["department"] == department and fault["kind"] in ROW_KINDS
    ]


@pytest.mark.parametrize("department", ["tax", "human_resources"])
def test_extracted_rows_are_numbered_in_the_order_of_their_key(
    sample, department
) -> None:
    seen = 0
    for fault, value in extracted(sample, department):
        kind = fault["rule_id"].rpartition(".")[2]
        if kind in ("required", "required_when"):
            seen += 1
            assert value in (None, "00000000000000000X")
        elif kind == "length":
            seen += 1
            assert "长" in value
        elif kind == "form" and fault["item"].endswith("uscc"):
            seen += 1
            assert not uscc.is_valid(value)
    assert seen


def test_late_rows_are_older_than_their_clock(sample) -> None:
    late = [f for f in sample.truth() if f["kind"] == "late"]
    told = sum(line["late"] for line in sample.expected())
    assert len(late) >= told > 10
    assert {f["rule_id"] for f in late} == {"delivery"}
