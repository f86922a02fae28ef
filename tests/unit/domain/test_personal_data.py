"""What is personal data in a text, and what is not; all persons are made up."""

import random
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from guiji.domain import personal_data, resident_ids
from guiji.domain.personal_data import Kind

OLD = "520103900307863"
MOBILE = "13985033002"
ACCOUNT = "6222020000000000000"


def number(stem: str) -> str:
    return stem + resident_ids.check_character(stem)


def kinds(text: str, *, is_number: bool = False) -> list[str]:
    (kind,) = personal_data.kinds(pa.array([text]), is_number=is_number).to_pylist()
    found = [span.kind for span in personal_data.find(text, is_number=is_number)]
    assert kind == personal_data.gravest(personal_data.find(text, is_number=is_number))
    return [str(one) for one in found]


def in_full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


RESIDENT = number("52010319900307863")
LETTERED = next(
    n
    for n in map(number, (f"52010319900307{i:03d}" for i in range(99)))
    if n[-1] == "X"
)
A, B, C = LETTERED[:6], LETTERED[6:14], LETTERED[14:]


@pytest.mark.parametrize(
    "written",
    [
        RESIDENT,
        LETTERED,
        LETTERED.lower(),
        in_full_width(LETTERED),
        LETTERED[:17] + "Ｘ",
        LETTERED[:17] + "ｘ",
        LETTERED[:17] + "Х",
        LETTERED[:17] + "×",
        in_full_width(RESIDENT),
        f"{A} {B} {C}",
        f"{A}，{B}，{C}",
        f"{A}、{B}、{C}",
        f"{A}（{B}）{C}",
        f"{A}[{B}] {C}",
        f"{A}：{B}|{C}",
        f"{A}-{B}-{C}",
        f"{A}.{B}.{C}",
        f"{A}·{B}·{C}",
        f"{A}\u00a0{B}\u00a0{C}",
        f"{A}　{B}　{C}",
        f"{A}—{B}—{C}",
        f"{A}\n{B}{C}",  # wrapped in its cell
        f"{A} {B[:4]} {B[4:6]} {B[6:]} {C}",
        f"{A}-{B[:4]}-{B[4:6]}-{B[6:]}-{C}",
        f"{LETTERED[:3]} {LETTERED[3:6]} {LETTERED[6:10]} {LETTERED[10:14]} {C}",
        " ".join(LETTERED[at : at + 4] for at in range(0, 18, 4)),
        " ".join(LETTERED),
        "\u200b".join(LETTERED),
        f"{LETTERED[:17]} X",
        f"当事人张三（{LETTERED}）于2026-11-02",
        f"证号T{RESIDENT}",  # certificates of operators are numbered so
        f"许可证号{RESIDENT}",  # the words do not help: it has the check character
        f"2026-11-02 {RESIDENT}",
        OLD,
        in_full_width(OLD),
        f"身份证号码:{OLD}。",
        "身份证520103900307860",  # would be a registration number elsewhere
        f"{OLD[:6]} {OLD[6:12]} {OLD[12:]}",
    ],
)
def test_resident_ids_in_any_form(written: str) -> None:
    assert kinds(written) == ["person_id"]
    assert personal_data.find(personal_data.mask(written)) == []


@pytest.mark.parametrize(
    "written",
    [
        MOBILE,
        "139-8503-3002",
        "139 8503 3002",
        "139.8503.3002",
        "139—8503—3002",
        "139\u00a08503\u00a03002",
        "139 85033002",
        "1398503 3002",
        "139-850-33002",
        "1398-503-3002",
        "1 3 9 8 5 0 3 3 0 0 2",
        "139 85 03 30 02",
        "１３９８５０３３００２",
        "１３９－８５０３－３００２",
        "+8613985033002",
        "+86 139 8503 3002",
        "+86-139-8503-3002",
        "(+86)13985033002",
        "（＋86）139-8503-3002",
        "008613985033002",
        "0086-13985033002",
        "86 13985033002",
        "8613985033002",
        "联系电话:13985033002",
        "电话13985033002号机主",
        "Tel13985033002",
        "微信号：wx13985033002",
        "13985033002@",
        "张三13985033002，现住南明区",
        "身份证号13985033002",
        "1.13985033002",  # the first of a list
    ],
)
def test_mobile_phones_in_any_form(written: str) -> None:
    assert kinds(written) == ["phone"]
    masked = personal_data.mask(written)
    assert personal_data.find(masked) == []
    assert "****" in masked


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (ACCOUNT, "bank_account"),
        ("6222 0200 0000 0000 000", "bank_account"),
        (f"卡号{in_full_width(ACCOUNT)}", "bank_account"),
        ("zhang.san@example.com", "email"),
        ("邮箱：zhangsan＠example．com。", "email"),
    ],
)
def test_accounts_and_addresses(written: str, kind: str) -> None:
    assert kinds(written) == [kind]
    assert personal_data.find(personal_data.mask(written)) == []


