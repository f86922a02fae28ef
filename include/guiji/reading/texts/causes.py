"""Why no headings, or not all, were found in a text file whose text has them.

Asked only of a file that is refused: what its first lines hold is compared with the
headings of the catalogue once more, cut in ways in which no table is read.
"""

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from guiji.catalog.headings import normal
from guiji.core.errors import BatchRefused
from guiji.reading.heading_refusals import WITHOUT_HEADINGS
from guiji.reading.headings import LOOK_AT, SHARE
from guiji.reading.layout import Layout, without_remark
from guiji.reading.texts import encoding as encodings
from guiji.reading.texts.dialect import DELIMITERS, QUOTE, Dialect
from guiji.reading.texts.encoding import without_mark
from guiji.reading.texts.lines import HEAD

LEAST = 2
"""Headings that a line must have to be taken for the heading row."""

FOURS = 4
WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
UNREAD = {
    " ": "空格",
    "\u3000": "全角空格",
    ":": "冒号",
    "\uff1a": "全角冒号",
    **{sign: f"“{sign}”" for sign in "/\\#*&$@%!_-+=."},
}
"""Delimiters that no table is read by, since cells hold them; and their names."""

RESAVE = (
    "请用 Excel 或 WPS 打开原表，核对各列后另存为“CSV UTF-8（逗号分隔）（*.csv）”或 "
    ".xlsx 重新报送；也可使用采集目录提供的模板。"
)


@dataclass(frozen=True)
class Cause:
    """What is wrong with a file, and what to do: Chinese; English for the log."""

    log: str
    notice: str
    remedy: str = RESAVE


