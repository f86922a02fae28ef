#!/usr/bin/env bash
# LibreOffice drops the author of a note when it saves xlsx: every note comes back signed
# with one blank, its text as it was. A program that knows its own notes by their author
# takes them for the user's after one round through LibreOffice: it keeps them, and adds
# itself below or above. Fill colours come back as they were.
#
# Seen with LibreOffice 7.4.7.2 and openpyxl 3.1.5 on Python 3.11:
#   before: 'Platform' 'not a date'
#   after:  ' ' 'not a date'
# What to do: know a note by its text, or by the colour of its cell.
set -euo pipefail
command -v soffice >/dev/null || { echo "install LibreOffice (Debian: libreoffice-calc)" >&2; exit 2; }
soffice --version
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q openpyxl==3.1.5
cat >"$folder/make.py" <<'PY'
import sys

from openpyxl import Workbook
from openpyxl.comments import Comment

book = Workbook()
book.active["A1"] = "2026/13/02"
book.active["A1"].comment = Comment("not a date", "Platform")
book.save(sys.argv[1])
PY
cat >"$folder/seen.py" <<'PY'
import sys

from openpyxl import load_workbook

before, after = (load_workbook(path).active["A1"].comment for path in sys.argv[1:])
print("before:", repr(before.author), repr(before.text))
print("after: ", repr(after.author), repr(after.text))
assert (before.author, after.text.strip()) == ("Platform", "not a date")
if after.author != " ":
    raise SystemExit("changed: a note is signed with something else now")
PY
"$folder/venv/bin/python" "$folder/make.py" "$folder/note.xlsx"
soffice --headless "-env:UserInstallation=file://$folder/profile" \
  --convert-to xlsx --outdir "$folder/saved" "$folder/note.xlsx" >/dev/null 2>&1
"$folder/venv/bin/python" "$folder/seen.py" "$folder/note.xlsx" "$folder/saved/note.xlsx"
