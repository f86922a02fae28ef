"""Made codes pass the checks of python-stdnum, and are nobody's."""

import numpy as np
import pytest
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2, mod_11_10

from guiji.domain import org_codes
from guiji.sample import codes, corrupt

COUNT = 3000
SERIALS = np.arange(COUNT)


@pytest.fixture
def organisations() -> codes.Bytes:
    return codes.org_codes(SERIALS, SERIALS % 3 == 0, seed=4)


def repeated(text: str) -> codes.Bytes:
    return np.tile(codes.to_characters([text]), (COUNT, 1))


def test_credit_codes_are_valid_and_distinct(organisations) -> None:
    made = codes.credit_codes(repeated("91"), repeated("520102"), organisations)
    texts = codes.to_arrow(made).to_pylist()
    assert all(uscc.is_valid(code) for code in texts)
    assert len(set(texts)) == COUNT


def test_organisation_codes_inside_are_valid(organisations) -> None:
    assert all(org_codes.valid(codes.to_arrow(organisations)).to_pylist())


def test_no_register_has_issued_their_organisation_codes(organisations) -> None:
    prefixes = {code[:2] for code in codes.to_arrow(organisations).to_pylist()}
    assert prefixes == {"99", "MY"}


def test_more_codes_than_there_are_is_an_error() -> None:
    with pytest.raises(ValueError, match="more organisation codes"):
        codes.org_codes(np.array([codes.NUMERIC_BODIES]), np.array([True]), 0)


def test_registration_numbers_pass_mod_11_10() -> None:
    made = codes.registration_numbers(repeated("520102"), SERIALS, SERIALS % 10)
    assert all(mod_11_10.is_valid(n) for n in codes.to_arrow(made).to_pylist())


def test_person_ids_are_valid_and_of_no_county() -> None:
    born = np.datetime64("1960-02-28") + SERIALS
    made = codes.to_arrow(codes.person_ids(born, SERIALS)).to_pylist()
    assert all(mod_11_2.is_valid(number) for number in made)
    assert [made[0][6:14], made[1][6:14], made[2][6:14]] == [
        "19600228",
        "19600229",  # a leap year
        "19600301",
    ]
    assert {number[:6] for number in made} == {"529901"}


CODE = "91520102MY79UT7L44"


@pytest.mark.parametrize(
    "change",
    [corrupt.unknown_pair, corrupt.unknown_region, corrupt.inner_check],
)
def test_a_code_to_be_warned_of_has_right_check_characters(change) -> None:
    assert uscc.is_valid(CODE)
    spoilt = change(CODE)
    assert spoilt != CODE
    assert uscc.is_valid(spoilt)


def test_only_the_inner_check_is_spoilt() -> None:
    inner = corrupt.inner_check(CODE)
    assert inner[:16] == CODE[:16]
    assert not org_codes.valid(codes.to_arrow(codes.to_characters([inner[8:17]])))[
        0
    ].as_py()


@pytest.mark.parametrize(
    "change",
    [corrupt.bad_check, corrupt.too_short, corrupt.bad_character, corrupt.as_number],
)
def test_a_spoilt_code_is_not_valid(change) -> None:
    assert not uscc.is_valid(change(CODE))


def test_excel_keeps_five_decimals_of_a_code() -> None:
    assert corrupt.as_number("915201029905543350") == "9.15201E+17"
