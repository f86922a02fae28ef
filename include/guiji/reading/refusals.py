"""Why a delivery is not read: each code with its page and the notices that go with it.

Every function makes one `BatchRefused`. The English line goes to the log and never
holds a cell's content; the Chinese notice names the file, the remedy what to do. What
is wrong with headings is in `heading_refusals`, with text files in `texts.refusals`.
"""

from collections.abc import Iterable

from guiji.catalog.vocabulary import Dimension
from guiji.core.errors import BatchRefused
from guiji.reading.delivery_code import DeliveryCode
from guiji.reading.kinds import Kind

SAVE_AS = "请用 Excel 或 WPS 打开原表，另存为“Excel 工作簿（*.xlsx）”后重新报送。"

USE_TEMPLATE = "请使用采集目录提供的模板，或按目录的信息项名称改正表头后重新报送。"

EMPTY_FILE = DeliveryCode(
    "EMPTY_FILE",
    title="文件是空的",
    meaning="文件没有表头也没有数据。",
    dimension=Dimension.WHOLE,
    steps=(
        "打开文件看一看；为空的，从业务系统重新导出。",
        "本期确无数据的，只留表头报送，即为零报告。",
    ),
)


def empty_file(name: str) -> BatchRefused:
    """Nothing but blanks in the file."""
    return EMPTY_FILE.refusal(
        "the file is empty",
        f"《{name}》是空文件，没有表头也没有数据。",
        "请检查导出是否成功；本期确无数据的，请报送只有表头的文件（零报告）。",
    )


KIND = DeliveryCode(
    "KIND",
    title="文件类型不收",
    meaning="文件不是平台读取的表格：压缩包、xlsb、文字处理、图片、数据库文件等。",
    dimension=Dimension.CONFORMING,
    steps=(
        "压缩包请先解压；其他文件请把数据填入采集目录的模板。",
        "“文件”→“另存为”→“Excel 工作簿 (*.xlsx)”，报送另存的文件。",
    ),
)

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


def wrong_kind(name: str, kind: Kind) -> BatchRefused:
    """A kind of file that is not read."""
    notice, remedy = KIND_NOTICES[kind]
    return KIND.refusal(
        f"files of kind {kind.value} are not read",
        f"《{name}》{notice}",
        remedy,
        kind.value,
    )


ENCRYPTED = DeliveryCode(
    "ENCRYPTED",
    title="文件有密码",
    meaning="工作簿设有打开密码，平台不收集密码，因此读不了。",
    dimension=Dimension.CONFORMING,
    steps=(
        "用 Excel 打开，“文件”→“信息”→“保护工作簿”→“用密码进行加密”，清空密码，保存。",
        "重新报送；请勿把密码发给平台。",
    ),
)


def encrypted(name: str) -> BatchRefused:
    """A password would be needed; passwords are never collected."""
    return ENCRYPTED.refusal(
        "the workbook is encrypted",
        f"《{name}》设有打开密码，平台无法读取。",
        "请取消文件密码后重新报送；请勿将密码发给平台。",
    )


UNREADABLE = DeliveryCode(
    "UNREADABLE",
    title="文件已损坏",
    meaning="文件损坏或格式异常，无法安全读取。",
    dimension=Dimension.CONFORMING,
    steps=(
        "用 Excel 打开；提示修复的，修复后核对行数。",
        "把数据复制到新建的工作簿，另存为 .xlsx 报送。",
    ),
)


def unreadable(name: str, why: str) -> BatchRefused:
    """The file is damaged, or its reader died of it; `why` is English, for the log."""
    return UNREADABLE.refusal(
        why,
        f"《{name}》已损坏或格式异常，无法安全读取。",
        "请用 Excel 或 WPS 打开检查；能打开的，将数据复制到新建工作簿后另存为 .xlsx "
        "重新报送。",
    )


def control_references(name: str) -> BatchRefused:
    """The XML refers to characters that XML does not have."""
    return UNREADABLE.refusal(
        "the XML refers to control characters",
        f"《{name}》是 XML 表格，其中有 XML 不允许的控制字符（如 &#1;），无法读取。",
        "请在业务系统中删去这些看不见的字符后重新导出，或导出为 .xlsx、.csv 后报送。",
    )


TOO_BIG = DeliveryCode(
    "TOO_BIG",
    title="文件太大",
    meaning="文件超出单个文件的处理上限。",
    dimension=Dimension.CONFORMING,
    steps=(
        "按 Ctrl+End 看最后一格在哪里；远在数据之外的，选中多余的行列，右键“删除”，"
        "保存。",
        "仍然太大的，按月份或区县分成几个文件报送。",
    ),
)


def too_big(name: str, why: str) -> BatchRefused:
    """A limit of size is exceeded; `why` is English, for the log."""
    return TOO_BIG.refusal(
        why,
        f"《{name}》超出平台单个文件的处理上限。",
        "请删除表格外多余的空行空列和格式；数据确实较多的，请分成几个文件报送。",
    )


