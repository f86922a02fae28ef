import csv
import random
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric as stdnum_ric
from stdnum.cn import uscc as stdnum_uscc

from guiji.domain import uscc
from guiji.domain.uscc import Level

ANNEX = Path(__file__).parents[4] / "shared" / "data" / "uscc_testset.csv"
ACCEPTED = {Level.VALID, Level.VALID_FUJIAN_2015}

characters = st.sampled_from(uscc.ALPHABET)
stems = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(sorted(p for p in uscc.PAIRS if p[0].isdigit())),
        st.sampled_from(["520102", "350203", "100000", "990000"]),
        st.text(characters, min_size=9, max_size=9),
    ),
)


def level(code: str | None) -> str:
    return uscc.classify(uscc.normalise(pa.array([code], pa.string())))[0].as_py()


def warned(code: str, regions: set[str] | None = None) -> set[str]:
    flags = uscc.warnings(pa.array([code]), regions)
    return {name for name, column in flags.items() if column[0].as_py()}


def complete(stem: str) -> str:
    return stem + stdnum_uscc.calc_check_digit(stem)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("91520100MA6DXYUH1N", Level.BAD_CHECK),
        ("9152000071430580XT", Level.VALID),
        ("91350100M000100Y43", Level.VALID),  # the standard's own example
        ("911103026605015136", Level.VALID),  # a zone's region, digits only
        ("91350203M0001FUE2P", Level.VALID_FUJIAN_2015),
        ("91440203M0001FUE2P", Level.BAD_CHECK),  # the other rule is Fujian's alone
        ("00000000000000000X", Level.PLACEHOLDER),
        ("000000000000000000", Level.BAD_CHAR),  # stdnum takes it for valid
        ("123456789012345678", Level.BAD_CHECK),  # stdnum takes it for valid
        ("52990119900101001X", Level.BAD_CHECK),
        ("9152000071430580X", Level.BAD_LENGTH),
        ("贵州茅台", Level.BAD_LENGTH),
        ("贵州茅台酒股", Level.BAD_LENGTH),  # eighteen bytes, six characters
        ("贵州茅台酒股份有限公司贵州茅台酒股份", Level.BAD_CHAR),  # eighteen characters
        ("9I520000714305801T", Level.BAD_CHAR),
        ("915200OO71430580XT", Level.BAD_CHAR),
        ("B1520000714305801T", Level.BAD_CHAR),  # no such department
        ("9.15201007136123e+17", Level.TRUNCATED_BY_EXCEL),
        ("9.14403E+17", Level.TRUNCATED_BY_EXCEL),
        ("914403001922038000", Level.TRUNCATED_BY_EXCEL),
        (None, Level.MISSING),
        ("", Level.MISSING),
        ("暂无", Level.MISSING),
        ("N/A", Level.MISSING),
    ],
)
def test_says_what_a_value_is(written: str | None, expected: Level) -> None:
    assert level(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        " 9152000071430580XT\t",
        "\ufeff9152000071430580XT",
        "9152\u200b0000\u00a07143\u30000580XT",
        "９１５２００００７１４３０５８０ＸＴ",  # stdnum leaves full-width letters
        "9152000071430580xt",
        "91-520000-71430580X-T",
        "'9152000071430580XT",
        '="9152000071430580XT"',
    ],
)
def test_finds_the_code_however_it_is_written(written: str) -> None:
    assert uscc.normalise(pa.array([written])).to_pylist() == ["9152000071430580XT"]


def test_every_code_of_the_annex_is_judged_as_listed() -> None:
    if not ANNEX.exists():
        pytest.skip(f"{ANNEX} is not here")
    with ANNEX.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 54
    for line in lines:
        code, kind, found = line["uscc"], line["kind"], level(line["uscc"])
        if kind == "反例" or "误判" in line["name"]:
            assert found not in ACCEPTED, code
        elif kind == "占位":
            assert found == Level.PLACEHOLDER
        elif line["stdnum_2_2_valid"] == "True":
            assert found == Level.VALID, code
            inner_is_right = "inner_check" not in warned(code)
            assert inner_is_right == (line["gb11714_inner_valid"] == "True")
        else:
            assert line["fujian2015_variant_valid"] == "True"
            assert found == Level.VALID_FUJIAN_2015, code


@given(stems)
def test_accepts_what_stdnum_accepts(stem: str) -> None:
    code = complete(stem)
    assert stdnum_uscc.is_valid(code)
    assert level(code) in {Level.VALID, Level.LOOKS_LIKE_PERSON_ID}


