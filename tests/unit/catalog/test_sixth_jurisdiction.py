"""A sixth government is a folder of few lines on top of the shared definitions."""

import shutil
from pathlib import Path

import pytest
from settings_builders import REPOSITORY, settings_in

from guiji import pipeline
from guiji.catalog import load
from guiji.catalog.model import Catalog
from guiji.catalog.validate import validate
from guiji.catalog.vocabulary import ClockKind
from guiji.core.settings import Settings

MOST_LINES = 150
NAME = "qianshan"
FILES = {
    "jurisdiction.yml": """\
id: qianshan
extends: [common/codes, common/limits, common/terms]
title: 黔山市
title_en: Qianshan
document: 黔山市公共信用信息归集办法(黔府〔2026〕6号)
document_valid_from: 2026-06-01
platform: 黔山市公共信用信息平台
contact: 黔山市信用中心
region_codes: ["522600", "522601", "522622", "522623", "522624"]
routes: { platform: 经市共享平台推送, district: 由县级人民政府汇总报送 }
excluded: [{ title: 企业统计年报, clause: 黔府〔2026〕6号 第四条 }]
opening_ways:
  public: 公开
  authorised: 授权查询
  gov_only: 政务共享
  none: 不予共享
  pending: 待定
clocks:
  - id: objection_reply
    kind: objection_reply
    working_days: 5
    starts: objection_received
    responsible: collector
    clause: 黔府〔2026〕6号 第十条
channels:
  - id: credit_site
    title: 信用黔山
    datasets: &shown [enterprise_registration, individual_business_registration,
      institution_registration, registration_change, registration_cancellation,
      administrative_licence, administrative_penalty, abnormal_operation_list,
      serious_dishonesty_list, sector_blacklist, sector_redlist, spot_check,
      dishonest_debtor, major_tax_violation, tax_arrears, qualification, honour,
      credit_commitment]
    subject_classes: [enterprise, institution, social_organisation]
    clause: 黔府〔2026〕6号 第八条
circular:
  title: 黔山市公共信用信息归集通报
  licence_datasets: [administrative_licence]
  penalty_datasets: [administrative_penalty]
  late_rate_above: 0.10
  conformity_below: 0.95
  clause: 平台参数
open_points: [平台暂不归集自然人信息.]
""",
    "departments.yml": """\
departments:
  - id: market_regulation
    title: 黔山市市场监督管理局
    uscc: 11522600MB0X00019A
    successor_of: [{ title: 黔山市工商行政管理局, aliases: [黔山市工商局] }]
  - { id: tax, title: 黔山市税务局, uscc: 11522600MB0X000275, tier: central }
  - { id: court, title: 黔山市中级人民法院, uscc: 11522600MB0X000350 }
  - { id: institution_office, title: 黔山市委编办, uscc: 11522600MB0X00043T }
  - { id: human_resources, title: 黔山市人力资源和社会保障局, uscc: 11522600MB0X00051M }
  - { id: county_huangping, title: 黔山市黄平县人民政府, uscc: 11522622MB0X0006X9,
      tier: district, region: "522622", route: district }
""",
    "datasets.yml": """\
defaults:
  version: "2026.1"
  valid_from: 2026-06-01
  coverage: whole_city
  clocks:
    - { id: delivery, kind: delivery, working_days: 10, clause: 黔府〔2026〕6号 第六条 }
    - { extends: publicity_regulation }
lists:
  all: &all [market_regulation, tax, human_resources, county_huangping]
  soon: &soon [{ extends: sgs_delivery }, { extends: sgs_publication }]
datasets:
  - { extends: common/enterprise_registration, providers: [market_regulation] }
  - { extends: common/individual_business_registration, providers: [market_regulation] }
  - { extends: common/institution_registration, providers: [institution_office] }
  - { extends: common/registration_change, providers: [market_regulation] }
  - { extends: common/registration_cancellation, providers: [market_regulation] }
  - { extends: common/administrative_licence, providers: *all, clocks: *soon }
  - { extends: common/administrative_penalty, providers: *all, clocks: *soon }
  - { extends: common/abnormal_operation_list, providers: [market_regulation] }
  - { extends: common/serious_dishonesty_list, providers: [market_regulation] }
  - { extends: common/sector_blacklist, providers: [human_resources, tax] }
  - { extends: common/sector_redlist, providers: [human_resources, tax] }
  - { extends: common/spot_check, providers: [market_regulation, county_huangping] }
  - { extends: common/dishonest_debtor, providers: [court] }
  - { extends: common/major_tax_violation, providers: [tax] }
  - { extends: common/tax_arrears, providers: [tax] }
  - { extends: common/qualification, providers: [human_resources] }
  - { extends: common/honour, providers: [human_resources] }
  - { extends: common/credit_commitment, providers: *all }
  - { extends: common/joint_measure_feedback, providers: *all, clocks: [] }
""",
}
REGISTERED = """\
企业名称,统一社会信用代码,企业类型,成立日期,核准日期,登记状态
黔山甲贸易有限公司,91520100K5K7MEAE3L,有限责任公司,2026-06-03,2026-06-03,存续
"""


