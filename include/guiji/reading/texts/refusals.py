"""Why a text file is not read; see `refusals`."""

from guiji.catalog.vocabulary import Dimension, Responsibility
from guiji.core.errors import BatchRefused
from guiji.reading.delivery_code import DeliveryCode

AS_UTF8 = "请用 Excel 或 WPS 打开原表，另存为“CSV UTF-8（逗号分隔）（*.csv）”或 .xlsx "

BIG5 = DeliveryCode(
    "BIG5",
    title="疑似 Big5 编码",
    meaning="平台只读 UTF-8、GB18030（含 GBK）和 UTF-16，不猜读其他编码。",
    dimension=Dimension.CONFORMING,
    steps=("用 Excel 打开原表，另存为“CSV UTF-8（逗号分隔）(*.csv)”或 .xlsx 后报送。",),
)


def big5(name: str) -> BatchRefused:
    """The bytes are Big5; read as GB18030 they would be other words."""
    return BIG5.refusal(
        "the file looks like Big5",
        f"《{name}》疑似 Big5（繁体中文）编码，平台只读取 UTF-8、GB18030（含 GBK）"
        "和 UTF-16，未按其他编码猜读。",
        f"{AS_UTF8}后重新报送。",
    )


LINE_TOO_LONG = DeliveryCode(
    "LINE_TOO_LONG",
    title="有一行过长",
    meaning="疑似缺少换行符，或文件不是文本表格。",
    dimension=Dimension.CONFORMING,
    steps=(
        "检查导出时的换行设置。",
        "用 Excel 打开，另存为 .xlsx 后报送。",
    ),
)


def line_too_long(name: str, line: int) -> BatchRefused:
    """A line has no end within the limit."""
    return LINE_TOO_LONG.refusal(
        f"line {line} is too long",
        f"《{name}》第 {line} 行过长，疑似缺少换行符，或文件不是文本表格。",
        f"请检查导出时的换行设置；{AS_UTF8}后重新报送。",
    )


NOT_ALL_ACCOUNTED = DeliveryCode(
    "NOT_ALL_ACCOUNTED",
    title="行数核对不平",
    meaning="平台读取时行数核对不平，为防止漏行，本批暂不入库。",
    dimension=Dimension.WHOLE,
    steps=("责任在平台，报送单位无需处理；平台修复后重新读取。",),
    responsibility=Responsibility.PLATFORM,
)


def not_all_accounted(name: str, rows: int) -> BatchRefused:
    """The platform lost count of the rows: its own fault, and it says so."""
    return NOT_ALL_ACCOUNTED.refusal(
        f"not all of {rows} rows below the headings are accounted for",
        f"平台读取《{name}》时行数核对不平，为防止漏行，本批暂不入库。",
        "责任在平台，贵单位无需处理；平台修复后将重新读取。",
    )
