#!/usr/bin/env bash
# python-calamine gives nothing for text that XML and OpenDocument have in another form:
# a CDATA section is an empty cell in ods and in the value of an xlsx, and a line break or a tab inside a
# paragraph of an ods vanishes, so that the words beside it become one.
#
# Seen with python-calamine 0.9.1 on Python 3.11:
#   xlsx, <c t="str"><v><![CDATA[a<b]]></v></c>:      ''
#   ods, <text:p><![CDATA[a<b]]></text:p>:           ''
#   ods, <text:p>a<text:line-break/>b<text:tab/>c:   'abc'
# What to do: write sections and breaks as plain characters before the file is read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q python-calamine==0.9.1
cat >"$folder/seen.py" <<'PY'
import sys
import zipfile

from python_calamine import load_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
SECTION = "<![CDATA[a<b]]>"


def read(path: str, parts: dict[str, str]) -> str:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    (row,) = load_workbook(path).get_sheet_by_index(0).to_python()
    return row[1]


def xlsx(text: str) -> str:
    cells = "".join(
        f'<c r="{letter}1" t="str"><v>{t}</v></c>'
        for letter, t in (("A", "x"), ("B", text), ("C", "x"))
    )
    relation = '<Relationship Id="rId1" Type="{}/{}" Target="{}"/>'
    return read(f"{sys.argv[1]}/a.xlsx", {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{TYPE}.'
        f'sheet.main+xml"/><Override PartName="/xl/sheet1.xml" ContentType="{TYPE}.'
        'worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + relation.format(OFFICE, "officeDocument", "xl/workbook.xml")
        + "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + relation.format(OFFICE, "worksheet", "sheet1.xml")
        + "</Relationships>",
        "xl/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{cells}</row>'
        "</sheetData></worksheet>",
    })


def ods(text: str) -> str:
    cells = "".join(
        '<table:table-cell office:value-type="string"><text:p>' + t
        + "</text:p></table:table-cell>"
        for t in ("x", text, "x")
    )
    names = " ".join(f'xmlns:{n}="{OASIS}:{n}:1.0"' for n in ("office", "table", "text"))
    return read(f"{sys.argv[1]}/a.ods", {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f'<office:document-content {names} office:version="1.3">'
        '<office:body><office:spreadsheet><table:table table:name="s"><table:table-row>'
        f"{cells}</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>",
        "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:'
        'opendocument:xmlns:manifest:1.0" manifest:version="1.3"/>',
    })


assert xlsx("a&lt;b") == ods("a&lt;b") == "a<b"
seen = {
    "xlsx, a CDATA section": (xlsx(SECTION), ""),
    "ods, a CDATA section": (ods(SECTION), ""),
    "ods, a line break and a tab": (ods("a<text:line-break/>b<text:tab/>c"), "abc"),
}
for what, (found, expected) in seen.items():
    print(f"{what}: {found!r}")
    if found != expected:
        raise SystemExit(f"changed: {what} was {expected!r}")
PY
"$folder/venv/bin/python" "$folder/seen.py" "$folder"
