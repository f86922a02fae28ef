import pyarrow as pa
import pytest

from guiji.domain import codes

LIST = codes.code_names(
    [
        ("警告", ()),
        ("罚款", ("02", "罚金")),
        ("没收违法所得、没收非法财物", ("没收违法所得", "没收非法财物")),
        ("A", ("有效（在营）",)),
    ],
    other_prefix="其他-",
)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("罚款", "罚款"),
        ("02", "罚款"),
        (" 罚 款 ", "罚款"),
        ("a", "A"),
        ("有效(在营)", "A"),  # width does not matter
        ("其他-通报", "其他-通报"),
        ("其他—通报", "其他—通报"),  # a dash of another kind; stored as written
        ("其他-", None),
        ("罚", None),
        ("罚款、警告", None),
    ],
)
def test_finds_one_value(written: str, stored: str | None) -> None:
    found, ok = codes.parse(pa.array([written, None]), LIST)
    assert found.to_pylist() == [stored, None]
    assert ok.to_pylist() == [stored is not None, True]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("罚款、警告", "警告；罚款"),  # in the order of the catalogue
        ("罚款;警告，罚金", "警告；罚款"),  # once each
        ("没收违法所得、没收非法财物", "没收违法所得、没收非法财物"),
        ("罚款、没收违法所得、没收非法财物", "罚款；没收违法所得、没收非法财物"),
        ("没收非法财物，警告", "警告；没收违法所得、没收非法财物"),
        ("罚款；；警告；", "警告；罚款"),
        ("其他-通报；罚款", "罚款；其他-通报"),
        ("罚款；杖责", None),
    ],
)
def test_finds_several_values(written: str, stored: str | None) -> None:
    found, ok = codes.parse(pa.array([written, None]), LIST, several=True)
    assert found.to_pylist() == [stored, None]
    assert ok.to_pylist() == [stored is not None, True]


def test_a_code_goes_before_another_values_alias() -> None:
    names = codes.code_names([("1", ("2",)), ("2", ())])
    assert names.find("2") == "2"