TIMEOUT = DeliveryCode(
    "TIMEOUT",
    title="读取超时",
    meaning="文件内容异常或过大，在规定的时间内读不完。",
    dimension=Dimension.CONFORMING,
    steps=(
        "删除表格外多余的空行、空列、图形和格式。",
        "仍然超时的，分成几个文件报送。",
    ),
)


def timed_out(name: str, seconds: float) -> BatchRefused:
    """Reading took longer than it may."""
    return TIMEOUT.refusal(
        f"reading took longer than {seconds:g} s",
        f"《{name}》读取超时，内容异常或过大。",
        "请删除表格外多余的空行空列和格式，或分成几个文件后重新报送。",
    )


NO_DATA_SHEET = DeliveryCode(
    "NO_DATA_SHEET",
    title="没有可读的工作表",
    meaning="工作表全部为空或被隐藏。",
    dimension=Dimension.WHOLE,
    steps=(
        "在工作表标签上右键→“取消隐藏”，显示数据所在的工作表，保存后报送。",
        "本期确无数据的，保留表头报送（零报告）。",
    ),
)


def no_data_sheet(name: str) -> BatchRefused:
    """Every worksheet is hidden or empty, or a chart or macro sheet."""
    return NO_DATA_SHEET.refusal(
        "every worksheet is hidden, empty, a chart or a macro sheet",
        f"《{name}》没有可读取的数据：工作表全部为空、被隐藏，或者是图表、宏表。",
        "请取消隐藏数据所在的工作表；本期确无数据的，请保留表头报送（零报告）。",
    )


UNKNOWN_FILE = DeliveryCode(
    "UNKNOWN_FILE",
    title="认不出是哪类数据",
    meaning="文件名和表头与本部门的采集目录都不符，或同时符合几类数据。",
    dimension=Dimension.CONFORMING,
    steps=(
        "文件名以数据名称开头，如“行政处罚信息2026年11月.xlsx”。",
        "表头改用采集目录的名称；不清楚的，向平台索取该数据的模板。",
    ),
)


def unknown_file(name: str, titles: Iterable[str]) -> BatchRefused:
    """Neither the name nor the headings fit a dataset of the department."""
    known = "、".join(titles) or "无"
    return UNKNOWN_FILE.refusal(
        "neither name nor headings fit a dataset of the department",
        f"《{name}》的文件名和表头均与本部门的采集目录不符，无法识别是哪类数据。"
        f"本部门应报送：{known}。",
        USE_TEMPLATE,
    )


def ambiguous_file(name: str, titles: Iterable[str]) -> BatchRefused:
    """The headings fit several datasets equally well."""
    return UNKNOWN_FILE.refusal(
        "the headings fit several datasets equally well",
        f"《{name}》的表头同时符合：{'、'.join(titles)}，无法识别是哪一类。",
        "请在文件名开头写明数据名称（如“" + next(iter(titles)) + "”）后重新报送。",
    )


WRONG_DEPARTMENT = DeliveryCode(
    "WRONG_DEPARTMENT",
    title="不由本部门提供",
    meaning="按采集目录，这类数据由其他部门提供。",
    dimension=Dimension.CONFORMING,
    steps=(
        "核对是否放错了收件夹。",
        "确应由本部门报送的，联系平台调整采集目录。",
    ),
)


def wrong_department(name: str, dataset: str, title: str) -> BatchRefused:
    """The file fits a dataset that other departments provide."""
    return WRONG_DEPARTMENT.refusal(
        f"dataset {dataset} is not provided by this department",
        f"《{name}》是“{title}”，按采集目录不由本部门提供。",
        "请核对是否放错文件夹；确应由本部门报送的，请联系平台调整采集目录。",
    )


EXCLUDED = DeliveryCode(
    "EXCLUDED",
    title="不予归集的信息",
    meaning="本级政府的文件规定不归集这类信息，回执写明条款。",
    dimension=Dimension.CONFORMING,
    steps=(
        "请勿再报送这类信息，已放入收件夹的由平台退回，不入库、不公示。",
        "文件其实是别的数据的，把文件名、工作表名和标题行改为该数据的名称后重新报送。",
    ),
)


def excluded(name: str, title: str, clause: str) -> BatchRefused:
    """The document of the jurisdiction says that such data is not collected."""
    return EXCLUDED.refusal(
        "the file names data that the jurisdiction does not collect",
        f"《{name}》是“{title}”，按规定不予归集（{clause}）。",
        "请勿报送；确为其他数据的，请改正文件名和标题后重新报送。",
    )


SEVERAL_DATASETS = DeliveryCode(
    "SEVERAL_DATASETS",
    title="一个文件有几类数据",
    meaning="不同工作表是不同类别的数据。",
    dimension=Dimension.CONFORMING,
    steps=(
        "在工作表标签上右键→“移动或复制”→“新工作簿”，每类数据存成一个文件。",
        "分别报送。",
    ),
)


def several_datasets(name: str, titles: Iterable[str]) -> BatchRefused:
    """Tables of different datasets, in worksheets or one below the other."""
    return SEVERAL_DATASETS.refusal(
        "the file holds tables of several datasets",
        f"《{name}》中的几张表是不同类别的数据：{'、'.join(titles)}。",
        "请按类别拆成几个文件分别报送。",
    )
