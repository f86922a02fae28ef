"""What a department's workbook holds that its returned copy does not.

openpyxl writes back what it understands. What it does not is left out, and so are
macros and links to other files, on purpose; the summary says so.
"""

import re
import zipfile
from pathlib import Path
from typing import Any

from openpyxl.utils import range_boundaries

from guiji.reading.workbooks.parts import normal

PARTS = {
    "宏": ("xl/vbaproject", "xl/macrosheets/"),
    "对外部文件和数据连接的引用": ("xl/externallinks/", "xl/connections.xml"),
    "嵌入的对象": ("xl/embeddings/",),
    "表单控件": ("xl/ctrlprops/", "xl/activex/"),
    "切片器或时间线": ("xl/slicers/", "xl/timelines/"),
    "会话式批注": ("xl/threadedcomments/",),
}
"""What is lost -> how the names of its parts begin."""

EXTENSIONS = {
    "Data Validation": "引用其他工作表的下拉选项",
    "Conditional Formatting": "部分条件格式",
    "Sparkline": "迷你图",
    "Slicer": "切片器或时间线",
}
"""Words of openpyxl's warnings -> what is lost."""

SHAPE = re.compile(rb"<(?:\w+:)?(?:sp|cxnSp|grpSp)[ >]")
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
CELL = re.compile(rb"<(?:\w+:)?(?:c|row)[ >/]")
MERGED = re.compile(rb"<(?:\w+:)?mergeCell [^>]*?\bref=\"([A-Z]+\d+:[A-Z]+\d+)\"")
SHEETS = "xl/worksheets/"
DRAWINGS, MEDIA = "xl/drawings/drawing", "xl/media/"
BLOCK = 1 << 20


class OriginalWorkbook:
    """A look at a department's workbook before it is loaded.

    Attributes:
        cells: what openpyxl will keep an object of: cells, blank ones and those covered
            by a merged one included, and rows.
        formulas: whether there are any.
    """

    def __init__(self, path: Path) -> None:
        """Inspect a workbook that reading found harmless."""
        self.cells = 0
        self.formulas = False
        self._lost: list[str] = []
        self._pictures = 0
        with zipfile.ZipFile(path) as file:
            names = {normal(i.filename): i for i in file.infolist()}
            for what, starts in PARTS.items():
                if any(name.startswith(starts) for name in names):
                    self._lost.append(what)
            self._pictures = sum(name.startswith(MEDIA) for name in names)
            for name, part in names.items():
                if name.startswith(SHEETS) and name.endswith(".xml"):
                    self._count(file, part)
                elif name.startswith(DRAWINGS) and SHAPE.search(file.read(part)):
                    self._lost.append("文本框和图形")

    def _count(self, file: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
        with file.open(part) as stream:
            rest = b""
            while block := stream.read(BLOCK):
                joined = rest + block
                cut = joined.rfind(b"<")
                whole, rest = joined[:cut], joined[cut:]
                self.cells += len(CELL.findall(whole))
                self.formulas = self.formulas or FORMULA.search(whole) is not None
                if b"mergeCell " in whole:
                    ranges = MERGED.findall(whole)
                    self.cells += sum(_area(found.decode()) for found in ranges)

    def lost(self, book: Any, warnings: list[str]) -> list[str]:
        """Return what of the workbook is not in its copy.

        Args:
            book: the workbook as openpyxl loaded it.
            warnings: what openpyxl said while loading.

        Returns:
            Chinese nouns, each once.
        """
        found = list(self._lost)
        if self._pictures > sum(len(sheet._images) for sheet in book.worksheets):
            found.append("图片")
        for words, what in EXTENSIONS.items():
            if any(words in warning for warning in warnings):
                found.append(what)
        return list(dict.fromkeys(found))


def _area(cells: str) -> int:
    """Count the cells of a range."""
    left, top, right, bottom = range_boundaries(cells)
    return int((right - left + 1) * (bottom - top + 1))
