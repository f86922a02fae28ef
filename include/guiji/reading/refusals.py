"""Why a delivery is not read, in the words that its department gets.

Every function makes one `BatchRefused`. The English line goes to the log and never
holds a cell's content; the Chinese notice names the file, the remedy what to do.
"""

from collections.abc import Iterable, Sequence

from guiji.core.errors import BatchRefused
from guiji.reading.absent_headings import Place
from guiji.reading.kinds import Kind

SAVE_AS = "请用 Excel 或 WPS 打开原表，另存为“Excel 工作簿（*.xlsx）”后重新报送。"
ONE_ROW = (
    "请将各列名写在同一张工作表的同一行，其下逐行填写数据后重新报送；"
    "也可使用采集目录提供的模板。"
)
WITHOUT_HEADINGS = ("HEADINGS", "UNKNOWN_FILE")
"""Codes of files in which the headings of no dataset were found as they should be."""

USE_TEMPLATE = "请使用采集目录提供的模板，或按目录的信息项名称改正表头后重新报送。"

KIND_NOTICES = {
    Kind.XLSB: ("是 Excel 二进制工作簿（.xlsb），平台不能保证逐格准确读取。", SAVE_AS),
    Kind.ZIP: (
        "是压缩包，平台不拆包。",
        "请将压缩包内的表格逐个直接放入报送文件夹。",
    ),
    Kind.ARCHIVE: (
        "是压缩包，平台不拆包。",
        "请将压缩包内的表格逐个直接放入报送文件夹。",
    ),
    Kind.HTML: ("实际是网页，不是表格文件。", SAVE_AS),
    Kind.ARCHIVED_PAGE: ("实际是单个文件网页（.mht），不是表格文件。", SAVE_AS),
    Kind.FLAT_ODS: (
        "是单个 XML 文件的 OpenDocument 表格（.fods），平台只读取 .ods。",
        "请用 LibreOffice 或 WPS 打开原表，另存为 .ods 或 .xlsx 后重新报送。",
    ),
    Kind.OLD_XLS: (
        "是 Excel 4.0 或更早版本的表格或宏表，平台不读取。",
        SAVE_AS,
    ),
    Kind.XML: ("实际是 XML 文件，不是工作簿。", SAVE_AS),
    Kind.PDF: ("是 PDF 文件，不含可读取的单元格。", "请报送原始电子表格。"),
    Kind.IMAGE: ("是图片，不含可读取的单元格。", "请报送原始电子表格。"),
    Kind.DOCUMENT: (
        "是文字处理等其他办公文件，不是工作簿。",
        "请将数据填入采集目录提供的表格模板后报送。",
    ),
}


def empty_file(name: str) -> BatchRefused:
    """Nothing but blanks in the file."""
    return BatchRefused(
        "EMPTY_FILE",
        "the file is empty",
        f"《{name}》是空文件，没有表头也没有数据。",
        "请检查导出是否成功；本期确无数据的，请报送只有表头的文件（零报告）。",
    )


def wrong_kind(name: str, kind: Kind) -> BatchRefused:
    """A kind of file that is not read."""
    notice, remedy = KIND_NOTICES[kind]
    return BatchRefused(
        f"KIND_{kind.value.upper()}",
        f"files of kind {kind.value} are not read",
        f"《{name}》{notice}",
        remedy,
    )


def encrypted(name: str) -> BatchRefused:
    """A password would be needed; passwords are never collected."""
    return BatchRefused(
        "ENCRYPTED",
        "the workbook is encrypted",
        f"《{name}》设有打开密码，平台无法读取。",
        "请取消文件密码后重新报送；请勿将密码发给平台。",
    )


def unreadable(name: str, why: str) -> BatchRefused:
    """The file is damaged, or its reader died of it; `why` is English, for the log."""
    return BatchRefused(
        "UNREADABLE",
        why,
        f"《{name}》已损坏或格式异常，无法安全读取。",
        "请用 Excel 或 WPS 打开检查；能打开的，将数据复制到新建工作簿后另存为 .xlsx "
        "重新报送。",
    )


def control_references(name: str) -> BatchRefused:
    """The XML refers to characters that XML does not have."""
    return BatchRefused(
        "UNREADABLE",
        "the XML refers to control characters",
        f"《{name}》是 XML 表格，其中有 XML 不允许的控制字符（如 &#1;），无法读取。",
        "请在业务系统中删去这些看不见的字符后重新导出，或导出为 .xlsx、.csv 后报送。",
    )


def late_headings(name: str, sheet: str | None, row: int, most: int) -> BatchRefused:
    """The headings are below the rows in which they are looked for."""
    place = f"工作表“{sheet}”" if sheet else ""
    return BatchRefused(
        "HEADINGS",
        f"the headings are in row {row}",
        f"《{name}》{place}的表头在第 {row} 行，平台只在前 {most} 行中查找表头。",
        "请删去表头以上的标题、说明和空行后重新报送。",
    )


