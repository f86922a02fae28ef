"""The subjects of a jurisdiction: everybody that the other records are about.

One table for all nights; a night registers the next slice of it and its licences,
penalties and checks refer to what is registered by then.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guiji.catalog.vocabulary import SubjectClass
from guiji.sample import codes, names
from guiji.sample.places import Places

SHARES: Mapping[SubjectClass, float] = {
    SubjectClass.ENTERPRISE: 0.68,
    SubjectClass.INDIVIDUAL_BUSINESS: 0.27,
    SubjectClass.COOPERATIVE: 0.05,
    SubjectClass.INSTITUTION: 0.03,
    SubjectClass.AGENCY: 0.01,
    SubjectClass.SOCIAL_ORGANISATION: 0.03,
}
"""How many of each class there are, compared with one another."""

PAIRS: Mapping[SubjectClass, str] = {
    SubjectClass.ENTERPRISE: "91",
    SubjectClass.INDIVIDUAL_BUSINESS: "92",
    SubjectClass.COOPERATIVE: "93",
    SubjectClass.INSTITUTION: "12",
    SubjectClass.AGENCY: "11",
    SubjectClass.SOCIAL_ORGANISATION: "51",
}
"""Department and category in the credit codes of a class (GB 32100-2015)."""

PAIRS_BY_FORM = {"职业培训学校": "52", "慈善基金会": "53"}
"""Organisation forms that have another category than their class."""

NUMERIC_SHARE = 0.3  # codes of digits only, which Excel destroys (GB 32100-2015)
FARMING = "A"  # 门类 of cooperatives
YOUNGEST = 200  # days; founded before any late event of the first night
FIRST_DAY = np.datetime64("1996-01-01")

CAPITALS = (3, 10, 30, 50, 100, 200, 300, 500, 518, 800, 1000, 2000, 5000, 12000)
"""Registered capital in 万元."""

MONEY = pa.decimal128(18, 6)


def make(
    where: Places,
    count: int,
    seed: int,
    before: date,
    classes: Sequence[SubjectClass] = names.IN_BUSINESS,
    first: int = 0,
) -> pa.Table:
    """Make `count` subjects, founded before a day.

    Args:
        where: their districts.
        count: how many.
        seed: of everything drawn.
        before: they are founded at least YOUNGEST days before it.
        classes: what they are, in shares as SHARES says.
        first: running number of the first; no number of a sample repeats.

    Returns:
        Table with columns uscc, org_code, subject_class, registration_no, subject_id,
        enterprise_name, legal_representative, legal_id (resident ID of the
        representative), capital (万元), trade (place in names.TRADES), established_on,
        region, place, city, domicile.
    """
    rng = np.random.default_rng([seed, 1, first] if first else [seed, 1])
    shares = np.array([SHARES[c] for c in classes])
    category = rng.choice(len(classes), count, p=shares / shares.sum())
    district = rng.integers(0, len(where.codes), count)
    legal = names.persons(rng, count)
    trade = _trades(rng, classes, category, where.codes[0])
    place = names.take(where.names, district)
    region = where.codes[0]
    title, pairs = _titles(rng, place, classes, category, trade, region)
    regions = codes.to_characters(where.codes)[district]
    columns = _codes(rng, seed, first, pairs, regions) | {
        "subject_class": names.take([c.value for c in classes], category),
        "enterprise_name": title,
        "legal_representative": legal,
        "legal_id": _person_ids(rng, count),
        "capital": pa.array([Decimal(c) for c in CAPITALS], MONEY).take(
            pa.array(rng.integers(0, len(CAPITALS), count))
        ),
        "trade": pa.array(trade, pa.int64()),
        "established_on": _founded(rng, count, before),
        "region": names.take(where.codes, district),
        "place": place,
        "city": names.take(where.cities, district),
        "province": pa.repeat(pa.scalar(where.province), count),
    }
    address = names.addresses(rng, place, region)
    return pa.table(columns | {"domicile": names.join(where.address_start, address)})


def _trades(
    rng: np.random.Generator,
    classes: Sequence[SubjectClass],
    category: NDArray[np.integer[Any]],
    region: str,
) -> NDArray[np.int64]:
    """Draw places in names.TRADES; cooperatives are in farming."""
    businesses = names.trades(region)
    drawn = rng.integers(0, len(businesses), len(category))
    farming = np.array([n for n in businesses if names.TRADES[n][1] == FARMING])
    is_cooperative = np.array([c is SubjectClass.COOPERATIVE for c in classes])
    return np.where(
        is_cooperative[category], farming[drawn % len(farming)], businesses[drawn]
    )


def _person_ids(rng: np.random.Generator, count: int) -> pa.Array:
    born = np.datetime64("1955-01-01") + rng.integers(0, 18_000, count)
    return codes.to_arrow(codes.person_ids(born, rng.integers(1, 999, count)))


def _founded(rng: np.random.Generator, count: int, before: date) -> pa.Array:
    span = int((np.datetime64(before) - FIRST_DAY).astype(int)) - YOUNGEST
    age = (span * rng.random(count) ** 2).astype(np.int64)  # most are young
    return pa.array(FIRST_DAY + (span - age), pa.date32())


def _codes(
    rng: np.random.Generator,
    seed: int,
    first: int,
    pairs: NDArray[np.uint8],
    regions: NDArray[np.uint8],
) -> dict[str, pa.Array]:
    count = len(pairs)
    serials = np.arange(first, first + count)
    numeric = (rng.random(count) < NUMERIC_SHARE) & (serials < codes.NUMERIC_BODIES)
    organisations = codes.org_codes(serials, numeric, seed)
    credit = codes.credit_codes(pairs, regions, organisations)
    is_individual = (pairs == codes.to_characters(("92",))).all(axis=1)
    leading = np.where(is_individual, 6, rng.integers(0, 4, count))
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
    classes: Sequence[SubjectClass],
    category: NDArray[np.integer[Any]],
    trade: NDArray[np.integer[Any]],
    region: str,
) -> tuple[pa.Array, NDArray[np.uint8]]:
    """Return the names, and the pairs of characters that begin the credit codes."""
    count = len(category)
    form = pa.nulls(count, pa.string())
    business = names.take([t[0] for t in names.TRADES], trade)
    for number, subject_class in enumerate(classes):
        rows = pa.array(category == number)
        drawn = names.pick(rng, names.FORMS[subject_class], count)
        form = pc.if_else(rows, drawn, form)
        if subject_class not in names.IN_BUSINESS:
            business = pc.if_else(rows, "", business)
    by_class = codes.to_characters([PAIRS[c] for c in classes])
    pairs: NDArray[np.uint8] = by_class[category]
    for word, pair in PAIRS_BY_FORM.items():
        rows = np.asarray(pc.equal(form, word))
        pairs[rows] = codes.to_characters((pair,))
    return names.join(place, names.brands(rng, count, region), business, form), pairs
