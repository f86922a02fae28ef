import hashlib
import hmac
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from guiji.domain import persons, text

KEY = b"a key that only tests use"
birthdays = st.dates(date(1900, 1, 1), date(2099, 12, 31))


def number(county: str, born: str, serial: int) -> str:
    stem = f"{county}{born}{serial:03d}"
    return stem + ric.calc_check_digit(stem + "0")


def mask(value: str) -> str:
    return persons.mask_ids(text.compact(pa.array([value])))[0].as_py()


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("529901199003078638", "529901************"),
        ("52990119900307863x", "529901************"),
        ("529901 19900307 8638", "529901************"),
        ("529901-19900307-863X", "529901************"),
        ("529901.19900307.8638", "529901************"),
        ("５２９９０１１９９００３０７８６３８", "529901************"),
        ("张三529901199003078638", "张三529901************"),
        ("529901199003078638（身份证）", "529901************(身份证)"),
        ("52990119900307863", "529901************"),  # the last character is lost
        ("5.2990119900307E+17", "529901************"),  # Excel cut it
        ("529901199003078000", "529901************"),
        ("529901900307863", "529901************"),  # fifteen digits, before 1999
        ("9152000071430580XT", "9152000071430580XT"),
        ("520100000012345", "520100000012345"),  # a registration number
        ("贵阳某某公司", "贵阳某某公司"),
    ],
)
def test_masks_what_looks_like_a_person(written: str, masked: str) -> None:
    assert mask(written) == masked


@given(birthdays, st.integers(0, 999))
def test_no_birthday_survives_masking(born: date, serial: int) -> None:
    plain = number("529901", f"{born:%Y%m%d}", serial)
    assert ric.calc_check_digit(plain) == plain[-1]
    for written in (plain, f"经营者{plain}", f"({plain})", plain.lower()):
        assert f"{born:%Y%m%d}" not in mask(written)


@pytest.mark.parametrize(
    ("written", "ok"),
    [
        ("529901199003078636", True),  # county, date and check character
        ("529901199003078638", False),  # another check character
        ("529901199002308631", False),  # no 30 February
        ("529901900307863", True),
        ("529901901307863", False),
        ("E12345678", True),  # passport
        ("H1234567890", True),  # travel permit
        ("5.2990119900307E+17", False),
        ("52990119900307863", False),  # the last character is lost
        ("123", False),
        (None, True),
    ],
)
def test_judges_numbers_of_documents(written: str | None, ok: bool) -> None:
    column = text.compact(pa.array([written], pa.string()))
    assert persons.documents_ok(column).to_pylist() == [ok]


def test_masks_documents_of_every_length() -> None:
    numbers = pa.array(["529901199003078636", "E12345678", None])
    assert persons.mask_documents(numbers).to_pylist() == [
        "529901************", "E********", None,
    ]  # fmt: skip


def test_masks_phones_and_names() -> None:
    phones = pa.array(["13012348666", "85551234", None])
    assert persons.mask_phones(phones).to_pylist() == ["130****8666", "*" * 8, None]
    assert persons.mask_names(pa.array(["张三丰"])).to_pylist() == ["张*"]
    assert persons.hide(pa.array(["贵阳市某路1号", None])).to_pylist() == [
        "*" * 8,
        None,
    ]


def test_a_pseudonym_is_a_keyed_hash() -> None:
    found = persons.pseudonym(pa.array(["529901199003078636", None]), KEY)
    expected = hmac.new(KEY, b"529901199003078636", hashlib.sha256).hexdigest()
    assert found.to_pylist() == [expected, None]
    other = persons.pseudonym(pa.array(["529901199003078636"]), b"another key")
    assert other.to_pylist() != [expected]
