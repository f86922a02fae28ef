"""Make catalog/regions.csv: every GB/T 2260 code there ever was, with zone codes.

A region code inside a credit code is that of the authority at the day of registration
and stays for life, so abolished codes belong into the table. Columns: code, name,
from, to (years; empty = since always, still in use); a code that changed its name has
a line for each name.

Sources: `cn/loc.dat` of python-stdnum (LGPL-2.1-or-later; taken there from the lists of
zh.wikipedia.org), and SUPPLEMENT: codes that registration authorities of development
zones use although GB/T 2260 lacks them.

Usage: .venv/bin/python scripts/make_regions.py
"""

import csv
import re
from importlib.resources import files
from pathlib import Path

TABLE = Path(__file__).parents[1] / "catalog" / "regions.csv"
NAME = re.compile(r"(?:\[(\d*)-(\d*)\])?([^,\[\]]+)")

SUPPLEMENT = {
    "100000": "国家",  # GB 32100-2015: registered with a national body
    "110302": "北京经济技术开发区",
    "310141": "中国(上海)自由贸易试验区",
    "320191": "南京江北新区",
    "320594": "苏州工业园区",
    "500905": "重庆两江新区",
    "610131": "西安高新技术产业开发区",
    "610132": "西安经济技术开发区",
    # Guizhou: found in registrations whose addresses lie there.
    "520190": "贵阳国家高新技术产业开发区",
    "520223": "盘州市(亦资)",
    "520290": "六盘水钟山经济开发区",
    "520390": "遵义新蒲新区",
    "520393": "遵义南部新区",
    "520490": "安顺经济技术开发区",
    "520491": "安顺黄果树风景名胜区",
    "520690": "铜仁大龙经济开发区",
    "520691": "铜仁高新技术产业开发区",
    "520900": "贵安新区",
    "522320": "黔西南义龙新区",
    "522620": "凯里经济开发区",
    "522720": "黔南(都匀)经济开发区",
}

Line = tuple[str, str, str, str]


def standard(text: str) -> list[Line]:
    """Read `loc.dat`: provinces of two digits, under each its codes of four."""
    found: list[Line] = []
    province = ""
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        code, _, rest = line.strip().partition(" ")
        if not line.startswith(" "):
            province = code
            continue
        names = rest.removeprefix('county="').removesuffix('"')
        found += [
            (province + code, name, begin, end)
            for begin, end, name in NAME.findall(names)
        ]
    return found


def main() -> None:
    """Write the table, sorted by code and year."""
    source = files("stdnum.cn").joinpath("loc.dat").read_text(encoding="utf-8")
    lines = standard(source)
    known = {code for code, *_ in lines}
    lines += [(c, n, "", "") for c, n in SUPPLEMENT.items() if c not in known]
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "name", "from", "to"])
        writer.writerows(sorted(lines, key=lambda x: (x[0], x[2], x[1])))
    print(f"{TABLE.name}: {len(lines)} lines, {len({x[0] for x in lines})} codes")


if __name__ == "__main__":
    main()
