"""Names of enterprises, persons and places, and what enterprises do.

Every function draws n values at once; the words are combined by Arrow, so a million
names take well under a second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guiji.catalog.vocabulary import SubjectClass

Generator = np.random.Generator

SURNAMES = tuple(
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
    "彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
)
GIVEN = tuple(
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰建国文华志鹏"
    "晓红春梅玉婷海燕宇航子轩梓涵浩然欣怡俊峰雪琴德福永贵朝阳光辉"
)
_BRAND = (
    "恒瑞鑫宏华泰盛金诺天博雅远航中科龙正万嘉禾永兴润丰顺达安康福"
    "源隆昌祥和益民信诚德智慧创新飞跃云山水林泉鸿图锦绣{}乾坤"
)


@dataclass(frozen=True)
class Local:
    """What names and addresses of one province have that others have not.

    Attributes:
        brand: three characters of trade names.
        roads: three roads, each without 路.
        trades: lines of business beside the general ones; see TRADES.
        postal: first two digits of postal codes; empty = those of the region.
    """

    brand: str = "锋淮岳"
    roads: tuple[str, ...] = ("人民", "建设", "新华")
    trades: tuple[tuple[str, str, str, str], ...] = ()
    postal: str = ""


_GENERAL: tuple[tuple[str, str, str, str], ...] = (
    ("商贸", "F", "5299", "日用百货、五金交电、办公用品的批发及零售"),
    ("建筑工程", "E", "4790", "房屋建筑工程、市政公用工程施工；建筑材料销售"),
    ("科技", "M", "7590", "软件开发；信息系统集成服务；技术咨询、技术转让"),
    ("物流", "G", "5431", "普通货物道路运输；仓储服务（不含危险化学品）"),
    ("餐饮管理", "H", "6210", "餐饮服务；餐饮企业管理；预包装食品销售"),
    ("环保科技", "N", "7721", "水污染治理；固体废物治理；环保设备销售、安装"),
    ("农业发展", "A", "0141", "蔬菜、食用菌的种植与销售；农业技术推广服务"),
    ("信息技术", "I", "6510", "应用软件开发；数据处理和存储支持服务"),
    ("医疗器械", "F", "5154", "第一类、第二类医疗器械销售；医疗设备维修"),
    ("房地产开发", "K", "7010", "房地产开发经营；商品房销售；物业管理"),
    ("机械制造", "C", "3499", "通用设备及零部件的制造、加工与销售"),
    ("食品", "C", "1391", "淀粉及淀粉制品、糕点的生产与销售"),
    ("汽车服务", "O", "8111", "汽车维修；汽车零配件、汽车装饰用品销售"),
    ("文化传媒", "R", "8710", "组织文化艺术交流活动；广告设计、制作、发布"),
    ("人力资源", "L", "7264", "职业中介；劳务派遣服务；人力资源管理咨询"),
)

_FISHERY = ("水产", "A", "0411", "海水养殖；水产品收购、冷冻加工与销售")
LOCAL: Mapping[str, Local] = {
    "35": Local(
        "闽榕鹭", trades=(_FISHERY, ("茶业", "C", "1530", "茶叶的种植、精制与销售"))
    ),
    "44": Local(
        "粤岭漠",
        trades=(_FISHERY, ("五金刀剪", "C", "3324", "刀剪及五金制品的制造与销售")),
        postal="52",
    ),
    "50": Local(
        "渝巴蜀",
        trades=(
            ("汽车零部件", "C", "3670", "汽车零部件及配件的制造与销售"),
            ("火锅餐饮", "H", "6210", "火锅餐饮服务；火锅底料销售"),
        ),
        postal="40",
    ),
    "52": Local("黔筑贵", ("花溪", "金阳南", "长岭北"), postal="55"),
}
"""First two digits of the region -> what is local there; others have the default."""

GENERAL = len(_GENERAL)
TRADES = (
    *_GENERAL,
    *dict.fromkeys(trade for place in LOCAL.values() for trade in place.trades),
)
"""What a name says, 门类 and 小类 (GB/T 4754-2017), and 经营范围: the general ones,
then those of provinces."""

FORMS: Mapping[SubjectClass, tuple[str, ...]] = {
    SubjectClass.ENTERPRISE: (
        "有限公司",
        "有限责任公司",
        "股份有限公司",
        "合伙企业（有限合伙）",
    ),
    SubjectClass.INDIVIDUAL_BUSINESS: ("经营部", "商行", "店", "加工厂"),
    SubjectClass.COOPERATIVE: ("专业合作社",),
    SubjectClass.INSTITUTION: ("小学", "中学", "文化馆", "社区卫生服务中心"),
    SubjectClass.AGENCY: ("街道办事处", "镇人民政府", "乡人民政府"),
    SubjectClass.SOCIAL_ORGANISATION: (
        "商会",
        "志愿者协会",
        "职业培训学校",
        "慈善基金会",
    ),
}
"""Class of subject -> organisation forms, the last part of a name."""

IN_BUSINESS = (
    SubjectClass.ENTERPRISE,
    SubjectClass.INDIVIDUAL_BUSINESS,
    SubjectClass.COOPERATIVE,
)
"""Classes whose names say what they do."""

ROADS = ("中华北", "中山东", "解放", "延安中", "北京")


def local(region: str) -> Local:
    """Return what is local to the province of a region code."""
    return LOCAL.get(region[:2], Local())


def trades(region: str) -> NDArray[np.int64]:
    """Return the places in TRADES of the lines of business that a province has."""
    every = range(len(TRADES))
    own = local(region).trades
    return np.array([n for n in every if n < GENERAL or TRADES[n] in own], np.int64)


def pick(rng: Generator, words: Sequence[str], count: int) -> pa.Array:
    """Draw `count` of the words, with repetition."""
    return take(words, rng.integers(0, len(words), count))


def take(words: Sequence[str], places: np.typing.NDArray[np.integer[Any]]) -> pa.Array:
    """Return the word at each place."""
    return pa.array(words, pa.string()).take(pa.array(places))


def join(*parts: pa.Array | str) -> pa.Array:
    """Join strings row by row; a plain string stands for a whole column."""
    return pc.binary_join_element_wise(*parts, "")


def persons(rng: Generator, count: int) -> pa.Array:
    """Make `count` names of natural persons, of two or three characters."""
    second = pick(rng, (*GIVEN, *[""] * (len(GIVEN) // 3)), count)
    return join(pick(rng, SURNAMES, count), pick(rng, GIVEN, count), second)


def brands(rng: Generator, count: int, region: str) -> pa.Array:
    """Make `count` trade names (字号) of two to four characters, as a region has."""
    brand = tuple(_BRAND.format(local(region).brand))
    third, fourth = (pick(rng, (*brand, *[""] * extra), count) for extra in (20, 90))
    return join(pick(rng, brand, count), pick(rng, brand, count), third, fourth)


def addresses(rng: Generator, places: pa.Array, region: str) -> pa.Array:
    """Make an address in each of the places, which are of one province."""
    count = len(places)
    number = pa.array(rng.integers(1, 400, count)).cast(pa.string())
    room = pa.array(rng.integers(101, 2600, count)).cast(pa.string())
    road = pick(rng, (*ROADS, *local(region).roads), count)
    return join(places, road, "路", number, "号", room, "室")
