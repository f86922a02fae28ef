"""No cell, however far out, makes a parser raise: it is read, or not understood."""

from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiji.domain import (
    amounts,
    codes,
    dates,
    fingerprints,
    integers,
    named_amounts,
    org_codes,
    persons,
    phones,
    repairs,
    text,
    uscc,
)

COLOURS = codes.code_names([("1", ("红", "赤")), ("2", ("蓝",))], "其他-")
GOOD_CODE = "91520100714313887B"


def _uscc(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    found = uscc.normalise(texts)
    uscc.warnings(found, None)
    repairs.fits(found, pa.array([GOOD_CODE] * len(found)))
    repairs.corrected(found)
    return found, pa.array(uscc.harmless(uscc.judge(found)))


def _person(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    found = text.compact(texts)
    persons.mask_ids(found)
    return persons.mask_documents(found), persons.documents_ok(found)


def _org_code(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    found = org_codes.parse(texts)
    return found.codes, found.ok


PARSERS: dict[str, Callable[[pa.Array], tuple[pa.Array, pa.Array]]] = {
    "dates": lambda texts: dates.parse(texts)[:2],
    "amounts": lambda texts: amounts.parse(texts, "元")[:2],
    "amounts in 亿元": lambda texts: amounts.parse(texts, "亿元")[:2],
    "integers": integers.parse,
    "phones": phones.parse,
    "codes": lambda texts: codes.parse(texts, COLOURS, several=True),
    "credit codes": _uscc,
    "organisation codes": _org_code,
    "documents of persons": _person,
}

FAR = (
    "9" * 400, "-" + "9" * 400, "0" * 20_000 + "1", "1" + "0" * 5_000,
    str(2**63), str(2**63 - 1), str(-(2**63)), "9" * 13, "9" * 17 + "E+17",
    "1E99", "1E-99", "1e308", "1e999", "9.99999999999999E+99", "1E", "-0", "+0.0",
    "Infinity", "-inf", "NaN", "sNaN", "1_000", "٣", "¼", "²", "1,000" + ",000" * 90,
    "0." + "0" * 400 + "1", "1." + "9" * 400, "9" * 13 + "." + "9" * 6,
    "亿" * 300, "万" * 300, "九" * 5_000 + "元", "壹元" + "零" * 5_000 + "角",
    "壹元" + "玖" * 5_000 + "分", "9999999999999亿元", "1E99亿元", "0.0000001亿元",
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "10000-01-01",
    "二〇一六年九万亿月一日", "2958466", "-1", "9999999999999",
    "1.23456789012345678E17", "9.15201007136123e+17", "1E17", "0E17",
    "\ud7ff", "\U0010ffff" * 18, "9" * 17 + "\U0010ffff", "Ａ" * 18, "'" * 40,
    "=" * 40, '=""', '="' + "9" * 400 + '"', "(" * 400, "-" * 400, "\x1f", "+",
)  # fmt: skip


@pytest.mark.parametrize("name", PARSERS)
def test_far_out_values_are_read_or_not_understood(name: str) -> None:
    values, ok = PARSERS[name](pa.array(FAR, pa.string()))
    assert len(values) == len(ok) == len(FAR)
    assert ok.null_count == 0


@given(
    st.lists(
        st.text("0123456789.,+-eE万亿元角分零壹九Xx/()年月日TZ: ", max_size=40),
        min_size=1,
        max_size=20,
    )
)
def test_no_mixture_of_figures_and_units_raises(texts: list[str]) -> None:
    for parse in PARSERS.values():
        _, ok = parse(pa.array(texts, pa.string()))
        assert len(ok) == len(texts)


@pytest.mark.parametrize("written", [t for t in FAR if len(t) < 1_000])
def test_amounts_in_texts_and_fingerprints_have_no_limits(written: str) -> None:
    assert all(amount >= 0 for amount in named_amounts.find(f"罚款{written}元"))
    assert fingerprints.of(pa.array([written]))[0] >= 0
