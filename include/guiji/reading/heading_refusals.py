"""Why the headings of a delivery do not fit: the code, its page and its notices.

See `refusals`, which has the other codes.
"""

from collections.abc import Iterable, Sequence

from guiji.catalog.vocabulary import Dimension
from guiji.core.errors import BatchRefused
from guiji.reading.absent_headings import Place
from guiji.reading.delivery_code import DeliveryCode
from guiji.reading.refusals import UNKNOWN_FILE, USE_TEMPLATE
from guiji.reading.result import letter

ONE_ROW = (
    "请将各列名写在同一张工作表的同一行，其下逐行填写数据后重新报送；"
    "也可使用采集目录提供的模板。"
)

HEADINGS = DeliveryCode(
    "HEADINGS",
    title="表头与目录不符",
    meaning="缺少必填项的列、几列是同一项，或表头的计量单位与目录不一致。",
    dimension=Dimension.WHOLE,
    steps=(
        "对照回执所列的名称，补上缺少的列；重复的只留一列。",
        "单位不一致的：空列中输入 =B2/10000（元换算为万元），向下填充，复制，"
        "“选择性粘贴”→“数值”，再改表头。",
        "表头可用采集目录的名称、代码或常用别名。",
    ),
)

WITHOUT_HEADINGS = (HEADINGS.code, UNKNOWN_FILE.code)
"""Codes of files in which the headings of no dataset were found as they should be."""


def late_headings(name: str, sheet: str | None, row: int, most: int) -> BatchRefused:
    """The headings are below the rows in which they are looked for."""
    place = f"工作表“{sheet}”" if sheet else ""
    return HEADINGS.refusal(
        f"the headings are in row {row}",
        f"《{name}》{place}的表头在第 {row} 行，平台只在前 {most} 行中查找表头。",
        "请删去表头以上的标题、说明和空行后重新报送。",
    )


def unsplit_headings(name: str, sheet: str | None, row: int) -> BatchRefused:
    """Several headings, and so the cells of every record, stand in one cell."""
    place = f"工作表“{sheet}”" if sheet else ""
    return HEADINGS.refusal(
        f"several headings stand in one cell of row {row}",
        f"《{name}》{place}第 {row} 行的各列名同在一个单元格中，没有分列。",
        "请选中该列，用“数据”菜单的“分列”按分隔符分开，各列的格式选“文本”，"
        "核对后重新报送；原来是 .csv 文件的，也可直接报送。",
    )


def headings_of_another(name: str, title: str, other: str) -> BatchRefused:
    """The file is named for one dataset and has the headings of another."""
    return HEADINGS.refusal(
        "named for one dataset, headings of another",
        f"《{name}》的文件名是“{title}”，表头却与“{other}”相符。",
        f"确是“{other}”的，改正文件名后重新报送；确是“{title}”的，按采集目录的模板"
        "改正表头后重新报送。",
    )


def missing_headings(
    name: str,
    sheet: str | None,
    title: str,
    missing: Iterable[tuple[str, str]],
    unexpected: Iterable[str],
    elsewhere: Sequence[Place] = (),
) -> BatchRefused:
    """Headings of required items are missing, or not in the heading row.

    Args:
        name: the file as the department named it.
        sheet: worksheet, None for text files.
        title: the dataset's title.
        missing: (item id, item title) of each missing required item.
        unexpected: headings that no item has.
        elsewhere: required headings that stand in another row or worksheet.
    """
    absent = list(missing)
    named = "、".join(_place(*x, own=sheet) for x in elsewhere)
    apart = f"不在表头行：{named}；" if named else ""
    lacking = "" if apart and not absent else "、".join(t for _, t in absent) or "无"
    place = f"工作表“{sheet}”" if sheet else ""
    return HEADINGS.refusal(
        f"missing headings of {[item for item, _ in absent]}, "
        f"{len(elsewhere)} in other rows or sheets",
        f"《{name}》{place}的表头与采集目录“{title}”不符。"
        f"{f'缺少：{lacking}；' if lacking else ''}{apart}"
        f"未识别：{'、'.join(unexpected) or '无'}。",
        ONE_ROW if apart else USE_TEMPLATE,
    )


