"""Clauses say what they are cited for: every article that is cited exists.

The five texts that order the platform are cited by article or by point. The table says
what each article is about; where the texts are at hand they must say so themselves.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from settings_builders import REPOSITORY

SEEDS = REPOSITORY.parent / "shared" / "seeds"
RULES = "贵州省企业公共信用信息平台运行管理规则(试行)"

ARTICLES: dict[str, dict[str, str]] = {
    RULES: {
        "第七条": "基本功能",
        "第七条(三)": "企业失信等级分类和标注",
        "第七条(五)": "归集到企业名下",
        "第九条": "国家信用信息共享交换平台互联共享",
        "第十条": "同步通过全国企业信用信息公示系统和“贵州诚信网”",
        "第十二条": "20个工作日内",
        "第十三条": "失信等级标注",
        "第十四条": "痕迹通过企业公共信用信息平台自动记录",
        "第十六条": "应当及时予以更正",
        "第十八条": "通过企业公共信用信息平台首页进行发布",
        "第二十三条": "保障系统安全",
        "第二十四条": "有效防止信息丢失、非法篡改",
        "第二十五条": "身份认证、存取访问控制和信息审计跟踪",
        "第二十九条": "个体工商户、农民专业合作社信用信息纳入",
    },
    "阳府〔2018〕60号": {
        "第三条": "提供公共服务的企事业单位",
        "第六条": "依法、及时、准确、完整地",
        "第七条": "编制并公布实施",
        "第八条": "更新周期",
        "第十条": "没有接入政务信息资源共享平台",
        "第十一条": "变更或者撤销",
        "第十二条": "真实性、完整性、准确性、及时性负责",
        "第十三条": "按照信息主体分为企业信息",
        "第十四条": "依法公开、授权查询和行政机关共享",
        "第十五条": "同步发布",
        "第十六条": "授权查询",
        "第十七条": "通过市公共信用信息管理系统共享",
        "第十八条": "公开期限届满",
        "第二十条": "联合奖惩",
        "第二十一条": "及时向市信用中心反馈应用情况",
        "第二十二条": "为信用服务机构获取公共信用信息提供便利",
        "第二十四条": "3个工作日内确定是否受理",
        "第二十五条": "3个工作日内进行核查",
        "第二十六条": "10个工作日内",
        "第二十七条": "3个工作日内反馈申请人",
        "第三十条": "书面通报监督检查结果",
        "第三十二条": "中央和省驻阳江单位可以参照",
        "第三十三条": "有效期2年",
    },
    "福建省涉企信息统一归集公示工作实施方案(2016)": {
        "一(一)": "通过国家企业信用信息公示系统(福建)",
        "一(二)": "更新、比对、校核、修复",
        "三": "统计抽查检查结果信息、企业统计年报除外",
        "四": "动态更新",
        "五(一)": "7个工作日",
        "五(二)": "监管协同平台",
        "五(三)": "反馈共享信息的发布单位",
        "七(三)": "经常性数据质量检查",
        "七(四)": "通报",
    },
    "筑府办发〔2016〕39号": {
        "三(一)": "全量采集",
        "三(二)": "负责组织本级部门上传信息",
        "三(三)": "采集平台、标准和相关要求",
        "三(三)2": "采集目录",
        "三(三)4": "数据文件直报",
        "三(三)5": "国家企业信用信息公示系统",
        "三(三)6": "“企业名称”和“统一社会信用代码”",
        "三(三)7": "授权信息或公开信息的划分",
        "四(三)": "信息下载、导出功能",
        "四(四)": "及时查询平台上归集的公开信息",
    },
    "渝府办发〔2015〕159号": {
        "二(一)": "統一社會信用代碼",
        "二(二)": "組織機構代碼",
        "二(三)": "並聯審批",
        "二(五)": "使用信用信息和信用報告",
        "二(六)": "監測預測",
        "二(八)": "一企一檔",
        "二(九)": "準入前信用承諾",
        "二(十)": "企業聯合徵信系統",
        "二(十一)": "市場退出",
        "二(十二)": "產品信息溯源",
        "二(十三)": "可信標識",
        "二(十四)": "7個工作日",
        "二(十五)": "經營異常名錄",
        "二(十六)": "信用重慶",
        "二(十七)": "互聯互通",
        "二(十九)": "黑名單",
        "二(二十四)": "使用信用信息和信用報告",
        "三(二)": "督查",
    },
}
"""Document -> article or point -> words that it has."""

FILES = {
    RULES: "guizhou-platform-rules.txt",
    "阳府〔2018〕60号": "yangjiang-2018-60.txt",
    "福建省涉企信息统一归集公示工作实施方案(2016)": "fujian-2016-collection-plan.txt",
    "筑府办发〔2016〕39号": "guiyang-2016-39.txt",
    "渝府办发〔2015〕159号": "chongqing-2015-159.txt",
}

FOLDERS = ("catalog", "expectations", "sql", "include", "docs", "dags", "tests")
SUFFIXES = (".yml", ".sql", ".py", ".md")
N = "[一二三四五六七八九十百]+"
ARTICLE = re.compile(rf"第?({N})(条)?(\({N}\))?")
ARTICLES_CITED = re.compile(
    rf"\s*第{N}条?(?:\({N}\))?(?:\s*[、,至]\s*第?{N}(?:条(?:\({N}\))?|(?=[、,至条])))*"
)
POINTS_CITED = re.compile(rf"\s*{N}(?:\({N}\))*\d?(?:[—、,]\s*\d)*")
BETWEEN = re.compile(r"\n\s*(?:--|#|\*)?\s*")
ORDER = "一二三四五六七八九十"
SHORT_TITLE = "贵州" + "规则"
BROKEN = (("信息", "平台"), ("管理", "规则"), ("平台", "运行"))
"""Where a line ends within the title."""


def texts() -> Iterator[tuple[Path, str]]:
    """Yield the files that cite, each on one line."""
    for folder in FOLDERS:
        for path in sorted((REPOSITORY / folder).rglob("*")):
            is_made = "rules" in path.parts and "docs" in path.parts
            if path.suffix in SUFFIXES and not is_made and path != Path(__file__):
                text = BETWEEN.sub(" ", path.read_text(encoding="utf-8"))
                for first, second in BROKEN:
                    text = text.replace(f"{first} {second}", f"{first}{second}")
                yield path, text.replace(SHORT_TITLE, RULES)


def number(text: str) -> int:
    tens, has_ten, ones = text.rpartition("十")
    first = ORDER.index(tens) + 1 if tens else 1 if has_ten else 0
    return first * 10 + (ORDER.index(ones) + 1 if ones else 0)


def written(value: int) -> str:
    tens, ones = divmod(value, 10)
    before = (ORDER[tens - 1] if tens > 1 else "") + "十" if tens else ""
    return before + (ORDER[ones - 1] if ones else "")


def cited(document: str, rest: str) -> list[str]:
    """Read the articles or points that follow a document's name."""
    if "第" in next(iter(ARTICLES[document])):
        match = ARTICLES_CITED.match(rest)
        if match is None:
            return []
        ones = ARTICLE.finditer(match[0])
        found = [f"第{one[1]}条{one[3] or ''}" for one in ones]
        for first, last in re.findall(rf"({N})至第?({N})", match[0]):
            between = range(number(first) + 1, number(last))
            found += [f"第{written(n)}条" for n in between]
        return found
    match = POINTS_CITED.match(rest)
    if match is None:
        return []
    point = match[0].strip()
    several = re.fullmatch(rf"({N}(?:\({N}\))?)((?:\({N}\))*)(\d?)(.*)", point)
    assert several is not None
    base, more, digit, further = several.groups()
    head = base.partition("(")[0]
    found = [base + digit, *(f"{head}{one}" for one in re.findall(r"\([^)]+\)", more))]
    return found + [f"{base}{one}" for one in re.findall(r"\d", further)]


