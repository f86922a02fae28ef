#!/usr/bin/env bash
# LibreOffice saves the truth values of an xlsx as ods so that only the one in cell A1
# stays a truth value. Every other cell becomes office:value-type="float", value 1, with
# the formula of:=TRUE(), and is still shown as TRUE. A reader of stored values gets True
# for one row and 1.0 for the next, of a column that looks the same to whoever typed it.
#
# Seen with LibreOffice 7.4.7.2, openpyxl 3.1.5 and python-calamine 0.9.1 on Python 3.11:
#   stored: [[True, 1.0], [1.0, 1.0]]
#   shown:  ['TRUE', 'TRUE', 'TRUE', 'TRUE']
# What to do: look at the text that is shown; a number without a digit in it is none.
set -euo pipefail
command -v soffice >/dev/null || { echo "install LibreOffice (Debian: libreoffice-calc)" >&2; exit 2; }
soffice --version
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q openpyxl==3.1.5 python-calamine==0.9.1
cat >"$folder/make.py" <<'PY'
import sys

from openpyxl import Workbook

book = Workbook()
for _ in range(2):
    book.active.append([True, True])
book.save(sys.argv[1])
PY
cat >"$folder/seen.py" <<'PY'
import re
import sys
import zipfile

from python_calamine import load_workbook

path = sys.argv[1]
stored = load_workbook(path).get_sheet_by_index(0).to_python()
content = zipfile.ZipFile(path).read("content.xml").decode()
shown = re.findall(r"<text:p>([^<]*)</text:p></table:table-cell>", content)
print("stored:", stored)
print("shown: ", shown)
kinds = [type(value) for row in stored for value in row]
if (kinds, shown) != ([bool, float, float, float], ["TRUE"] * 4):
    raise SystemExit("changed: truth values are saved otherwise now")
PY
"$folder/venv/bin/python" "$folder/make.py" "$folder/truths.xlsx"
soffice --headless "-env:UserInstallation=file://$folder/profile" \
  --convert-to ods --outdir "$folder/saved" "$folder/truths.xlsx" >/dev/null 2>&1
"$folder/venv/bin/python" "$folder/seen.py" "$folder/saved/truths.ods"
