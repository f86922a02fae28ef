import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiji.domain import org_codes

WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check(body: str) -> str:
    """GB 11714-1997 as it is written: 11 minus the sum; 10 is X and 11 is 0."""
    rest = (
        11 - sum(w * ALPHABET.index(c) for w, c in zip(WEIGHTS, body, strict=True)) % 11
    )
    return {10: "X", 11: "0"}.get(rest, str(rest))  # fmt: skip


def read(text: str | None) -> tuple[str | None, bool, bool]:
    found = org_codes.parse(pa.array([text], pa.string()))
    return found.codes[0].as_py(), found.ok[0].as_py(), found.repaired[0].as_py()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("74218321-3", ("742183213", True, False)),
        ("742183213", ("742183213", True, False)),
        ("71430580-x", ("71430580X", True, False)),
        ("742183214", (None, False, False)),
        ("1616173", ("001616173", True, True)),  # a court's list lost the zeros
        ("161617", (None, False, False)),  # more than two zeros are not guessed
        ("1616174", (None, False, False)),
        ("058252771", (None, False, False)),  # from a real list, expects X
        ("7421832130", (None, False, False)),
        ("暂无", (None, True, False)),
        (None, (None, True, False)),
    ],
)
def test_reads_codes(written: str | None, expected: tuple[str, bool, bool]) -> None:
    assert read(written) == expected


@pytest.mark.duty("CQ1")
@given(st.text(ALPHABET, min_size=8, max_size=8))
def test_only_one_check_character_is_right(body: str) -> None:
    column = pa.array([body + last for last in "0123456789X"])
    right = check(body)
    assert org_codes.valid(column).to_pylist() == [c == right for c in "0123456789X"]
