"""The workbook that a department fills in: headings, drop-downs, notes.

Every column is text, so that Excel neither rounds an 18-digit code nor turns a date
into a number. The catalogue's version stands in the document properties, where it
survives renaming. The same catalogue gives the same bytes.
"""

import re
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path

import openpyxl
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from guiji.catalog.model import Catalog, Code, CodeList, Dataset, Item
from guiji.catalog.template_sheets import (
    CODES,
    NOTES,
    VERSION_PROPERTY,
    notes_title,
    version_line,
)
from guiji.catalog.vocabulary import ItemType, Severity, SubjectClass
from guiji.catalog.words import duty, say
from guiji.core import files, workbooks
from guiji.reports.catalog_page import code_lists, find

OPERATION = "操作"
_WORDS = ("新增", "变更", "撤销", "恢复", "再次撤销")
OPERATIONS = CodeList(values=tuple(Code(code=x, title=x) for x in _WORDS))
LAST_ROW = 1_048_576
TEXT = "@"

EXAMPLE_SUBJECTS = ("示例：某某公司（请删除本行）", "示例：张某某（请删除本行）")
"""Name of the subject in the example row, of an enterprise and of a person: a reader of
deliveries skips a row of such a name wherever it stands."""

EXAMPLE_MARK = "（例）"
_EXAMPLES = {
    ItemType.USCC: "91440000MA0XXXXXXX",
    ItemType.ORG_CODE: "12345678-9",
    ItemType.DATE: "2026/01/31",
    ItemType.AMOUNT: "1.25",
    ItemType.INTEGER: "3",
}
"""Values of the example row of types that refuse a value with a mark behind it."""

_PROMPT_TITLE = 32
_PROMPT = 255
_SHEET_NAME = 31
_LINE = Side(style="thin", color="C9D3DF")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_MUST = PatternFill("solid", fgColor="FFE699")
_MAY = PatternFill("solid", fgColor="DDEBF7")
_GREY = Font(italic=True, color="808080")
_WRAPPED = Alignment(vertical="top", wrap_text=True)


def write(catalog: Catalog, dataset_id: str, path: Path) -> None:
    """Write the workbook of one dataset.

    Args:
        catalog: the catalogue in use.
        dataset_id: id of the entry.
        path: the file, replaced in one piece.

    Raises:
        UsageError: no such dataset.
    """
    dataset = find(catalog, dataset_id)
    lists = {**code_lists(catalog, dataset), OPERATION: OPERATIONS}
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = re.sub(r"[\[\]:*?/\\]", " ", dataset.title)[:_SHEET_NAME]
    _notes(book.create_sheet(NOTES), catalog, dataset, lists)
    ranges = _dictionary(book.create_sheet(CODES), lists)
    for number, item in enumerate(dataset.items, start=1):
        _column(sheet, number, item.title, required=item.required)
        validation = _validation(item, number, lists, ranges)
        sheet.add_data_validation(validation)
    _example_row(sheet, dataset, lists)
    number = len(dataset.items) + 1
    _column(sheet, number, OPERATION, required=False)
    sheet.add_data_validation(_operation(number, ranges[OPERATION]))
    sheet.freeze_panes = "A2"
    sheet.row_dimensions[1].height = 42
    _properties(book, catalog, dataset)
    with files.replacing(path) as temporary:
        instant = datetime.combine(dataset.valid_from, time())
        workbooks.save(book, temporary, instant)


def _column(sheet: Worksheet, number: int, title: str, *, required: bool) -> None:
    """Write a heading and make its column text."""
    letter = get_column_letter(number)
    sheet.column_dimensions[letter].number_format = TEXT
    sheet.column_dimensions[letter].width = max(14, min(34, 2 * len(title) + 4))
    cell = sheet.cell(1, number, title)
    cell.font = Font(bold=True)
    cell.fill = _MUST if required else _MAY
    cell.border = _BORDER
    cell.alignment = _WRAPPED
    cell.number_format = TEXT


def example(dataset: Dataset, item: Item, lists: Mapping[str, CodeList]) -> str | None:
    """Return the cell of the example row; None where it is empty.

    No check of the night accepts what is written here: where a clerk fills in a part of
    the row, it is merged once all of them are replaced, and not before. A text could be
    accepted, and so could an item whose faults are mere warnings: they have none.
    """
    if item.id == dataset.subject.name:
        is_person = {*dataset.subject_classes} == {SubjectClass.PERSON}
        return EXAMPLE_SUBJECTS[is_person]
    if item.severity is not Severity.CRITICAL:
        return None
    if item.code_list:
        return lists[item.code_list].values[0].code + EXAMPLE_MARK
    value = _EXAMPLES.get(item.type)
    return value and value + EXAMPLE_MARK


def _example_row(
    sheet: Worksheet, dataset: Dataset, lists: Mapping[str, CodeList]
) -> None:
    for number, item in enumerate(dataset.items, start=1):
        if value := example(dataset, item, lists):
            cell = sheet.cell(2, number, value)
            cell.number_format, cell.font = TEXT, _GREY