def unsplit_headings(name: str, sheet: str | None, row: int) -> BatchRefused:
    """Several headings, and so the cells of every record, stand in one cell."""
    place = f"工作表“{sheet}”" if sheet else ""
    return BatchRefused(
        "HEADINGS",
        f"several headings stand in one cell of row {row}",
        f"《{name}》{place}第 {row} 行的各列名同在一个单元格中，没有分列。",
        "请选中该列，用“数据”菜单的“分列”按分隔符分开，各列的格式选“文本”，"
        "核对后重新报送；原来是 .csv 文件的，也可直接报送。",
    )


def too_big(name: str, why: str) -> BatchRefused:
    """A limit of size is exceeded; `why` is English, for the log."""
    return BatchRefused(
        "TOO_BIG",
        why,
        f"《{name}》超出平台单个文件的处理上限。",
        "请删除表格外多余的空行空列和格式；数据确实较多的，请分成几个文件报送。",
    )


def timed_out(name: str, seconds: float) -> BatchRefused:
    """Reading took longer than it may."""
    return BatchRefused(
        "TIMEOUT",
        f"reading took longer than {seconds:g} s",
        f"《{name}》读取超时，内容异常或过大。",
        "请删除表格外多余的空行空列和格式，或分成几个文件后重新报送。",
    )


def no_data_sheet(name: str) -> BatchRefused:
    """Every worksheet is hidden or empty, or a chart or macro sheet."""
    return BatchRefused(
        "NO_DATA_SHEET",
        "every worksheet is hidden, empty, a chart or a macro sheet",
        f"《{name}》没有可读取的数据：工作表全部为空、被隐藏，或者是图表、宏表。",
        "请取消隐藏数据所在的工作表；本期确无数据的，请保留表头报送（零报告）。",
    )


def unknown_file(name: str, titles: Iterable[str]) -> BatchRefused:
    """Neither the name nor the headings fit a dataset of the department."""
    known = "、".join(titles) or "无"
    return BatchRefused(
        "UNKNOWN_FILE",
        "neither name nor headings fit a dataset of the department",
        f"《{name}》的文件名和表头均与本部门的采集目录不符，无法识别是哪类数据。"
        f"本部门应报送：{known}。",
        USE_TEMPLATE,
    )


def ambiguous_file(name: str, titles: Iterable[str]) -> BatchRefused:
    """The headings fit several datasets equally well."""
    return BatchRefused(
        "UNKNOWN_FILE",
        "the headings fit several datasets equally well",
        f"《{name}》的表头同时符合：{'、'.join(titles)}，无法识别是哪一类。",
        "请在文件名开头写明数据名称（如“" + next(iter(titles)) + "”）后重新报送。",
    )


def wrong_department(name: str, dataset: str, title: str) -> BatchRefused:
    """The file fits a dataset that other departments provide."""
    return BatchRefused(
        "WRONG_DEPARTMENT",
        f"dataset {dataset} is not provided by this department",
        f"《{name}》是“{title}”，按采集目录不由本部门提供。",
        "请核对是否放错文件夹；确应由本部门报送的，请联系平台调整采集目录。",
    )


def several_datasets(name: str, titles: Iterable[str]) -> BatchRefused:
    """Tables of different datasets, in worksheets or one below the other."""
    return BatchRefused(
        "SEVERAL_DATASETS",
        "the file holds tables of several datasets",
        f"《{name}》中的几张表是不同类别的数据：{'、'.join(titles)}。",
        "请按类别拆成几个文件分别报送。",
    )


def headings_of_another(name: str, title: str, other: str) -> BatchRefused:
    """The file is named for one dataset and has the headings of another."""
    return BatchRefused(
        "HEADINGS",
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
    return BatchRefused(
        "HEADINGS",
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
    return BatchRefused(
        "HEADINGS",
        f"records stand under incomplete headings above those of row {lower}",
        f"《{name}》{place}第 {upper} 行和第 {lower} 行各是一行表头，"
        f"第 {upper} 行的表头缺少必填的列，其下各行无法读取。",
        "请将上下两张表分成两个文件，并按采集目录补全第一张表的表头后重新报送；"
        "上面的表格不报送的，请删除。",
    )


def repeated_headings(name: str, title: str, letters: Iterable[str]) -> BatchRefused:
    """Several columns claim to be the same item."""
    columns = "、".join(letters)
    return BatchRefused(
        "HEADINGS",
        f"columns {columns} are the same item",
        f"《{name}》第 {columns} 列都是“{title}”，无法确定以哪一列为准。",
        "请只保留一列，或按采集目录改正其余列的表头后重新报送。",
    )


def wrong_unit(name: str, heading: str, title: str, unit: str) -> BatchRefused:
    """A heading states another unit than the catalogue's."""
    return BatchRefused(
        "HEADINGS",
        f"a heading states another unit than {unit}",
        f"《{name}》表头“{heading}”的单位与采集目录“{title}”的单位（{unit}）不一致。",
        f"请将该列换算为{unit}并改正表头后重新报送。",
    )
