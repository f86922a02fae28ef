import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiji.domain import look_alikes, text

BLANKS = " \t\n\r\u00a0\u1680\u2003\u200a\u2028\u205f\u3000\x85\x1f\x00"
UNSEEN = (
    "\ufeff\u200b\u200f\u2060\u202e\u2066\u206f\xad\x7f\x80\x9f\u061c\u180e\ufff9\uffff"
)
WORDS = ["N/A", "ｎｕｌｌ", '="', "贵州", "\U0002ceb1"]
ALIKE = "﹑﹠﹒⾏⻓\uf900\U0002f800﹝﹞－―ー㇐・·АнΟ第0"
odd = st.sampled_from(
    [*BLANKS, *UNSEEN, *WORDS, *ALIKE, *"'\"无暂—（【］〔〕。怀“…éß-A7x"]
)
texts = st.lists(
    st.one_of(st.none(), st.lists(odd, max_size=6).map("".join), st.text())
)


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("贵\u202e州\u2066茅\u2069台", "贵州茅台"),  # overrides of direction
        ("贵\xad州\x7f茅\u200d台\ufffe", "贵州茅台"),
        ("\x01\x7f\u2060", None),
        (" 贵州茅台\t", "贵州茅台"),
        ("\u3000贵州茅台\u00a0", "贵州茅台"),
        ("\ufeff贵州\u200b茅台", "贵州茅台"),
        ("贵州\x07茅台", "贵州茅台"),
        ("贵州\n茅台", "贵州\n茅台"),  # a line break inside is content
        ('="0012"', "0012"),
        ("'0012", "0012"),
        ("'贵州' 茅台", "'贵州' 茅台"),  # quotation marks, not Excel's mark
        ("北京“贵州”", "北京“贵州”"),
        ("怀", "怀"),  # ends in the bytes of a blank
        ("无", None),
        ("暂无", None),
        ("无锡某某公司", "无锡某某公司"),
        ("\\N", None),
        ("null", None),
        ("Ｎ/Ａ", None),
        ("N/A", None),
        ("—", None),
        ("……", None),
        ("[]号", None),
        ("〔〕号", None),
        (" / ", None),
        ("", None),
        ("   ", None),
        ("\u200b", None),
        (None, None),
        ("0", "0"),
    ],
)
def test_cleans(written: str | None, cleaned: str | None) -> None:
    assert text.clean(pa.array([written], pa.string())).to_pylist() == [cleaned]


@given(texts)
def test_a_column_is_changed_as_its_values_are(values: list[str | None]) -> None:
    column = pa.array(values, pa.string())
    for of_column, of_one in (
        (text.clean, text.clean_one),
        (text.compact, text.compact_one),
        (text.name_norm, text.name_norm_one),
        (text.document_no_norm, text.document_no_one),
    ):
        expected = [None if v is None else of_one(v) for v in values]
        assert of_column(column).to_pylist() == expected
        sliced = pa.concat_arrays([pa.array(["a b", None]), column]).slice(2)
        assert of_column(sliced).to_pylist() == expected
        assert of_column(pa.chunked_array([column, column])).to_pylist() == expected * 2


@given(texts)
def test_cleaning_twice_is_cleaning_once(values: list[str | None]) -> None:
    for change in (text.compact, text.name_norm, text.document_no_norm):
        once = change(text.clean(pa.array(values, pa.string())))
        assert change(once) == once


@pytest.mark.parametrize(
    "written",
    [
        "贵阳 某某（个体工商户）。",
        "贵阳某某(个体工商户)",
        "贵阳某某〔个体工商户〕",
        "贵阳\u3000某某【个体工商户】",
        "贵阳某某﹝个体⼯商⼾﹞",  # Kangxi radicals, as a PDF gives them
        "贵阳某某\u2985个体工商户\u2986",
    ],
)
def test_one_name_in_many_ways(written: str) -> None:
    assert text.name_norm_one(written) == "贵阳某某(个体工商户)"


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        ("⻓安⻋⾏", "长安车行"),  # radicals
        ("\uf9dc安\U0002f9df行", "隆安輸行"),  # compatibility ideographs
        ("甲－乙—丙―丁", "甲-乙-丙-丁"),
        ("阿不都・买买提", "阿不都·买买提"),
        ("ＡВС科技", "ABC科技"),  # full width, Cyrillic
        ("甲﹑乙﹠丙", "甲、乙&丙"),  # small forms
        *(
            (f"贵阳{a}老味道{b}餐馆", '贵阳"老味道"餐馆')
            for a, b in ("“”", "„”", "＂＂", "〝〞", "″″")
        ),
        *((f"O{sign}Neil", "O'Neil") for sign in "’‘＇′´"),
    ],
)
def test_characters_that_look_alike_are_one_in_names(written: str, usual: str) -> None:
    assert text.name_norm_one(written) == text.name_norm_one(usual)
    assert text.clean_one(written) == written  # what is shown stays


def test_columns_and_values_agree_on_every_look_alike() -> None:
    """Columns are searched by bytes: none of these characters may be passed over."""
    signs = map(chr, look_alikes.folded("(", ")"))
    written = [form for sign in signs for form in (f"{sign}甲乙", f"甲{sign}乙")]
    for of_column, of_one in (
        (text.name_norm, text.name_norm_one),
        (text.document_no_norm, text.document_no_one),
        (text.compact, text.compact_one),
    ):
        expected = [of_one(form) for form in written]
        assert of_column(pa.array(written)).to_pylist() == expected


def test_circled_digits_stay() -> None:
    assert text.name_norm_one("①号店㎡") == "①号店㎡"  # NFKC would make them 1 and m2


@pytest.mark.parametrize(
    "written",
    [
        "筑市监罚〔2026〕12号",
        "筑市监罚[2026]12号",
        "筑市监罚（2026）１２ 号",
        "筑市监罚【2026】12号",
        "筑市监罚﹝2026﹞12号",  # what some input methods give
        "筑市监罚〖2026〗12号",
        "筑市监罚{2026}12号",
        "筑市监罚<2026>12号",
        "筑市监罚「2026」12号",
        "筑市监罚﹙2026﹚12号",
        "筑市监罚⟦2026⟧12号",
        "筑市监罚〔2026〕第12号",
        "筑市监罚〔2026〕0012号",
        "筑市监罚〔2026〕12 号。",
        "筑市监罚〔2026〕12号\u200b",
        "筑市监罚\ufe3b2026\ufe3c12号",  # turned for vertical text
        "筑市监罚❲2026❳１２号",
        "筑市监罚〔2026〕12\xad号",
    ],
)
def test_one_document_number_in_many_ways(written: str) -> None:
    column = pa.array([written])
    assert text.document_no_norm(column).to_pylist() == ["筑市监罚〔2026〕12号"]


@pytest.mark.parametrize(
    "written",
    [
        "筑市监罚〔2026〕l2号",
        "筑市监罚〔2026〕120号",
        "筑市监罚〔2026〕1-2号",
        "0012号",
    ],
)
def test_another_document_number_stays_another(written: str) -> None:
    assert text.document_no_one(written) == written
