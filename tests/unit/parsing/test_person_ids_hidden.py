"""R8: a person's ID never leaves parsing unmasked, wherever a department put it."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_dataset import ITEMS, PERSON, parsed
from stdnum.cn import uscc as stdnum_uscc

CODED = [i.id for i in ITEMS if i.type != "text"]
BORN = "19900307"
shapes = st.sampled_from(
    ["{}", " {}", "'{}", '="{}"', "{}（身份证）", "张三{}", "\u200b{}", "{}。", "№{}"]
)
ways = st.sampled_from(
    [
        str.strip,
        str.lower,
        lambda n: f"{n[:6]} {n[6:14]} {n[14:]}",
        lambda n: f"{n[:6]}-{n[6:14]}-{n[14:]}",
        lambda n: f"{n[:6]}.{n[6:14]}.{n[14:]}",
        lambda n: "".join(chr(ord(c) + 0xFEE0) for c in n),
        lambda n: n[:17],
        lambda n: n[:15] + "000",
        lambda n: f"{n[0]}.{n[1:15]}E+17",
        lambda n: n[:17] + ("0" if n[17] != "0" else "1"),
    ]
)


def everything(table: pa.Table) -> str:
    """Write all that came out, digits only, so that no separator hides a number."""
    cells = " ".join(
        str(value).translate({0xFF10 + i: 0x30 + i for i in range(10)})
        for name in table.column_names
        if "hash" not in name and name not in ("record_id", "subject")
        for value in table[name].to_pylist()
    )
    return "".join(c for c in cells if c.isalnum() or c == " ")


@pytest.mark.parametrize("name", CODED)
@settings(max_examples=40)
@given(shape=shapes, way=ways)
def test_an_id_in_a_coded_column_is_masked(name: str, shape: str, way: object) -> None:
    assert callable(way)
    table = parsed(
        {name: shape.format(way(PERSON)), "name": "某某", "decision_no": "1"}
    )
    assert BORN not in everything(table)


@pytest.mark.parametrize(
    "written", [PERSON, PERSON.lower(), "５２９９０１１９９００３０７８６３６"]
)
def test_the_place_and_the_level_say_what_was_wrong(written: str) -> None:
    row = parsed({"uscc": written}).to_pylist()[0]
    assert row["uscc"] is None
    assert row["uscc__raw"] == "529901************"
    assert row["uscc__ok"] is False
    assert row["uscc__level"] == "looks_like_person_id"


def test_one_that_passes_as_a_credit_code_is_masked_too() -> None:
    # Valid as both; a person's until somebody proves the contrary.
    number = "529901199003070060"
    assert stdnum_uscc.is_valid(number)
    row = parsed({"uscc": number}).to_pylist()[0]
    assert row["uscc__level"] == "looks_like_person_id"
    assert number not in str(row)


def test_neither_subject_nor_hashes_give_it_away() -> None:
    table = parsed(
        {"uscc": PERSON, "id_no": PERSON, "name": "张三", "category": "自然人"}
    )
    row = table.to_pylist()[0]
    assert PERSON not in str(row)
    assert BORN not in str({k: v for k, v in row.items() if "__hash" not in k})
