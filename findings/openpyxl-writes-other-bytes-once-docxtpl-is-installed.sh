#!/usr/bin/env bash
# openpyxl writes other bytes once docxtpl is installed beside it.
#
# docxtpl needs lxml, and openpyxl takes lxml for its XML wherever it is installed, without
# being told. The same calls then give a workbook whose parts differ (quotation marks of
# the XML declaration, how an empty element ends, the order of namespaces), though nobody
# imports docxtpl. A platform that keeps workbooks under the hash of their bytes, or proves
# a night by running it again, finds all of them changed by an unrelated dependency.
#
# Seen with openpyxl 3.1.5, docxtpl 0.20.2, lxml 6.1.3 on Python 3.11: of 8 parts 6 differ,
# the worksheet among them; with OPENPYXL_LXML=False none. The variable is read once, when
# openpyxl is imported.
# The script fails if the bytes are the same, or if the variable no longer restores them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
install() { "$folder/venv/bin/pip" install -q --disable-pip-version-check "$@"; }
cat >"$folder/write.py" <<'PY'
import hashlib
import sys
import zipfile
from datetime import datetime

import openpyxl

book = openpyxl.Workbook()
book.properties.created = book.properties.modified = datetime(2026, 11, 20)
for number in range(3):
    book.active.append([f"企业{number}", number, None, datetime(2026, 11, 20)])
book.active.freeze_panes = "A2"
book.save(sys.argv[1])
with zipfile.ZipFile(sys.argv[1]) as parts:
    for name in sorted(parts.namelist()):
        if name != "docProps/core.xml":  # states the hour of saving
            print(name, hashlib.sha256(parts.read(name)).hexdigest()[:12])
PY
write() { "$folder/venv/bin/python" "$folder/write.py" "$folder/book.xlsx"; }
install openpyxl==3.1.5
write >"$folder/alone"
install docxtpl==0.20.2 lxml==6.1.3
write >"$folder/beside"
OPENPYXL_LXML=False write >"$folder/told"
echo "parts: $(wc -l <"$folder/alone"), different beside docxtpl:" \
  "$(comm -13 <(sort "$folder/alone") <(sort "$folder/beside") | wc -l)"
cmp -s "$folder/alone" "$folder/beside" && { echo "changed: the bytes are the same"; exit 1; }
grep -q worksheets <(comm -13 <(sort "$folder/alone") <(sort "$folder/beside")) ||
  { echo "changed: the worksheet is the same"; exit 1; }
cmp "$folder/alone" "$folder/told" || { echo "changed: OPENPYXL_LXML=False is no help"; exit 1; }
echo "with OPENPYXL_LXML=False: as without docxtpl"