@pytest.mark.parametrize(
    "written",
    [
        "91520103MA6DJ3YR2X",  # credit codes
        "9152000071430580XT",
        "915201007143058085",
        "统一社会信用代码：91520103MA6DJ3YR2X",
        "52520000500000001Y",
        "714305808",  # organisation codes
        "71430580-8",
        "520103000112345",  # registration numbers
        "520103900307860",  # with the right check digit, though it has a birthday
        "110105194912310021",  # the check character of no resident
        "110105194913310028",  # no such month
        "529903188003078638"[:10],
        "宗地号13900100012",  # documents
        "宗地编号：13900100012",
        "地号 139-0010-0012",
        "国用（2012）第13900100012号",
        "第13900100012号",
        "13900100012号地块",
        "文书编号为13900100012",
        "许可证13900100012",
        "XK13985033002",
        "JY15201030012345",
        "520103-13900100012",
        "139001000121",
        "筑市监处罚〔2026〕13900100012号",
        "罚款13900100012元",  # amounts
        "注册资本13900100012.00",
        "￥13900100012",
        "13900100012平方米",
        "106.13900100012",
        "罚款15000-300000元",
        "1998-05-20 100元",  # dates
        "2026-11-20 10:00:00",
        "2026/11/20至2027/11/19",
        "6222020000000000002",  # no account: the check digit
        "622202123456789X",  # no account: a letter at its end
        "62220212345678901X",
        "发票号6222020000000000000",
        "A" * 8 + "520103199003078638" + "b" * 6,  # a fingerprint
        "贵阳市@南明区",
        "",
    ],
)
def test_what_is_no_person(written: str) -> None:
    assert kinds(written) == []
    assert personal_data.mask(written) == written


@pytest.mark.parametrize("written", [MOBILE, OLD, ACCOUNT, "139 8503 3002"])
def test_numbers_of_documents_without_check_character(written: str) -> None:
    assert kinds(written, is_number=True) == []
    assert kinds(f"{written} {LETTERED}", is_number=True) == ["person_id"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("行政处罚决定书文号", True),
        ("许可编号", True),
        ("注册号", True),
        ("行政相对人代码_2(工商注册号)", True),
        ("统一社会信用代码", True),
        ("罚款金额（万元）", True),
        ("注册资本（万元）", True),
        ("联系电话", False),
        ("联系电话号码", False),
        ("证件号码", False),
        ("法定代表人证件号码", False),
        ("处罚内容", False),
        ("企业名称", False),
    ],
)
def test_titles_of_numbers(title: str, expected: bool) -> None:
    assert personal_data.names_numbers(title) is expected


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        (f"张三{LETTERED}。", f"张三520103{'*' * 12}。"),
        (f"{A}-{B}-{C}", f"520103{'*' * 12}"),
        ("电话139-8503-3002", "电话139****3002"),
        ("＋８６１３９８５０３３００２", "＋８６１３９****３００２"),
        (ACCOUNT, "622202******0000"),
        ("zhang@example.com", "z***@example.com"),
        (f"{LETTERED}{MOBILE}", f"520103{'*' * 12}139****3002"),
        (f"{MOBILE}、{RESIDENT}", f"139****3002、520103{'*' * 12}"),
        (f"{MOBILE}-13885033002", "139****3002-138****3002"),
    ],
)
def test_what_stays_of_it(written: str, masked: str) -> None:
    assert personal_data.mask(written) == masked


