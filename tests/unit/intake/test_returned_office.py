"""A returned workbook in an office program."""

import csv
import shutil
import subprocess
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from returned_books import HEADINGS, Delivered, finding
from servers.waiting import PATIENCE

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("way", ["marked", "plain"])
def test_it_opens_and_shows_what_was_written(tmp_path: Path, way: str) -> None:
    delivered = Delivered(tmp_path, findings=[finding(3, "B", source_sheet="登记")])
    book = openpyxl.Workbook()
    book.active.title = "登记"
    rows = (HEADINGS, ("甲", "91520100K5K7MEAE3L", date(2024, 3, 5)), ("乙", "911"))
    for row in rows:
        book.active.append(row)
    book.save(delivered.original)
    delivered.make(way)
    subprocess.run(
        [OFFICE, "--headless", "--convert-to", SHEETS, delivered.out.name],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    with (tmp_path / "returned-登记.csv").open(encoding="utf-8") as file:
        shown = list(csv.reader(file))
    assert shown[0] == [*HEADINGS, "退回原因"]
    assert shown[1][1] == "91520100K5K7MEAE3L"
    assert shown[2][1] == "911"
    assert shown[2][4].startswith("1. B 列：“统一社会信用代码”不是18位。")
    with (tmp_path / "returned-退回说明.csv").open(encoding="utf-8") as file:
        said = list(csv.reader(file))
    assert said[0][0] == "数据归集退回说明"
    assert ["登记 B3" in row for row in said].count(True) == 1