def _validation(
    item: Item, number: int, lists: Mapping[str, CodeList], ranges: Mapping[str, str]
) -> DataValidation:
    """Make the drop-down or length check of a column, with its note as a prompt.

    Only a drop-down refuses; a length is a warning, since the checks of the night
    know more than Excel does.
    """
    letter = get_column_letter(number)
    validation = DataValidation(
        allow_blank=True,
        showInputMessage=True,
        showErrorMessage=True,
        errorStyle="warning",
        sqref=f"{letter}2:{letter}{LAST_ROW}",
        promptTitle=item.title[:_PROMPT_TITLE],
        prompt=_note(item)[:_PROMPT],
        errorTitle=item.title[:_PROMPT_TITLE],
    )
    if item.code_list:
        several = item.type is ItemType.CODES
        free = several or lists[item.code_list].other_prefix is not None
        validation.type, validation.formula1 = "list", ranges[item.code_list]
        validation.showErrorMessage, validation.errorStyle = not free, "stop"
        validation.error = "请从下拉列表选择。"
    elif item.type is ItemType.USCC:
        validation.type, validation.operator = "textLength", "equal"
        validation.formula1 = "18"
        validation.error = "统一社会信用代码应为 18 位, 请以文本填写。"
    elif item.length and item.type is ItemType.TEXT:
        validation.type, validation.operator = "textLength", "lessThanOrEqual"
        validation.formula1 = str(item.length)
        validation.error = f"最多 {item.length} 个字符。"
    return validation


def _operation(number: int, values: str) -> DataValidation:
    letter = get_column_letter(number)
    return DataValidation(
        type="list",
        formula1=values,
        allow_blank=True,
        showInputMessage=True,
        showErrorMessage=True,
        sqref=f"{letter}2:{letter}{LAST_ROW}",
        promptTitle=OPERATION,
        prompt="空白或新增、变更: 按本行内容登记; 撤销: 该记录不再有效, 保留备查; "
        "恢复: 改回以前报送过的内容, 或使撤销的记录重新生效。",
        error="请从下拉列表选择。",
    )


def _note(item: Item) -> str:
    """Return in one line what a clerk must know to fill in an item."""
    form = {
        ItemType.DATE: "日期, 如 2026/01/31",
        ItemType.AMOUNT: f"金额, 单位{item.unit}",
        ItemType.CODES: "可填多个, 用“；”分隔",
    }
    parts = [duty(item), form.get(item.type), item.remark]
    return "。".join(p.rstrip("。") for p in parts if p) + "。"


def _notes(
    sheet: Worksheet, catalog: Catalog, dataset: Dataset, lists: Mapping[str, CodeList]
) -> None:
    """Write the sheet that says how to fill in the first one."""
    here = catalog.jurisdiction
    for line in (
        notes_title(dataset.title),
        f"依据: {here.document}; {dataset.legal_basis}",
        f"标准: {dataset.standard}; 目录版本 {catalog.version}",
        version_line(dataset.version),
        "填在第一张工作表, 自第 2 行起一行一条; 不要改动表头; 黄色为必填。",
        "第 2 行是填写示例, 报送前请删除。没有删除的, 移到何处都不读取, 回执予以说明; "
        f"改填了一部分的, 仍带“{EXAMPLE_MARK}”的单元格不合格, 该行隔离, 不入库。",
        "本期没有数据的, 原样报送只有表头的文件(零报告)。",
        "用 LibreOffice 保存后, 下拉列表和输入检查只到最后一行数据之后 1000 行, "
        "其后的行平台照常检查。",
        *(
            f"时限: {say(c.kind)} {c.length} 个{say(c.unit)}。{c.clause}"
            for c in dataset.clocks
        ),
        *(
            f"规则: {rule.message.rstrip('。')}。{rule.clause}"
            for rule in catalog.rules.get(dataset.id, ())
        ),
    ):
        sheet.append([line])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([])
    _explain(sheet, dataset, lists)


def _explain(sheet: Worksheet, dataset: Dataset, lists: Mapping[str, CodeList]) -> None:
    """Write one line per item. None of them could be taken for a row of headings."""
    headings = ["信息项", "数据类型", "是否必填", "最大长度", "可填内容", "怎样填"]
    sheet.append(headings)
    first = sheet.max_row
    for number, item in enumerate(dataset.items, start=1):
        values = lists[item.code_list] if item.code_list else None
        sheet.append(
            [
                f"{number}. {item.title} [{item.code}]",
                say(item.type) + (f"({item.unit})" if item.unit else ""),
                duty(item),
                item.length,
                _choices(values) if values else None,
                item.remark,
            ]
        )
    for row in sheet.iter_rows(min_row=first):
        for cell in row:
            cell.border = _BORDER
            cell.alignment = _WRAPPED
            if cell.row == first:
                cell.font = Font(bold=True)
                cell.fill = _MAY
    for letter, width in zip("ABCDEF", (44, 18, 10, 10, 50, 50), strict=True):
        sheet.column_dimensions[letter].width = width


def _choices(codes: CodeList) -> str:
    words = [_choice(value) for value in codes.values]
    if codes.other_prefix:
        words.append(f"{codes.other_prefix}…")
    return "、".join(words)


def _choice(value: Code) -> str:
    same = value.code == value.title
    return value.code if same else f"{value.code}({value.title})"


def _dictionary(sheet: Worksheet, lists: Mapping[str, CodeList]) -> dict[str, str]:
    """Write the code lists on a hidden sheet; return the range of each."""
    sheet.sheet_state = "hidden"
    ranges = {}
    for number, (name, codes) in enumerate(lists.items(), start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].number_format = TEXT
        for row, word in enumerate([name, *(v.code for v in codes.values)], start=1):
            sheet.cell(row, number, word).number_format = TEXT
        ranges[name] = f"'{CODES}'!${letter}$2:${letter}${len(codes.values) + 1}"
    return ranges


def _properties(book: Workbook, catalog: Catalog, dataset: Dataset) -> None:
    """Write what the file is into the document properties; no hour of any machine."""
    book.properties.title = dataset.title
    book.properties.creator = catalog.jurisdiction.platform
    book.properties.version = catalog.version
    for name, value in (
        ("jurisdiction", catalog.jurisdiction.id),
        ("dataset", dataset.id),
        ("dataset_version", dataset.version),
        (VERSION_PROPERTY, catalog.version),
    ):
        book.custom_doc_props.append(StringProperty(name=name, value=value))