SEPARATORS = st.sampled_from(
    ["", " ", "-", ".", "\u00a0", "　", "·", " - ", "、", "\n"]
)
PIECES = st.one_of(
    st.builds(
        lambda born, serial: number(f"520103{born:%Y%m%d}{serial:03d}"),
        st.dates(date(1900, 1, 1), date(2026, 1, 1)),
        st.integers(0, 999),
    ),
    st.builds(lambda tail: f"139{tail:08d}", st.integers(0, 10**8 - 1)),
    st.integers(0, 10**12).map(str),
    st.sampled_from(
        ["第", "号", "元", "电话", "+86", "(", "张三", "x", "86", "1", "@a.cn"]
    ),
)


@given(st.lists(st.tuples(PIECES, SEPARATORS), max_size=8))
def test_masked_text_holds_no_personal_data(pieces: list[tuple[str, str]]) -> None:
    text = "".join(piece + separator for piece, separator in pieces)
    masked = personal_data.mask(text)
    assert personal_data.find(masked) == []
    again = personal_data.mask(text, doubtful=True)
    assert personal_data.find(again, doubtful=True) == []


@given(st.lists(st.tuples(PIECES, SEPARATORS), max_size=6))
def test_the_cheap_look_misses_nothing(pieces: list[tuple[str, str]]) -> None:
    text = "".join(piece + separator for piece, separator in pieces)
    for is_number, pattern in (
        (False, personal_data.SUSPECT),
        (True, personal_data.SUSPECT_ID),
    ):
        found = personal_data.find(text, is_number=is_number)
        wanted = [s for s in found if not is_number or s.kind is Kind.RESIDENT_ID]
        if wanted:
            assert pc.match_substring_regex(pa.array([text]), pattern)[0].as_py()


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
    st.sampled_from("0123456789X"),
)
def test_one_number_is_judged_as_many_are(born: date, serial: int, last: str) -> None:
    stem = f"520103{born:%Y%m%d}{serial:03d}"
    assert resident_ids.check_character(stem) == ric.calc_check_digit(stem + "0")
    characters = np.frombuffer((stem + last).encode(), np.uint8).reshape(1, 18)
    assert resident_ids.are_right(characters)[0] == resident_ids.is_right(stem + last)


def test_a_column_is_masked_where_it_must_be() -> None:
    values = pa.array(["电话13985033002", None, "无", "第13985033002号"])
    assert personal_data.mask_column(values).to_pylist() == [
        "电话139****3002", None, "无", "第13985033002号",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "masked"),
    [
        (LETTERED, f"520103{'*' * 12}"),
        (LETTERED[:17] + "0", f"520103{'*' * 12}"),  # wrong check: nearly a person
        (LETTERED[:17], f"520103{'*' * 12}"),
        (OLD, f"520103{'*' * 12}"),
        ("915201199001011238", "915201199001011238"),  # a credit code with a slip
        ("91520120190307123X", "91520120190307123X"),
        ("525201201903071238", "525201201903071238"),
        ("520103900307860", "520103900307860"),  # a registration number
        ("91520103MA6DJ3YR20", "91520103MA6DJ3YR20"),
    ],
)
def test_a_code_is_no_person_but_what_is_nearly_one_is(code: str, masked: str) -> None:
    assert personal_data.mask_code(code) == masked


@pytest.mark.parametrize("doubtful", [True, False])
def test_a_column_of_codes_is_masked_as_each_of_them(doubtful: bool) -> None:
    """The quick look at many codes leaves out none that may be a resident id."""
    chance = random.Random(7)
    days = [
        f"{y}{m:02}{d:02}" for y in (1899, 1955, 2025) for m in (1, 12) for d in (1, 31)
    ]
    stems = [
        f"5201{chance.randrange(99):02}{day}{chance.randrange(999):03}" for day in days
    ]
    stems += [f"{chance.randrange(10**17):017}" for _ in range(300)]
    codes = [stem + last for stem in stems for last in "0123456789XA"]
    column = personal_data.mask_column(
        pa.array(codes), is_number=True, doubtful=doubtful
    )
    each = [personal_data.mask(c, is_number=True, doubtful=doubtful) for c in codes]
    assert column.to_pylist() == each
    assert each != codes