@given(
    st.from_regex(r"[1-9][0-9]{7}", fullmatch=True),
    st.text(characters, min_size=9, max_size=9),
)
def test_accepts_the_one_check_character_that_stdnum_accepts(
    head: str, tail: str
) -> None:
    codes = [head + tail + last for last in uscc.ALPHABET]
    levels = uscc.classify(pa.array(codes)).to_pylist()
    right = [stdnum_uscc.is_valid(code) for code in codes]
    other = {Level.LOOKS_LIKE_PERSON_ID, Level.VALID_FUJIAN_2015}
    assert right.count(True) == 1
    for code, found, valid in zip(codes, levels, right, strict=True):
        assert (found == Level.VALID) == valid or found in other, code


@given(stems, st.integers(0, 17), characters)
def test_no_other_character_passes(stem: str, place: int, character: str) -> None:
    code = complete(stem)
    assume(code[place] != character)
    assume(level(code) == Level.VALID)
    changed = code[:place] + character + code[place + 1 :]
    assert level(changed) not in {Level.VALID}


@given(stems, st.integers(0, 16))
def test_no_two_neighbours_may_change_places(stem: str, place: int) -> None:
    code = complete(stem)
    assume(code[place] != code[place + 1] and level(code) == Level.VALID)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert level(swapped) != Level.VALID


@pytest.mark.parametrize("pair", ["A1", "N2", "Y1"])
def test_departments_in_letters_are_legal(pair: str) -> None:
    code = complete_31(f"{pair}520102MA6DXYUH1")
    assert level(code) == Level.VALID
    assert "unknown_pair" not in warned(code)


def complete_31(stem: str) -> str:
    total = sum(uscc.ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(stem))
    return stem + uscc.ALPHABET[-total % 31]


def test_warns_of_what_the_tables_do_not_know() -> None:
    assert warned("9152000071430580XT", {"520000"}) == set()
    assert warned("9152000071430580XT", {"520100"}) == {"unknown_region"}
    assert warned("9152000071430580XT") == set()  # the province is known
    assert "unknown_region" in warned(complete("91990000MA6DXYUH1"))
    assert "unknown_pair" in warned(complete("99520000714305801"))
    assert "inner_check" in warned(complete("91520000714305801"))
    assert uscc.warnings(pa.array([None], pa.string()), None)["unknown_pair"].to_pylist(
    ) == [False]  # fmt: skip


def test_the_catalogue_may_add_a_pair() -> None:
    code = pa.array([complete("99520000714305801")])
    known = uscc.warnings(code, None, uscc.PAIRS | {"99"})
    assert known["unknown_pair"].to_pylist() == [False]


def test_a_persons_id_is_told_even_where_it_passes_as_a_code() -> None:
    numbers = random.Random(1)
    found = 0
    while found < 20:
        stem = f"520102{numbers.randint(1900, 2025)}0{numbers.randint(1, 9)}15"
        stem += f"{numbers.randint(0, 999):03d}"
        number = stem + stdnum_ric.calc_check_digit(stem + "0")
        found += stdnum_uscc.is_valid(number)
        assert level(number) == Level.LOOKS_LIKE_PERSON_ID


def test_a_date_that_is_none_makes_no_person() -> None:
    for birthday in ("19900230", "20210229", "19901301", "19900100", "17990101"):
        stem = f"520102{birthday}123"
        number = stem + stdnum_ric.calc_check_digit(stem + "0")
        assert level(number) != Level.LOOKS_LIKE_PERSON_ID, number


@given(st.lists(st.one_of(st.none(), st.text(max_size=20), stems.map(complete))))
def test_a_column_is_judged_as_its_values_are(codes: list[str | None]) -> None:
    column = uscc.normalise(pa.array(codes, pa.string()))
    assert uscc.classify(column).to_pylist() == [level(code) for code in codes]
    sliced = pa.concat_arrays([pa.array(["x", None]), column]).slice(2)
    assert uscc.classify(sliced) == uscc.classify(column)


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("520103000030639", "registration_number"),
        ("520103850101001", "bad_length"),  # may be a person's old number
        ("71430580-X", "organisation_code"),
        ("71430580-1", "bad_length"),
        ("9152000071430580XT\n914403001922038216", "several_codes"),
        ("统一社会信用代码：9152000071430580XT", "with_other_text"),
        ("9152000071430580XT。", "valid"),
        ("9152000071430580XT，", "valid"),
        ("9152000071430580X", "bad_length"),
    ],
)
def test_what_is_no_code_is_known_for_what_it_is(written: str, level: str) -> None:
    code = uscc.normalise(pa.array([written]))
    assert uscc.classify(code).to_pylist() == [level]
