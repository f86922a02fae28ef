"""Lines that can be decoded, but are text of another encoding.

Big5, Shift JIS, EUC-KR and Windows-1252 in a file of GB18030 mostly decode without an
error, as rare or unconnected characters; so does UTF-8 that was decoded wrongly once
and encoded again. Nobody is to publish such a name. A line counts as misread only where
it reads well in the other encoding and badly as it stands: rare characters alone are no
reason, for names hold them.

Nearly every record in Chinese holds one of `FAMILIAR`; only other lines are looked at.
"""

import re
from collections.abc import Iterable, Iterator

from guiji.reading.texts import encoding as encodings
from guiji.reading.texts import foreign_names
from guiji.reading.texts.encoding import EVERYDAY, EVERYDAY_BIG5, characters, share

FAMILIAR = (
    "司市有限省县镇营业销州阳许行政中正水新文天王张周徐杨谢赵郑朱西小学院药用土上下生设"
    "售商社深山石事实食术思四苏太特体田铁通同外网卫物五务现乡香消协信兴修烟研养一医银影"
    "玉园云运在造站证支制住装资自综总租"
)
"""Characters of names and addresses that text of another encoding hardly ever shows:
their first bytes in GB 2312 are above those of Korean syllables and of the everyday
characters of Big5."""

UNFAMILIAR = re.compile(f"\n[^\n{FAMILIAR}]*+(?=\n)")
ENOUGH = 4
"""Characters of another encoding that tell it."""

BADLY, WELL = 0.67, 0.8
"""Share of everyday characters to which a text reads badly, from which well."""

SYLLABLES = frozenset(
    "가각간갈감강개거건검게격견결경계고곡공과관광교구국군권귀규그극근금급기길김나남내"
    "네년노농는니다단달담당대더덕데도독동두드들등디라락란람래량러레려력련령로록론료루"
    "류률르른를리린림마만말매맥면명모목무문물미민밀바박반발방배백번법변별병보복본봉부"
    "북분불비사산살삼상새생서석선설성세소속손송수숙순술스승시식신실심씨아안알암애액야"
    "약양어언업에엔여역연열영예오옥온와완왕외요용우운울원월위유육윤율은을음의이익인일"
    "임입자작장재저적전점정제조족종주준중즈증지직진집차착참창채책천철청체초총최추축출"
    "충치카케코크키타탁태터테텍토통투트특티파판팔패페평포표품프플피하학한할함합항해행"
    "향허험현협형혜호혼홍화환활황회효후훈흥희히엘롯쌍셀넥앤메웨즈츠"
)
"""Korean syllables that most words are made of; 2,350 are in EUC-KR."""

HANGUL = re.compile("[\uac00-\ud7a3]")
KANA = re.compile("[\u3041-\u30fe]")
ODD = re.compile(
    "([\u0370-\u03ff])|([\u0400-\u04ff])|([\u2500-\u257f])|([\u3041-\u306d\u306f-\u30fb])"
    "|([\u3105-\u312f])|[\ue000-\uf8ff]"
)
"""Letters and lines that GB18030 has where Big5 has everyday characters, by script."""

EVERYDAY_JIS = characters("cp932", range(0x88, 0x99), (*range(0x40, 0xFD),))
"""The first level of JIS X 0208 and some hundred characters of the second."""


def _accented(leads: Iterable[int], trails: Iterable[int]) -> str:
    """Return a class of what an accented letter and the next letter are read as."""
    return f"[{''.join(sorted(characters('gbk', leads, trails)))}]"


_CAPITAL, _SMALL = range(0x41, 0x5B), range(0x61, 0x7B)
_ANY = _accented(range(0x81, 0xFF), (*_CAPITAL, *_SMALL))
_CAPITAL_FIRST = _accented(range(0xC0, 0xDF), _SMALL)
_SMALL_FIRST = _accented(range(0xE0, 0xFF), _SMALL)
IN_A_WORD = re.compile(
    f"[a-z]{_ANY}|[A-Za-z]{_ANY}[a-z]|[A-Z]{_SMALL_FIRST}"
    f"|(?<![\u3400-\u9fff]){_CAPITAL_FIRST}[a-z]"
)
"""An accented letter and the next one, read as one character in a word of letters."""

TWICE = re.compile("[\u00c2-\u00f4][\u0080-\u00ff\u0152-\u02dc\u2013-\u2122]")
"""Bytes of UTF-8 that were read as Windows-1252."""


