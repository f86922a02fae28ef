"""What the server loads for a returned workbook, so that its process loads nothing."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from returned_books import CATALOG, HEADINGS, Delivered, finding

from guiji.context import Context
from guiji.outbox.returned import workbook
from guiji.reading.processes.children import ProcessResult

CODE = "91520100K5K7MEAE3L"
AS_SERVER = """
import importlib, json, sys
from guiji.core import arrow_without_pandas
from guiji.reading.limits import Limits
from guiji.reading.processes import worker
arrow_without_pandas.settle()
task = json.loads(sys.stdin.read())
for name in (*worker.LOADED, task["answers"], *task["loads"]):
    importlib.import_module(name)
before = set(sys.modules)
maker = sys.modules[task["answers"]]
answer = maker.answer(task, Limits(**task["limits"]))
answer["loaded"] = sorted(set(sys.modules) - before)
answer["openpyxl"] = "openpyxl" in sys.modules
print(json.dumps(answer))
"""


def csv_file(path: Path) -> None:
    text = f"{','.join(HEADINGS)}\n甲,{CODE},2024-03-05,5\n乙,911,2024-03-06,6\n"
    path.write_text(text, "utf-8")


def xlsx_file(path: Path) -> None:
    book = openpyxl.Workbook()
    day = date(2024, 3, 5)
    for row in (HEADINGS, ("甲", CODE, day, 5), ("乙", "911", day, 6)):
        book.active.append(row)
    book.save(path)


@pytest.mark.parametrize(
    ("name", "build", "sheet", "needs_openpyxl"),
    [
        ("企业登记信息.csv", csv_file, None, False),
        ("企业登记信息.xlsx", xlsx_file, "Sheet", True),
    ],
    ids=["plain", "marked"],
)
def test_the_process_itself_loads_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    build: Any,
    sheet: str | None,
    needs_openpyxl: bool,
) -> None:
    answers = []

    def ask(task: str) -> ProcessResult:
        ran = subprocess.run(
            [sys.executable, "-c", AS_SERVER],
            input=task,
            capture_output=True,
            text=True,
            check=True,
        )
        answers.append(json.loads(ran.stdout))
        return ProcessResult(ran.stdout, ran.returncode, 0.0, 0)

    delivered = Delivered(
        tmp_path, name, findings=[finding(3, "B", source_sheet=sheet)]
    )
    build(delivered.original)
    judged = delivered.judged(delivered.read())
    monkeypatch.setattr(workbook.children, "ask", ask)
    path = workbook.write(Context(delivered.settings, catalog=CATALOG), judged)
    assert path is not None
    (answer,) = answers
    assert answer["openpyxl"] is needs_openpyxl
    assert answer["loaded"] == []
    assert openpyxl.load_workbook(path).sheetnames[-1] == "退回说明"