CITATIONS = [
    (document, article, path.relative_to(REPOSITORY).as_posix())
    for path, text in texts()
    for document in ARTICLES
    for match in re.finditer(re.escape(document), text)
    for article in cited(document, text[match.end() : match.end() + 60])
]


def test_citations_are_read() -> None:
    assert len(CITATIONS) > 100
    assert cited(RULES, " 第十四, 二十三至二十五条.") == [
        "第十四条", "第二十三条", "第二十五条", "第二十四条",
    ]  # fmt: skip
    assert cited(RULES, " 第七条(三)、第十三条") == ["第七条(三)", "第十三条"]
    assert cited("阳府〔2018〕60号", " 第八、十三、十四条.") == [
        "第八条", "第十三条", "第十四条",
    ]  # fmt: skip
    assert cited("筑府办发〔2016〕39号", " 三(三)5, 7.") == ["三(三)5", "三(三)7"]
    plan = "福建省涉企信息统一归集公示工作实施方案(2016)"
    assert cited(plan, " 七(三)(四)") == ["七(三)", "七(四)"]


def test_every_article_that_is_cited_is_in_the_table() -> None:
    unknown = {
        f"{path}: {document} {article}"
        for document, article, path in CITATIONS
        if article not in ARTICLES[document]
    }
    assert sorted(unknown) == []