def _place(title: str, sheet: str | None, row: int, *, own: str | None) -> str:
    where = f"工作表“{sheet}”" if sheet != own and sheet else ""
    return f"{title}（{where}第 {row} 行）"


def old_template(refusal: BatchRefused, version: str, now: str) -> BatchRefused:
    """The headings are those of a template that was made for an earlier catalogue.

    Args:
        refusal: what they lack.
        version: of the dataset when the template was made.
        now: its version today.
    """
    return BatchRefused(
        refusal.code,
        f"{refusal}; the template is of version {version}, the dataset of {now}",
        f"{refusal.notice}该工作簿是按目录版本 {version} 的填报模板填写的，"
        f"现行版本为 {now}。",
        "请索取现行版本的填报模板，将数据填入后重新报送。",
    )


def incomplete_upper_table(
    name: str, sheet: str | None, upper: int, lower: int
) -> BatchRefused:
    """Records stand under headings that lack required ones, above another heading row.

    Args:
        name: the file as the department named it.
        sheet: worksheet, None for text files.
        upper: number of the incomplete heading row.
        lower: number of the other one.
    """
    place = f"工作表“{sheet}”" if sheet else ""
    return HEADINGS.refusal(
        f"records stand under incomplete headings above those of row {lower}",
        f"《{name}》{place}第 {upper} 行和第 {lower} 行各是一行表头，"
        f"第 {upper} 行的表头缺少必填的列，其下各行无法读取。",
        "请将上下两张表分成两个文件，并按采集目录补全第一张表的表头后重新报送；"
        "上面的表格不报送的，请删除。",
    )


def repeated_headings(name: str, title: str, letters: Iterable[str]) -> BatchRefused:
    """Several columns claim to be the same item."""
    columns = "、".join(letters)
    return HEADINGS.refusal(
        f"columns {columns} are the same item",
        f"《{name}》第 {columns} 列都是“{title}”，无法确定以哪一列为准。",
        "请只保留一列，或按采集目录改正其余列的表头后重新报送。",
    )


def wrong_unit(name: str, heading: str, title: str, unit: str) -> BatchRefused:
    """A heading states another unit than the catalogue's."""
    return HEADINGS.refusal(
        f"a heading states another unit than {unit}",
        f"《{name}》表头“{heading}”的单位与采集目录“{title}”的单位（{unit}）不一致。",
        f"请将该列换算为{unit}并改正表头后重新报送。",
    )


def other_width(name: str, headings: Sequence[str], cells: int) -> BatchRefused:
    """The heading row has more cells than the records, or fewer.

    Args:
        name: the file as the department named it.
        headings: of all columns, without empty ones at the end.
        cells: of most records.
    """
    width = len(headings)
    if cells > width:
        why = (
            f"表头有 {width} 列，而数据行多为 {cells} 列，末尾的列没有表头。"
            "可能是表头少了一列，也可能是数据行末尾多了分隔符；平台无法确定各列的含义，"
            "未读取。"
        )
        remedy = (
            "请在表头补上缺少的列名；确为数据行末尾多了分隔符的，请删去，"
            "或在表头末尾补上同样多的分隔符后重新报送。"
        )
    else:
        place = letter(next(i for i, h in enumerate(headings) if not h))
        why = (
            f"表头有 {width} 列，其中 {place} 列没有列名，而数据行多为 {cells} 列，"
            "疑似表头多了一个分隔符；平台无法确定各列的含义，未读取。"
        )
        remedy = "请删去表头多余的分隔符，或补上缺少的列名和数据后重新报送。"
    return HEADINGS.refusal(
        f"the heading row has {width} cells, most records have {cells}",
        f"《{name}》{why}",
        remedy,
    )
