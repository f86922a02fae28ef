"""Each kind of damage, on real codes of public enterprises (3-domain-standards 1.5)."""

import csv
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from guiji.domain import repairs, uscc
from guiji.sample import corrupt

ANNEX = Path(__file__).parents[4] / "shared" / "data" / "uscc_testset.csv"
HUAWEI = "914403001922038216"
MOUTAI = "9152000071430580XT"
TENCENT = "9144030071526726XG"
ICBC = "91100000100003962T"
BOC = "911100001000013428"


def fits(damaged: str | None, code: str) -> bool:
    text = uscc.normalise(pa.array([damaged], pa.string()))
    return bool(repairs.fits(text, pa.array([code]))[0])


def corrected(damaged: str | None) -> str | None:
    text = uscc.normalise(pa.array([damaged], pa.string()))
    return repairs.corrected(text)[0].as_py()


@pytest.mark.parametrize(
    ("damaged", "code"),
    [
        ("914403001922038000", HUAWEI),  # Excel kept 15 digits
        ("914403001922038200", HUAWEI),  # another program kept 16
        ("914403001922038272", HUAWEI),  # the nearest binary64
        ("9.14403E+17", HUAWEI),  # as Excel shows it
        ("9.144030019220382e+17", HUAWEI),
        ("9.11E17", BOC),
        ("91S2OOOO7I43OS8OXT", MOUTAI),  # O for 0, I for 1, S for 5
        ("９１Ｓ２００００７１４３０５８０ＸＴ", MOUTAI),  # full width besides
        ("91520000714305805T", MOUTAI),  # another character: the inner check
        ("9152000071430580XY", MOUTAI),  # a wrong check character
        ("9152000071403580XT", MOUTAI),  # two exchanged
        ("9152000071430580TX", MOUTAI),  # the last two
        ("152000071430580XT", MOUTAI),  # the first is lost
        ("9152000071430580X", MOUTAI),  # the last
        ("915200071430580XT", MOUTAI),  # one of several zeros
        ("91520000714330580XT", MOUTAI),  # one twice
        ("71430580-X", MOUTAI),  # the organisation code alone
        ("10000396-2", ICBC),
    ],
)
def test_a_code_may_have_become(damaged: str, code: str) -> None:
    assert fits(damaged, code)


def test_an_organisation_code_may_have_lost_its_zeros() -> None:
    police = "11230500001755309F"
    assert fits("1755309", police)
    assert fits("01755309", police)
    assert not fits("755309", police)


@pytest.mark.parametrize(
    ("damaged", "code"),
    [
        (None, MOUTAI),
        ("914403001922037000", HUAWEI),
        ("9.14404E+17", HUAWEI),
        ("9.14403E+16", HUAWEI),
        ("9.15200E+17", MOUTAI),  # a code with letters is never kept as a number
        ("9152000071430X8TX5", MOUTAI),
        ("9152000071430580", MOUTAI),  # two are lost
        ("9152000071430580YA", MOUTAI),  # two are wrong
        ("贵州茅台", MOUTAI),
    ],
)
def test_a_code_cannot_have_become(damaged: str | None, code: str) -> None:
    assert not fits(damaged, code)


def test_other_codes_of_the_annex_are_never_mistaken_for_one_another() -> None:
    if not ANNEX.exists():
        pytest.skip("the annex of real codes is not beside the checkout")
    with ANNEX.open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["stdnum_2_2_valid"] == "True"]
    codes = [r["uscc"] for r in rows if r["kind"][:1] in "91532"]
    assert len(codes) > 40
    for damaged in codes:
        beside = pa.array([damaged] * len(codes)), pa.array(codes)
        found = repairs.fits(*beside)
        assert [c for c, fit in zip(codes, found, strict=True) if fit] == [damaged]


def number_kept(code: str, digits: int) -> str:
    """The code after a program printed its number with so many digits."""
    return repr(float(f"{float(code):.{digits}g}"))


def all_digits() -> list[str]:
    """Valid codes of digits only, drawn with a seed."""
    drawn = random.Random(11)
    stems = (f"91520{drawn.randrange(10**12):012}" for _ in range(9_000))
    return [code for code in map(corrupt.closed, stems) if code.isdigit()]


def registered_digits() -> list[str]:
    """Registered codes of digits only."""
    found: set[str] = set()
    for path in [ANNEX, *ANNEX.parent.glob("real/*.csv")]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                found.add(row.get("uscc") or row.get("统一社会信用代码") or "")
    codes = pa.array(sorted(found))
    valid = codes.filter(pa.array(uscc.accepted(uscc.judge(codes))))
    return [code for code in valid.to_pylist() if code.isdigit()]


@pytest.mark.parametrize("digits", [15, 16, 17])
@pytest.mark.parametrize("codes", [all_digits, registered_digits])
def test_every_code_of_digits_that_was_kept_as_a_number_fits(
    codes: Callable[[], list[str]], digits: int
) -> None:
    if codes is registered_digits and not ANNEX.exists():
        pytest.skip("the annex of real codes is not beside the checkout")
    every = codes()
    assert len(every) > 20
    for kept in (
        [number_kept(code, digits) for code in every],
        [str(int(float(number_kept(code, digits)))) for code in every],
    ):
        texts = uscc.normalise(pa.array(kept))
        assert repairs.fits(texts, pa.array(every)).all()
    half = len(every) // 2  # neighbours may be too near to one another
    others = pa.array(every[half:] + every[:half])
    assert not repairs.fits(texts, others).any()


def test_every_single_slip_of_a_real_code_fits_it() -> None:
    made = [
        MOUTAI[:place] + letter + MOUTAI[place + 1 :]
        for place in range(18)
        for letter in uscc.ALPHABET
    ]
    made += [MOUTAI[:place] + MOUTAI[place + 1 :] for place in range(18)]
    beside = pa.array(made), pa.array([MOUTAI] * len(made))
    assert repairs.fits(*beside).all()


@pytest.mark.parametrize(
    ("damaged", "code"),
    [
        ("91S2OOOO7I43OS8OXT", MOUTAI),
        ("９１５２ＯＯＯＯ７１４３０５８０ＸＴ", MOUTAI),
        ("91440300 715Z67Z6XG", TENCENT),
        ("91440300715267Z6XG", TENCENT),
        (MOUTAI, None),  # nothing is wrong
        ("９１５２００００７１４３０５８０ＸＴ", None),  # full width is no fault
        ("9152OOOO71430580XA", None),  # the check character is wrong besides
        ("52990I199003078636", None),  # a person's number
        ("0O000000000000000X", None),
        (None, None),
    ],
)
def test_confused_letters_are_put_right_only_into_a_good_code(
    damaged: str | None, code: str | None
) -> None:
    assert corrected(damaged) == code


def test_an_empty_column_is_no_fault() -> None:
    nothing = pa.array([], pa.string())
    assert len(repairs.fits(nothing, nothing)) == 0
    assert len(repairs.corrected(nothing)) == 0
