"""Characters of private use are read, and told with their rows."""

import openpyxl
import pytest
from reading_samples import CODE, Drop

HEAD = ["企业名称", "统一社会信用代码"]
ROWS = [HEAD, ["甲", CODE], ["乙\ue5f1", CODE], ["丙\U00100001", CODE], ["丁", CODE]]
SAID = "第 3—4 行含有私用区字符"


def test_in_a_workbook(drop: Drop) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "名单"
    for row in ROWS:
        sheet.append(row)
    path = drop.folder / "book.xlsx"
    book.save(path)
    reading, rows = drop.read(path, name="企业登记信息.xlsx")
    assert [r["enterprise_name"] for r in rows] == [row[0] for row in ROWS[1:]]
    (remark,) = reading.remarks
    assert remark.code == "PRIVATE_USE"
    assert remark.message.startswith("工作表“名单”" + SAID)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_in_a_text(drop: Drop, encoding: str) -> None:
    content = "".join(",".join(row) + "\n" for row in ROWS)
    reading, rows = drop.read(content.encode(encoding))
    assert [r["enterprise_name"] for r in rows] == [row[0] for row in ROWS[1:]]
    (remark,) = reading.remarks
    assert (remark.code, remark.message[: len(SAID)]) == ("PRIVATE_USE", SAID)
