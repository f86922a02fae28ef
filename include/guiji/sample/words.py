"""Texts and numbers by the words in an item's title: plausible, and nobody's."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Item
from guiji.sample import codes, keys, names, topics
from guiji.sample.subjects import Part

Maker = Callable[[Part, Item], pa.Array]


def document_number(part: Part, word: str = "") -> pa.Array:
    """Make numbers of documents, e.g. 贵阳市监〔2026〕0000012号."""
    years = pa.array(part.events.astype("datetime64[Y]").astype(str))
    number = codes.to_arrow(codes.digits(part.serials + 1, 7))
    place = part.catalog.jurisdiction.title[:2]
    short = topics.of(part.department.title).short
    return names.join(place, short, word, "〔", years, "〕", number, "号")


def case_number(part: Part) -> pa.Array:
    """Make numbers of court cases, e.g. (2026)贵阳民初0000012号."""
    number = codes.to_arrow(codes.digits(part.serials + 1, 7))
    place = part.catalog.jurisdiction.title[:2]
    return names.join("（", year(part, "）"), place, "民初", number, "号")


def of_trade(part: Part, place: int) -> pa.Array:
    """Return what the subjects do; the place in a line of `names.TRADES`."""
    trade = np.asarray(part.column("trade"))
    return names.take([t[place] for t in names.TRADES], trade)


def postal_code(part: Part) -> pa.Array:
    """Return a postal code in the subject's province."""
    start = pc.utf8_slice_codeunits(part.column("region"), 0, 2)
    encoded = start.dictionary_encode()
    postal = [
        names.local(region).postal or region
        for region in encoded.dictionary.to_pylist()
    ]
    return names.join(pa.array(postal, pa.string()).take(encoded.indices), "0000")


def year(part: Part, word: str) -> pa.Array:
    """Return the year of the event, and a word after it."""
    years = part.events.astype("datetime64[Y]").astype(str)
    return names.join(pa.array(years, pa.string()), word)


def number(part: Part, item: Item, counts: Sequence[int]) -> pa.Array:
    """Return whole numbers: a year, a running number, or one of some counts."""
    if "年" in item.title:
        return year(part, "")
    if item.id == keys.numbered(part.dataset):
        return pa.array(part.serials + 1).cast(pa.string())
    return names.pick(part.rng, [str(n) for n in counts], len(part))


def text(part: Part, item: Item) -> pa.Array:
    """Return texts that fit the title of an item."""
    if item.id == keys.numbered(part.dataset):
        if item.title.endswith(("文号", "文书号", "决定书号")):
            return document_number(part)
        if item.title.endswith("案号"):
            return case_number(part)
        return _own_number(part, item)
    if item.title.endswith(BODIES):
        return part.constant(part.department.title)
    for some, make in BY_WORD:
        if any(word in item.title for word in some):
            return make(part, item)
    return part.constant(f"详见{item.title}材料")


def _own_number(part: Part, item: Item) -> pa.Array:
    """Make numbers that repeat in no department: letters, department, day, number."""
    letters = "".join(c for c in item.code if c.isascii() and c.isalpha())[:4]
    order = pa.array(part.serials + 1).cast(pa.string())
    sender = part.department.uscc[12:16]
    day = pa.array(part.events.astype(str))
    whole = names.join(letters.upper(), sender, "-", day, "-", order)
    if item.length is None or item.length >= len(letters) + 25:
        return whole
    return codes.to_arrow(codes.digits(part.serials + 1, min(item.length, 9)))


def _column(name: str) -> Maker:
    return lambda part, item: part.column(name)


def _choice(*texts: str) -> Maker:
    return lambda part, item: names.pick(part.rng, texts, len(part))


def _number(part: Part, item: Item) -> pa.Array:
    return names.join("第", codes.to_arrow(codes.digits(part.serials + 1, 7)), "号")


def _site(part: Part, item: Item) -> pa.Array:
    order = codes.to_arrow(codes.digits(part.serials + 1, 7))
    return names.join("shop", order, ".example.com")


def _facts(part: Part, item: Item) -> pa.Array:
    theme = topics.of(part.department.title)
    return names.pick(part.rng, [v.facts for v in theme.violations], len(part))


