"""What may be shown of a value."""

import pyarrow as pa
import pytest

from guiji.catalog.model import Item
from guiji.catalog.vocabulary import ItemType, Masking, OpenLevel, Sensitivity
from guiji.checking import masking

PERSON = "11010519491231002X"  # the standard's own example


def shown(value: str | None, item: Item | None) -> str | None:
    (one,) = masking.of_item(pa.array([value], pa.string()), item).to_pylist()
    return one


def item(kind: ItemType = ItemType.TEXT, **more: object) -> Item:
    return Item.model_validate(
        {"id": "x", "title": "X", "code": "X", "type": kind, **more}
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"张三{PERSON}。", "张三110105************。"),
        (PERSON.replace("1", "１"), "１１0１05************"),  # full width
        (PERSON.lower(), "110105************"),
        ("110105194912310021", "110105194912310021"),  # wrong check: may be a number
        ("9152000071430580XT", "9152000071430580XT"),
        ("110105199013310021", "110105199013310021"),  # no such month
        ("证110105 19491231 002X", "证110105************"),  # written in groups
        ("110105-19491231-002x。", "110105************。"),
        (f"{PERSON},{PERSON}", "110105************,110105************"),
        ("电话13812345678", "电话138****5678"),
        ("+8613812345678", "+86138****5678"),
        ("0086-138 1234 5678", "0086-138****5678"),
        (
            "138-1234-5678、１３８　１２３４　５６７８",
            "138****5678、１３８****５６７８",
        ),
        ("2026-11-20 10:00:00", "2026-11-20 10:00:00"),
        ("12026-1381-2345-678", "12026-1381-2345-678"),  # not in groups of a phone
        ("138123456789", "138123456789"),  # 12 digits: no mobile phone
        ("520103000112345", "520103000112345"),  # a registration number
        (None, None),
    ],
)
def test_free_text_is_searched(value: str | None, expected: str | None) -> None:
    assert shown(value, item()) == expected
    assert shown(value, None) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (PERSON, "110105************"),
        ("915201199001011238", "915201199001011238"),  # a slip, and a birthday in it
        ("91520103MA6DJ3YR20", "91520103MA6DJ3YR20"),
        ("13812345678", "13812345678"),
        ("520103900307860", "520103900307860"),  # a registration number
    ],
)
def test_a_code_stays_readable_in_its_own_finding(code: str, expected: str) -> None:
    assert shown(code, item(ItemType.USCC)) == expected


def test_the_number_of_a_document_stays_readable() -> None:
    numbered = item().model_copy(update={"title": "行政处罚决定书文号"})
    assert shown("13900100012", numbered) == "13900100012"
    assert shown(PERSON, numbered) == "110105************"


def test_in_a_column_of_credit_codes_a_wrong_check_does_not_help() -> None:
    assert shown("110105194912310021", item(ItemType.USCC)) == "110105************"


@pytest.mark.parametrize(
    ("how", "value", "expected"),
    [
        (Masking.PERSON_ID, PERSON, "110105************"),
        (Masking.PERSON_ID, "110105************", "110105************"),
        (Masking.PHONE, "13812345678", "138****5678"),
        (Masking.PHONE, "138****5678", "138****5678"),
        (Masking.PHONE, "12", "********"),
        (Masking.NAME, "张三丰", "张*"),
        (Masking.HIDE, "什么都行", "***"),
    ],
)
def test_an_item_says_how_it_is_masked(how: Masking, value: str, expected: str) -> None:
    personal = {"sensitivity": Sensitivity.PERSONAL, "open_level": OpenLevel.NONE}
    assert shown(value, item(masking=how, **personal)) == expected


def test_a_secret_without_a_mask_is_hidden() -> None:
    assert shown("机密", item(sensitivity=Sensitivity.SECRET)) == "***"


def test_amounts_are_shown_even_if_long() -> None:
    amount = item(ItemType.AMOUNT, unit="元")
    assert shown("13812345678", amount) == "13812345678"