@pytest.fixture(scope="module")
def sixth(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a copy of the catalogue with the sixth folder in it."""
    home = tmp_path_factory.mktemp("sixth")
    for folder in ("catalog", "expectations"):
        shutil.copytree(REPOSITORY / folder, home / folder)
    (home / "catalog" / NAME).mkdir()
    for name, content in FILES.items():
        (home / "catalog" / NAME / name).write_text(content, encoding="utf-8")
    catalog = home / "catalog"
    return settings_in(home / "data", catalog=catalog, jurisdiction=NAME)


@pytest.fixture(scope="module")
def catalog(sixth: Settings) -> Catalog:
    return load.load(sixth)


def test_the_folder_is_short(sixth: Settings) -> None:
    folder = sixth.catalog / NAME
    lines = [
        line
        for path in folder.rglob("*")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert sorted(p.name for p in folder.iterdir()) == sorted(FILES)
    assert len(lines) < MOST_LINES


def test_nothing_is_wrong_with_it(sixth: Settings) -> None:
    assert validate(sixth) == []


def test_it_has_the_items_rules_and_terms_of_the_shared_definitions(
    catalog: Catalog,
) -> None:
    assert len(catalog.datasets) == 19
    first = load.load_folder(
        REPOSITORY / "catalog", REPOSITORY / "expectations", "fujian"
    )
    for name in ("registration_change", "sector_blacklist", "administrative_licence"):
        assert catalog.datasets[name].items == first.datasets[name].items
        assert catalog.rules[name] == first.rules[name]
    assert catalog.jurisdiction.term_regimes == first.jurisdiction.term_regimes


def test_it_has_its_own_clocks(catalog: Catalog) -> None:
    clocks = catalog.datasets["tax_arrears"].clocks
    days = {clock.kind: clock.working_days for clock in clocks}
    assert days == {ClockKind.DELIVERY: 10, ClockKind.PUBLICATION: 20}
    licences = catalog.datasets["administrative_licence"].clocks
    days = {clock.kind: clock.working_days for clock in licences}
    assert days == {ClockKind.DELIVERY: 5, ClockKind.PUBLICATION: 7}


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("企业登记基本信息.csv", "accepted"), ("企业统计年报.csv", "refused")],
)
def test_a_file_is_checked(
    sixth: Settings,
    name: str,
    verdict: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GUIJI_HOME", str(sixth.catalog.parent))
    monkeypatch.setenv("GUIJI_CATALOG", str(sixth.catalog))
    monkeypatch.setenv("GUIJI_JURISDICTION", NAME)
    monkeypatch.setenv("GUIJI_DATA", str(tmp_path / "data"))
    (tmp_path / name).write_text(REGISTERED, encoding="utf-8")
    receipt = pipeline.check_file(tmp_path / name, department="market_regulation")
    assert receipt["verdict"] == verdict