def _basis(part: Part, item: Item) -> pa.Array:
    theme = topics.of(part.department.title)
    return names.pick(part.rng, [v.basis for v in theme.violations], len(part))


def _persons(part: Part, item: Item) -> pa.Array:
    return names.persons(part.rng, len(part))


BODIES = ("机关", "部门", "单位", "法院", "机构")
"""How titles of items end that name a body: the department itself stands there."""

BY_WORD: tuple[tuple[tuple[str, ...], Maker], ...] = (
    (("邮政编码", "邮编"), lambda part, item: postal_code(part)),
    (("行政区划", "区划代码"), _column("region")),
    (("省份",), _column("province")),
    (("城市", "所在市", "地区"), _column("city")),
    (("地址", "住所", "场所", "所在地", "经营地"), _column("domicile")),
    (("网址", "域名", "网站", "网页", "链接"), _site),
    (("主体身份代码",), _column("subject_id")),
    (("注册号",), _column("registration_no")),
    (("法定代表人", "负责人", "经营者"), _column("legal_representative")),
    (("姓名", "人员", "股东", "投资人", "联系人", "出质人", "质权人"), _persons),
    (("被执行人", "抵押人", "抵押权人", "权利人"), _persons),
    (("案号",), lambda part, item: case_number(part)),
    (("文号", "决定书号", "文书号"), lambda part, item: document_number(part)),
    (("号", "编码", "代码", "标识", "批次"), _number),
    (("币种",), _choice("人民币")),
    (("依据", "条款"), _basis),
    (("宗旨",), _choice("面向社会提供公益服务", "促进行业自律与交流")),
    (("经营范围", "业务范围"), lambda part, item: of_trade(part, 3)),
    (("行业",), lambda part, item: of_trade(part, 0)),
    (("违法", "事实", "行为", "情形", "事由"), _facts),
    (("案由",), _choice("买卖合同纠纷", "民间借贷纠纷", "劳动争议")),
    (("案件性质",), _choice("偷税", "虚开增值税专用发票", "骗取出口退税")),
    (("裁判", "判决"), _choice("支持原告诉讼请求", "驳回原告诉讼请求")),
    (("列入", "标记"), _choice("未按期履行法定义务", "通过登记的住所无法联系")),
    (("原因", "理由"), _choice("依申请办理", "依职权办理", "已履行法定义务")),
    (("结果", "结论"), _choice("合格", "通过", "符合要求")),
    (("年度", "年份"), lambda part, item: year(part, "年")),
    (("期间", "所属期", "时期", "周期", "账期"), lambda part, item: year(part, "年度")),
    (("等级", "级别"), _choice("一级", "二级", "三级")),
    (("分值", "得分"), _choice("75", "88", "96")),
    (("税种",), _choice("增值税", "企业所得税", "城镇土地使用税")),
    (("比例",), _choice("30%", "51%", "100%")),
    (("职务",), _choice("董事", "监事", "经理")),
    (("数量", "人数", "次数"), _choice("1", "2", "12")),
    (("经费",), _choice("财政补助", "财政补助、非财政补助")),
    (("荣誉", "称号"), _choice("先进集体", "诚信示范单位", "质量奖")),
    (("资质", "资格"), _choice("建筑工程施工总承包", "房地产估价机构备案")),
    (("商标", "作品"), _choice("山水", "锦程", "禾苗")),
    (("产品", "商品", "品名"), _choice("食用植物油", "速冻水饺", "电线电缆")),
    (("财产", "抵押物"), _choice("数控机床", "原材料一批", "冷藏设备")),
    (("变更前", "变更后"), _column("domicile")),
    (("变更事项",), _choice("住所变更", "经营范围变更", "法定代表人变更")),
    (("类型", "类别", "种类", "形式"), _choice("普通", "其他")),
    (("措施",), _choice("限制参与政府采购", "加强日常监管", "给予便利服务")),
    (("效果",), _choice("已落实", "已责令整改")),
    (("名称", "项目", "事项", "标题"), _choice("日常监督管理", "专项整治", "年度工作")),
    (("备注", "说明", "意见"), _choice("网上办理", "窗口办理", "补录")),
    (("内容", "范围", "用途", "要求", "义务"), _choice("详见决定文书", "按期履行")),
)
"""Words in titles -> what makes the text; the first that fits counts."""
