"""What the departments' decisions are about, in their own words.

A theme is found by a word in a department's title, so that any jurisdiction's
departments get fitting texts without being named here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """One kind of breach: its type, the facts found, and the article applied."""

    title: str
    facts: str
    basis: str


@dataclass(frozen=True)
class Topic:
    """The licences and violations of one field of administration.

    Attributes:
        word: part of the title of the departments that it belongs to.
        short: the field in a document number, e.g. 市监.
        licences: name of certificate, content of the licence.
        violations: what is punished.
    """

    word: str
    short: str
    licences: tuple[tuple[str, str], ...]
    violations: tuple[Violation, ...]


THEMES = (
    Topic(
        "市场监督",
        "市监",
        (
            ("食品经营许可证", "预包装食品销售（含冷藏冷冻食品）、热食类食品制售"),
            ("食品生产许可证", "准予从事糕点、饮料的生产"),
            ("特种设备使用登记证", "准予使用承压类特种设备"),
        ),
        (
            Violation(
                "发布虚假广告",
                "经查，当事人在其经营场所发布与实际情况不符的广告，对消费者构成误导",
                "《中华人民共和国广告法》第五十五条第一款",
            ),
            Violation(
                "经营超过保质期的食品",
                "经查，当事人货架上陈列待售的食品已超过标注的保质期",
                "《中华人民共和国食品安全法》第一百二十四条第一款第五项",
            ),
        ),
    ),
    Topic(
        "住房",
        "住建",
        (
            ("建筑工程施工许可证", "准予该工程施工"),
            ("建筑业企业资质证书", "建筑工程施工总承包叁级"),
        ),
        (
            Violation(
                "施工现场未采取扬尘防治措施",
                "经查，当事人施工的工地未对裸露土方进行覆盖，道路积尘明显",
                "《中华人民共和国大气污染防治法》第一百一十五条",
            ),
        ),
    ),
    Topic(
        "生态环境",
        "环",
        (
            ("排污许可证", "准予排放废水、废气，执行许可证载明的限值"),
            ("辐射安全许可证", "准予使用III类射线装置"),
        ),
        (
            Violation(
                "超标排放大气污染物",
                "经监测，当事人外排废气中颗粒物浓度超过排放标准",
                "《中华人民共和国大气污染防治法》第九十九条第二项",
            ),
        ),
    ),
    Topic(
        "卫生",
        "卫健",
        (
            ("公共场所卫生许可证", "准予从事宾馆、沐浴场所经营"),
            ("医疗机构执业许可证", "诊疗科目：内科、口腔科、中医科"),
        ),
        (
            Violation(
                "未取得健康证明上岗",
                "经查，当事人安排未取得有效健康合格证明的人员从事直接为顾客服务的工作",
                "《公共场所卫生管理条例实施细则》第三十八条",
            ),
        ),
    ),
    Topic(
        "应急",
        "应急",
        (
            ("危险化学品经营许可证", "准予经营汽油、柴油（带储存设施）"),
            ("安全生产许可证", "准予从事非煤矿山开采"),
        ),
        (
            Violation(
                "未如实记录安全生产教育培训情况",
                "经查，当事人安全生产教育培训档案缺少考核记录",
                "《中华人民共和国安全生产法》第九十七条第四项",
            ),
        ),
    ),
    Topic(
        "交通",
        "交",
        (
            ("道路运输经营许可证", "道路普通货物运输"),
            ("道路旅客运输经营许可证", "县际班车客运"),
        ),
        (
            Violation(
                "未取得道路运输经营许可从事经营",
                "经查，当事人在未取得经营许可的情况下从事货物运输",
                "《中华人民共和国道路运输条例》第六十三条",
            ),
        ),
    ),
    Topic(
        "税务",
        "税",
        (("增值税专用发票最高开票限额审批", "准予最高开票限额为十万元"),),
        (
            Violation(
                "未按规定期限办理纳税申报",
                "经查，当事人未按照规定的期限办理纳税申报和报送纳税资料",
                "《中华人民共和国税收征收管理法》第六十二条",
            ),
        ),
    ),
    Topic(
        "人力资源",
        "人社",
        (
            ("人力资源服务许可证", "职业中介活动"),
            ("劳务派遣经营许可证", "准予从事劳务派遣业务"),
        ),
        (
            Violation(
                "未依法支付劳动报酬",
                "经查，当事人未按劳动合同约定的日期向劳动者支付工资",
                "《保障农民工工资支付条例》第五十五条",
            ),
        ),
    ),
)

GENERAL = Topic(
    "",
    "",
    (("行政许可证", "准予从事申请的活动"),),
    (
        Violation(
            "违反行政管理规定",
            "经查，当事人的行为违反行政管理规定",
            "《中华人民共和国行政处罚法》第五条",
        ),
    ),
)


def of(title: str) -> Topic:
    """Find the theme of a department by its title; GENERAL if there is none."""
    return next((theme for theme in THEMES if theme.word in title), GENERAL)
