#!/usr/bin/env bash
# Arrow compiles the pattern of match_substring_regex at every call, and keeps none.
#
# Seen with pyarrow 26.0.1 on Linux, x86_64. A pattern that finds resident ids in any
# width of digits and with separators between them takes about 1 ms to compile, which is
# what it takes to search some hundred company names. A table is masked column by column
# and delivery by delivery, thousands of short columns a night, so nearly all of the time
# goes into the compiler. Python's re, which compiles once, is quicker up to some hundred
# values; beyond that Arrow is.
#
# One would expect a cache, as Python's re and most engines have one, or that an options
# object that is made once holds what is compiled. It does not: below, one options object
# is used for all calls.
#
# Output seen: "calls of 1 value cost 0.9 of calls of 100 values" (0.8 to 1.0). The script
# fails if a call with one value costs less than half of one with a hundred.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pyarrow==26.0.1"
"$folder/venv/bin/python" - <<'PY'
import time

import pyarrow as pa
import pyarrow.compute as pc

pattern = r"\p{Nd}(?:[ \-._/\n]{0,3}\p{Nd}){16}"
options = pc.MatchSubstringOptions(pattern)


def seconds(count: int) -> float:
    values = pa.array(["某市某某实业有限公司"] * count)
    best = []
    for _ in range(5):
        start = time.process_time()
        for _ in range(100):
            pc.call_function("match_substring_regex", [values], options)
        best.append(time.process_time() - start)
    return min(best)


ratio = seconds(1) / seconds(100)
print(f"calls of 1 value cost {ratio:.1f} of calls of 100 values")
assert ratio > 0.5, ratio
PY
