from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiji.domain import amounts, currencies


def read(text: str | None, unit: str = "万元") -> tuple[str | None, bool, str | None]:
    amount, ok, currency = amounts.parse(pa.array([text], pa.string()), unit)
    value = amount[0].as_py()
    plain = None if value is None else f"{value.normalize():f}"
    return plain, ok[0].as_py(), currency[0].as_py()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1000", ("1000", True, None)),
        ("1,000.00", ("1000", True, None)),
        ("-500", ("-500", True, None)),
        ("2000元", ("0.2", True, None)),
        ("0.2万元", ("0.2", True, None)),
        ("1.2亿元", ("12000", True, None)),
        ("1,000(万元人民币)", ("1000", True, "人民币")),
        ("1,000（万元人民币）", ("1000", True, "人民币")),
        ("0.001万人民币", ("0.001", True, "人民币")),
        ("500( 万人民币元)", ("500", True, "人民币")),
        ("100(万)", ("100", True, None)),
        ("300(万美元)", ("300", True, "美元")),
        ("200(万港币)", ("200", True, "港币")),
        ("200(万香港元)", ("200", True, "港币")),
        ("3(万加拿大元)", ("3", True, "加拿大元")),
        ("8(万欧元)", ("8", True, "欧元")),
        ("10万元美元", ("10", True, "美元")),
        ("1,100(万元(人民币))", ("1100", True, "人民币")),
        ("1,100（万元（人民币））", ("1100", True, "人民币")),
        ("1100【万元[人民币]】", ("1100", True, "人民币")),
        ("500万元（万元）", ("500", True, None)),
        ("100万元人民币(人民币)", ("100", True, "人民币")),
        ("1000（万元）（美元）", ("1000", True, "美元")),
        ("1000(万元)(元)", (None, False, None)),  # which of the two units?
        ("500(万)元", ("500", True, None)),
        ("500(万(美元))", ("500", True, "美元")),
        ("100(人民币万元)", ("100", True, "人民币")),
        ("100万(人民币元)", ("100", True, "人民币")),
        ("（人民币）100万元", ("100", True, "人民币")),
        ("人民币500万元整（人民币）", ("500", True, "人民币")),
        ("1,500(万德国马克)", ("1500", True, "德国马克")),
        ("200万(法国法郎)", ("200", True, "法国法郎")),
        ("30(万元(DEM))", ("30", True, "德国马克")),
        ("贰佰万美元", ("200", True, "美元")),
        ("贰佰万元（港元）", ("200", True, "港币")),
        ("五百(万元)", ("500", True, None)),
        ("USD5000元", ("0.5", True, "美元")),
        ("￥300元", ("0.03", True, "人民币")),
        ("1E7", ("10000000", True, None)),
        ("2e-05", ("0.00002", True, None)),
        ("壹仟元整", ("0.1", True, None)),
        ("人民币贰万伍仟元整", ("2.5", True, "人民币")),
        ("壹佰元零伍分", ("0.010005", True, None)),
        ("一千二百万元", ("1200", True, None)),
        ("暂无", (None, True, None)),
        (None, (None, True, None)),
    ],
)
def test_reads_number_unit_and_currency(
    written: str | None, expected: tuple[str | None, bool, str | None]
) -> None:
    assert read(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "1,00", "1,0000", "(500)", "约500", "500元左右", "500-600", "1.2.3", "五百",
        "0.0000001",  # less than the six places hold: nothing is rounded
        "33.3333333333333",
        "500人民币",  # 500 yuan, or 500 × 10 000 as the column says?
        "人民币500美元",
        "100万元(人民币)(美元)",
        "1,100(万元(人民币)",  # a bracket is missing: perhaps more is
        "1,100(万元人民币))",
        "1100()", "1100(万元())", "1100(万元)约", "壹佰万元(万元)", "(人民币100万元",
        "500德国马克",
        "529901199003078636",  # rather a person than money
        "12345678901234", "1E99", "Infinity",
    ],
)  # fmt: skip
def test_what_is_not_exact_or_not_clear_is_not_understood(written: str) -> None:
    assert read(written) == (None, False, None)


@pytest.mark.parametrize(
    ("unit", "expected"), [("元", "20000"), ("万元", "2"), ("亿元", "0.0002")]
)
def test_gives_the_unit_of_the_catalogue(unit: str, expected: str) -> None:
    assert read("2万元", unit) == (expected, True, None)
    assert read("7", unit) == ("7", True, None)


def test_a_currency_alone_is_clear_where_the_unit_is_yuan() -> None:
    assert read("500人民币", "元") == ("500", True, "人民币")


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="not a unit"):
        amounts.parse(pa.array(["1"]), "dollars")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("人民币元", "人民币"),
        ("usd", "美元"),
        ("港元", "港币"),
        ("德国马克", "德国马克"),
        ("dem", "德国马克"),
        ("276", "德国马克"),
        ("贝壳", None),
    ],
)
def test_knows_currencies_by_their_names(written: str, title: str | None) -> None:
    assert currencies.title_of(written) == title


cents = st.integers(-(10**14), 10**14).map(lambda n: Decimal(n) / 100)


@given(cents)
def test_every_way_gives_the_amount_back(yuan: Decimal) -> None:
    written = [f"{yuan:.2f}", f"{yuan:,.2f}", f"{yuan:,.2f}元", f"{yuan:.2f}(元人民币)"]
    if abs(yuan) >= 10**13:
        return
    found, ok, _ = amounts.parse(pa.array(written), "元")
    assert found.to_pylist() == [yuan] * 4
    assert all(ok.to_pylist())


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    amount, ok, _ = read(text)
    assert ok or amount is None


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1_000_000, "1,000,000"), (0.5, "0.5"), (0, "0"), (-1.25, "-1.25"), (10.0, "10")],
)
def test_a_number_is_written_as_people_read_it(number: float, shown: str) -> None:
    assert amounts.written(number) == shown


@pytest.mark.parametrize("currency", currencies.CURRENCIES, ids=lambda c: c.title)
def test_every_currency_is_read_in_nested_brackets(
    currency: currencies.Currency,
) -> None:
    for name in (currency.title, *currency.names):
        for written in (f"1,100(万元({name}))", f"1100万{name}（{name}）"):
            assert read(written) == ("1100", True, currency.title), written


def test_currencies_have_one_title_and_one_number() -> None:
    known = currencies.CURRENCIES
    names = [name for c in known for name in (c.title, *c.names)]
    assert len({*names}) == len(names)
    assert len({c.number for c in known}) == len(known)
