"""The enterprises of a jurisdiction: everybody that the other records are about.

One table for all nights; a night registers the next slice of it and its licences,
penalties and checks refer to what is registered by then.
"""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guiji.core.errors import CatalogError
from guiji.sample import codes, names

CATEGORIES = ("1", "2", "3")  # 企业, 个体工商户, 农民专业合作社
SHARES = (0.68, 0.27, 0.05)
NUMERIC_SHARE = 0.3  # codes of digits only, which Excel destroys (GB 32100-2015)
YOUNGEST = 200  # days; founded before any late event of the first night
FIRST_DAY = np.datetime64("1996-01-01")

CAPITALS = (3, 10, 30, 50, 100, 200, 300, 500, 518, 800, 1000, 2000, 5000, 12000)
"""Registered capital in 万元."""

MONEY = pa.decimal128(18, 6)


@dataclass(frozen=True)
class Places:
    """The districts of a jurisdiction.

    Attributes:
        codes: GB/T 2260, districts only.
        names: their names with city, e.g. 贵阳市南明区.
        cities: the names of their cities, e.g. 贵阳市.
        province: e.g. 贵州省.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    cities: tuple[str, ...]
    province: str


def places(region_codes: tuple[str, ...], table: Path) -> Places:
    """Look up the districts among `region_codes` in the table of region codes.

    Args:
        region_codes: GB/T 2260 codes of a jurisdiction.
        table: CSV with columns code, name, from, to; `to` empty = still in use.

    Raises:
        CatalogError: none of the codes is a district in use.
    """
    with table.open(encoding="utf-8", newline="") as file:
        current = {r["code"]: r["name"] for r in csv.DictReader(file) if not r["to"]}
    districts = tuple(
        code
        for code in region_codes
        if code in current and code[:4] + "00" in current and code[4:] not in _NO_PLACE
    )
    if not districts:
        raise CatalogError(
            f"{table}: none of the jurisdiction's region codes is a district in use; "
            "add the codes of its districts"
        )
    cities = tuple(current[code[:4] + "00"] for code in districts)
    return Places(
        districts,
        tuple(c + current[d] for c, d in zip(cities, districts, strict=True)),
        cities,
        current[districts[0][:2] + "0000"],
    )


_NO_PLACE = ("00", "01")  # the city itself, and 市辖区


def make(where: Places, count: int, seed: int, before: date) -> pa.Table:
    """Make `count` enterprises, founded before a day.

    Returns:
        Table with columns uscc, org_code, category (second character of the code),
        registration_no, subject_id, enterprise_name, legal_representative,
        legal_id (resident ID of the representative), capital (万元), trade (place in
        names.TRADES), established_on, region, place, city, domicile.
    """
    rng = np.random.default_rng([seed, 1])
    category = rng.choice(len(CATEGORIES), count, p=SHARES)
    district = rng.integers(0, len(where.codes), count)
    legal = names.persons(rng, count)
    trade = rng.integers(0, len(names.TRADES), count)
    place = names.take(where.names, district)
    title = _titles(rng, place, category, trade)
    return pa.table(
        _codes(rng, seed, category, codes.to_characters(where.codes)[district])
        | {
            "category": names.take(CATEGORIES, category),
            "enterprise_name": title,
            "legal_representative": legal,
            "legal_id": codes.to_arrow(
                codes.person_ids(_birthdays(rng, count), rng.integers(1, 999, count))
            ),
            "capital": pa.array([Decimal(c) for c in CAPITALS], MONEY).take(
                pa.array(rng.integers(0, len(CAPITALS), count))
            ),
            "trade": pa.array(trade, pa.int64()),
            "established_on": _founded(rng, count, before),
            "region": names.take(where.codes, district),
            "place": place,
            "city": names.take(where.cities, district),
            "domicile": names.join(where.province, names.addresses(rng, place)),
        }
    )


def _birthdays(rng: np.random.Generator, count: int) -> NDArray[np.datetime64]:
    days: NDArray[np.datetime64] = np.datetime64("1955-01-01") + rng.integers(
        0, 18_000, count
    )
    return days


def _founded(rng: np.random.Generator, count: int, before: date) -> pa.Array:
    span = int((np.datetime64(before) - FIRST_DAY).astype(int)) - YOUNGEST
    age = (span * rng.random(count) ** 2).astype(np.int64)  # most are young
    return pa.array(FIRST_DAY + (span - age), pa.date32())


def _codes(
    rng: np.random.Generator,
    seed: int,
    category: NDArray[np.integer[Any]],
    regions: NDArray[np.uint8],
) -> dict[str, pa.Array]:
    count = len(category)
    serials = np.arange(count)
    numeric = (rng.random(count) < NUMERIC_SHARE) & (serials < codes.NUMERIC_BODIES)
    organisations = codes.org_codes(serials, numeric, seed)
    pairs = codes.to_characters(("91", "92", "93"))[category]
    credit = codes.credit_codes(pairs, regions, organisations)
    leading = np.where(category == 1, 6, rng.integers(0, 4, count))
    numbers = codes.registration_numbers(regions, serials, leading)
    subject = names.join(
        codes.to_arrow(regions), "00", codes.to_arrow(codes.digits(serials, 10))
    )
    return {
        "uscc": codes.to_arrow(credit),
        "org_code": codes.to_arrow(organisations),
        "registration_no": codes.to_arrow(numbers),
        "subject_id": subject,
    }


def _titles(
    rng: np.random.Generator,
    place: pa.Array,
    category: NDArray[np.integer[Any]],
    trade: NDArray[np.integer[Any]],
) -> pa.Array:
    count = len(category)
    form = pa.nulls(count, pa.string())
    for number, letter in enumerate(CATEGORIES):
        drawn = names.pick(rng, names.FORMS[letter], count)
        form = pc.if_else(pa.array(category == number), drawn, form)
    business = names.take([t[0] for t in names.TRADES], trade)
    return names.join(place, names.brands(rng, count), business, form)
