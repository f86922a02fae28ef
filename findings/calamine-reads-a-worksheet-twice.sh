#!/usr/bin/env bash
# python-calamine goes through the whole XML of a worksheet of an xlsx twice: for the cells, and once more for the
# merged ranges, which stand behind the cells, whether or not anybody asks for them. It stops at the first list of
# ranges: the same worksheet with an empty list before its cells is read in two thirds of the time.
#
# Seen with python-calamine 0.9.1 on Python 3.11, get_sheet_by_index of 20,000 rows of 15 numbers:
#   as spreadsheets write it:                          0.15 CPU s
#   with <mergeCells></mergeCells> before sheetData:   0.09 CPU s, the same cells
# What to do: where the XML is gone through anyway, look for merged ranges there and give the reader an empty list.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q python-calamine==0.9.1
cat >"$folder/seen.py" <<'PY'
import sys
import time
import zipfile

from python_calamine import load_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
RELATION = '<Relationship Id="rId1" Type="{}/{}" Target="{}"/>'
ROWS = "".join(
    f'<row r="{n}">'
    + "".join(f'<c r="{c}{n}"><v>{n}.25</v></c>' for c in "ABCDEFGHIJKLMNO")
    + "</row>"
    for n in range(1, 20_001)
)


def write(path: str, before: str, behind: str = "") -> None:
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{TYPE}.'
        f'sheet.main+xml"/><Override PartName="/xl/sheet1.xml" ContentType="{TYPE}.'
        'worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + RELATION.format(OFFICE, "officeDocument", "xl/workbook.xml")
        + "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + RELATION.format(OFFICE, "worksheet", "sheet1.xml")
        + "</Relationships>",
        "xl/sheet1.xml": f'<worksheet xmlns="{MAIN}">{before}<sheetData>{ROWS}</sheetData>'
        f"{behind}</worksheet>",
    }
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)


def read(path: str) -> tuple[float, int, list[object]]:
    book = load_workbook(path)
    begin = time.process_time()
    sheet = book.get_sheet_by_index(0)
    return time.process_time() - begin, sheet.height, sheet.merged_cell_ranges


usual, early = (f"{sys.argv[1]}/{name}.xlsx" for name in ("usual", "early"))
ranges = '<mergeCells count="1"><mergeCell ref="A2:B3"/></mergeCells>'
write(usual, "", ranges)
write(early, "<mergeCells></mergeCells>", ranges)
found = {path: [read(path) for _ in range(7)] for path in (usual, early)}
seconds = {path: min(x[0] for x in runs) for path, runs in found.items()}
print(f"as spreadsheets write it: {seconds[usual]:.2f} CPU s, {found[usual][0][1:]}")
print(f"with an empty list first: {seconds[early]:.2f} CPU s, {found[early][0][1:]}")
assert found[usual][0][1:] == (20_000, [((1, 0), (2, 1))])
assert found[early][0][1:] == (20_000, [])
if seconds[usual] < 1.2 * seconds[early]:
    raise SystemExit("changed: the worksheet is gone through once")
PY
"$folder/venv/bin/python" "$folder/seen.py" "$folder"