def test_every_article_of_the_table_is_cited() -> None:
    used = {(document, article) for document, article, _ in CITATIONS}
    known = {(d, article) for d, articles in ARTICLES.items() for article in articles}
    assert sorted(known - used - {(RULES, "第七条")}) == []


@pytest.mark.parametrize("document", ARTICLES)
def test_an_article_says_what_it_is_cited_for(document: str) -> None:
    path = SEEDS / FILES[document]
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand")
    text = path.read_text(encoding="utf-8")
    for article, words in ARTICLES[document].items():
        assert words in part(text, article), f"{document} {article}: {words}"


def part(text: str, article: str) -> str:
    """Cut an article, or the point of a chapter, out of a text."""
    if article.startswith("第"):
        name = article.partition("(")[0]
        found = re.search(rf"^\s*{name}\s.*?(?=^\s*第{N}条\s|\Z)", text, re.M | re.S)
        return found[0] if found else ""
    chapter, _, point = article.partition("(")
    found = re.search(rf"^\s*{chapter}、.*?(?=^\s*{N}、|\Z)", text, re.M | re.S)
    assert found is not None, article
    if not point:
        return found[0]
    name, _, digit = point.partition(")")
    inner = re.search(rf"^\s*\({name}\).*?(?=^\s*\({N}\)|\Z)", found[0], re.M | re.S)
    assert inner is not None, article
    if not digit:
        return inner[0]
    line = re.search(rf"^\s*{digit}\..*?(?=^\s*\d\.|\Z)", inner[0], re.M | re.S)
    return line[0] if line else ""


def test_the_rules_of_guizhou_are_called_by_their_title() -> None:
    other = re.compile(
        r"贵州省企业[^ 。，;；,\"'《》]{0,16}平台运行管理规则(?!\(试行\))"
    )
    wrong = [path.as_posix() for path, text in texts() if other.search(text)]
    other_platform = "信用信息归集共享公示" + "平台运行管理规则"
    wrong += [path.as_posix() for path, text in texts() if other_platform in text]
    assert wrong == []


def test_what_speaks_of_loss_cites_the_article_on_loss() -> None:
    loss = re.compile(
        rf"{re.escape(RULES)}\s*(第{N}条)\s*\((?:no loss|不得遗漏|防止信息丢失)"
    )
    cited_for_loss = {m[1] for _, text in texts() for m in loss.finditer(text)}
    assert cited_for_loss == {"第二十四条"}


def test_a_parameter_of_the_platform_cites_nothing() -> None:
    for path, text in texts():
        if path.suffix == ".yml":
            for match in re.finditer(r"clause: ([^\n]{0,80}?平台参数)", text):
                assert match[1] == "平台参数", path