def unfamiliar(text: str, *, bare_returns: bool) -> Iterator[str]:
    """Yield the lines of a block that have to be looked at.

    Args:
        text: of the block.
        bare_returns: whether lines end at a CR without LF, too.
    """
    if bare_returns:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    for match in UNFAMILIAR.finditer(f"\n{text}\n"):
        line = match[0]
        if line.isascii():
            continue
        signs = [sign for sign in line if not sign.isascii()]
        is_short_name = signs[0] in foreign_names.FIRST
        if len(signs) >= ENOUGH or is_short_name or not EVERYDAY.issuperset(signs):
            yield line[1:]


def is_misread(line: str, encoding: str = "gb18030") -> bool:
    """Recognise a line that is in another encoding than the one it was decoded from.

    Args:
        line: its text.
        encoding: gb18030 or utf-8; whatever else can be decoded from UTF-8 is UTF-8
            that was decoded wrongly before.
    """
    if line.isascii() or any(sign in FAMILIAR for sign in line):
        return False
    try:
        raw = line.encode("gb18030")
    except UnicodeEncodeError:
        return False
    if _is_decoded_twice(line, raw):
        return True
    if encoding == "utf-8":
        return False
    if foreign_names.is_name(line):
        return True
    badly = _read_as_it_is(line) <= BADLY
    return _is_korean(raw) or (badly and _reads_well_otherwise(line, raw))


def _read_as_it_is(line: str) -> float:
    """Return the share of everyday characters; letters among them are not."""
    characters = encodings.HANZI.findall(line)
    count = len(characters) + _odd(line)
    return sum(sign in EVERYDAY for sign in characters) / count if count else 1.0


def _odd(line: str) -> int:
    """Count letters that stand among Chinese characters, or beside other scripts.

    A name may be all Greek or all kana, and the kana of "of" is in many Chinese ones.
    A character of private use may stand for a rare one in a name.
    """
    scripts = [match.lastindex for match in ODD.finditer(line)]
    private = None in scripts and not any(sign in EVERYDAY for sign in line)
    mixed = len(set(scripts)) > 1 or encodings.HANZI.search(line) is not None
    return len(scripts) if private or (mixed and {*scripts} != {None}) else 0


def _is_korean(raw: bytes) -> bool:
    text = _decoded(raw, "euc_kr")
    syllables = HANGUL.findall(text)
    if len(syllables) < ENOUGH or encodings.HANZI.search(text):
        return False
    return sum(x in SYLLABLES for x in syllables) >= WELL * len(syllables)


def _is_decoded_twice(line: str, raw: bytes) -> bool:
    """Recognise UTF-8 that was read as GB18030 or Windows-1252, and written again."""
    for text in (_decoded(raw, "utf-8"), _decoded(_latin(line), "utf-8")):
        characters = encodings.HANZI.findall(text)
        if (
            len(characters) > 1
            and share(text) >= WELL
            and share(text) > share(line) - 0.2
        ):
            return True
    return False


def _reads_well_otherwise(line: str, raw: bytes) -> bool:
    if _read_as_it_is(line) < BADLY / 2 and IN_A_WORD.search(line):
        return True
    return _is_japanese(line, raw) or _is_big5(line, raw)


def _is_japanese(line: str, raw: bytes) -> bool:
    text = _decoded(raw, "cp932")
    kana = KANA.findall(text)
    letters = [*encodings.HANZI.findall(text), *kana]
    if len(kana) > 1 and kana == [sign for sign in text if not sign.isascii()]:
        return True
    everyday = len(kana) + sum(sign in EVERYDAY_JIS for sign in letters)
    least = ENOUGH if any(sign in EVERYDAY for sign in line) else ENOUGH - 1
    return len(letters) >= least and everyday >= WELL * len(letters)


def _is_big5(line: str, raw: bytes) -> bool:
    text = _decoded(raw, "big5")
    count, everyday = len(encodings.HANZI.findall(text)), share(text, EVERYDAY_BIG5)
    if _odd(line) and count > 1 and everyday == 1:
        return True
    return count >= ENOUGH and everyday >= WELL


def _latin(line: str) -> bytes:
    """Return the bytes that were read as Windows-1252."""
    if not TWICE.search(line):
        return b""
    return b"".join(
        sign.encode("cp1252", "ignore") or sign.encode("latin-1", "ignore")
        for sign in line
    )


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return ""
