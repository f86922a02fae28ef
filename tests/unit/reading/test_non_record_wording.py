"""The wording of rows that are no records, and names and facts that look like it."""

import pytest

from guiji.reading import non_record_wording as wording


@pytest.mark.parametrize(
    "text",
    [
        "无",
        "暂无",
        "没有",
        "零报告",
        "本期无数据",
        "2026年11月无行政处罚",
        "11月份无行政处罚决定",
        "无此类信息",
        "本月暂无",
        "(无)",
        "我局本月未作出行政处罚决定",
        "本月无新增行政许可",
        "截至11月30日无",
        "本周无列入经营异常名录企业",
        "空表",
        "2026年11月1日至11月30日无行政处罚",
        "当月未产生行政许可信息",
        "本单位本月没有需要报送的数据。",
        "贵阳市市场监督管理局本月无行政处罚信息",
        "无锡市市场监督管理局本月无行政处罚信息",
        "无为市公安局:本月无",
        "未央区城管局2026年11月没有行政处罚信息",
        "本单位（贵阳市水务局）本月无行政处罚",
        "贵阳海关本月无行政处罚信息",
        "经核查，本月无行政处罚信息，特此说明。",
        "行政处罚：无",
        "本月行政处罚信息为零",
        "本月行政处罚0条",
        "无变化",
        "不涉及",
        "无（本月）",
        "本月未办结行政处罚案件",
        "行政许可、行政处罚均无",
        "行政许可0件，行政处罚0件",
        "目前暂未有行政处罚",
        "云城街道办事处本月无",
        "※本月无",
    ],
)  # fmt: skip
def test_sentences_that_there_is_nothing(text: str) -> None:
    assert wording.is_zero_report(text)


@pytest.mark.parametrize(
    "text",
    [
        "无锡某某公司",
        "云城无限科技有限公司",
        "无证经营",
        "未办理许可证擅自施工",
        "未按规定设置安全警示",
        "无烟灶具厂",
        "未取得许可证",
        "云城市无线电管理局",
        "空调安装部",
        "无违法所得",
        "零食店",
        "未发现问题",
        "没有悬挂许可证",
        "无锡市",
        "无锡市市场监督管理局",
        "无为市公安局",
        "未来方舟局",
        "无名许可信息咨询部",
        "没有信息科技有限公司",
        "处罚信息表10条",
        "检查0项不合格",
        "0条",
        "未处罚完毕的企业",
        "行政许可无期限",
        "无行政许可擅自经营",
        "检查记录无误",
        "行政处罚无效",
        "贵阳市信息产业局",
    ],
)  # fmt: skip
def test_names_and_facts_are_no_such_sentences(text: str) -> None:
    assert not wording.is_zero_report(text)


@pytest.mark.parametrize(
    "text",
    ["云城样例1号有限公司", "样本生物科技有限公司", "示例科技有限公司", "例外公司"],
)
def test_names_are_no_examples(text: str) -> None:
    assert not wording.is_example(text, is_subject=True)


@pytest.mark.parametrize(
    "word", ["局", "-", "*", "本月", "(", "无", "中", "企业", "信息"]
)
def test_a_cell_of_one_word_over_and_over_is_told_at_once(word: str) -> None:
    """A pattern that tries every division of such a cell would not come to an end."""
    cell = word * 60 + "甲"
    asked = (wording.is_zero_report, wording.marked, wording.is_section)
    assert not any(ask(cell) for ask in asked)