class Causes:
    """Looks for the cause in the first lines of a file."""

    def __init__(self, path: Path, layouts: Sequence[Layout]) -> None:
        """Read the first bytes.

        Args:
            path: the file.
            layouts: the datasets that it may be.
        """
        with path.open("rb") as file:
            self._head = file.read(HEAD)
        headings = {h for x in layouts for h in (*x.exact, *x.loose)}
        self._headings = {heading for heading in headings if len(heading) > 1}
        self._titles = {title for x in layouts for title in x.items.values()}

    def of(self, name: str, refused: BatchRefused) -> BatchRefused:
        """Return a refusal that names the cause, or the one that there was.

        Args:
            name: the file as the department named it.
            refused: why the file is not read, as far as it is known.
        """
        if refused.code not in WITHOUT_HEADINGS:
            return refused
        looks: tuple[Callable[[], Cause | None], ...] = (
            self._wide,
            self._quoted_lines,
            self._quotes,
            self._delimiter,
            self._far_below,
            lambda: self._in_the_file(refused.notice),
        )
        cause = next((refusal for look in looks if (refusal := look())), None)
        if cause is None:
            return refused
        notice = f"《{name}》{cause.notice}"
        return BatchRefused(refused.code, cause.log, notice, cause.remedy)

    def _wide(self) -> Cause | None:
        """Return whether bytes are UTF-32: every character has two zero bytes."""
        head = self._head[: len(self._head) // FOURS * FOURS]
        low = any(head[2::FOURS]) or any(head[3::FOURS])
        high = any(head[::FOURS]) or any(head[1::FOURS])
        if not self._head.startswith(WIDE_MARKS) and (not head or (low and high)):
            return None
        return Cause(
            "the file is UTF-32",
            "是 UTF-32 编码，平台只读取 UTF-8、GB18030（含 GBK）和 UTF-16。",
        )

    def _quoted_lines(self) -> Cause | None:
        for number, line in self._lines():
            framed = line.strip()
            inner = framed[1:-1].replace(QUOTE * 2, "")
            if (framed[:1], framed[-1:]) != (QUOTE, QUOTE) or QUOTE in inner:
                continue
            if any(map(self._is_headings, _cut(inner))):
                return Cause(
                    "each line is quoted as a whole",
                    f"每一整行都被一对引号括起（表头在第 {number} 行），"
                    "各单元格没有分开，无法读取。",
                )
        return None

    def _quotes(self) -> Cause | None:
        for number, line in self._lines():
            if QUOTE not in line:
                continue
            ways = zip(DELIMITERS, _cut(line.replace(QUOTE, "")), strict=True)
            for delimiter, cells in ways:
                if self._is_headings(cells) and not Dialect(delimiter).sound(line):
                    return Cause(
                        "the heading row has a stray quote",
                        f"第 {number} 行（表头行）的引号不成对或位置有误，"
                        "无法确定各列的起止。",
                        "请删去表头行多余的英文双引号后重新报送；"
                        "也可使用采集目录提供的模板。",
                    )
        return None

    def _delimiter(self) -> Cause | None:
        for number, line in self._lines():
            for sign, title in UNREAD.items():
                cells = [cell for cell in line.split(sign) if cell.strip()]
                if self._is_headings(cells):
                    return Cause(
                        f"the delimiter is {sign!r}",
                        f"以{title}分隔各列（表头在第 {number} 行），"
                        "单元格内也可能有同样的符号，平台不按它分列。",
                    )
        return None

    def _far_below(self) -> Cause | None:
        most = max((self._hits(line) for _, line in self._lines()), default=0)
        for number, line in self._lines(beyond=True):
            if self._hits(line) > most:
                return Cause(
                    f"the headings are in line {number}",
                    f"的表头在第 {number} 行，平台只在前 {LOOK_AT} 行中查找表头。",
                    "请删去表头以上的标题、说明和空行后重新报送。",
                )
        return None

    def _in_the_file(self, notice: str) -> Cause | None:
        """Return the cause where missing headings share a cell of the heading row.

        Args:
            notice: what is missing.
        """
        _, _, absent = notice.partition("缺少：")
        absent = absent.partition("；")[0]
        missing = [title for title in absent.split("、") if title in self._titles]
        for number, line in self._lines():
            text = normal(line)
            there = [title for title in missing if normal(title) in text]
            if there and sum(heading in text for heading in self._headings) >= LEAST:
                named = "、".join(there)
                others = "、".join(x for x in missing if x not in there)
                return Cause(
                    f"{len(there)} headings of line {number} are no cells",
                    f"第 {number} 行（表头行）中有“{named}”，但与相邻的内容连在一起，"
                    f"没有成为单独的一列。{f'另缺少：{others}。' if others else ''}",
                    "请在表头行补上分隔符，使每个列名单独成为一列后重新报送；"
                    "也可使用采集目录提供的模板。",
                )
        return None

    def _hits(self, line: str) -> int:
        """Count the headings of a line that is a heading row however it is cut."""
        ways = [x for x in _cut(line.replace(QUOTE, "")) if self._is_headings(x)]
        return max((len(self._headings_of(cells)) for cells in ways), default=0)

    def _is_headings(self, cells: Sequence[str]) -> bool:
        """Return whether cells are those of a heading row."""
        hits = len(self._headings_of(cells))
        return hits >= LEAST and hits >= SHARE * len({*map(normal, cells)} - {""})

    def _headings_of(self, cells: Sequence[str]) -> set[str]:
        catalog_names = self._headings
        names = {*map(normal, cells)} - {""}
        return {
            n for n in names if n in catalog_names or without_remark(n) in catalog_names
        }

    def _lines(self, beyond: bool = False) -> Iterator[tuple[int, str]]:
        """Yield the lines where headings are looked for, or those beyond, with numbers.

        They are read in each encoding that the file may be in.
        """
        for encoding in encodings.candidates(self._head):
            text = without_mark(self._head).decode(encoding, "replace")
            lines = re.split("\r\n|\r|\n", text)
            for index, line in enumerate(lines):
                if (index >= LOOK_AT) == beyond:
                    yield index + 1, line


def _cut(line: str) -> Iterator[list[str]]:
    return (line.split(delimiter) for delimiter in DELIMITERS)
