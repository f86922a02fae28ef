"""A row's authority and source are its sender, or one for which the sender delivers.

Source: 贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条.
"""

import pyarrow as pa
import pytest
from governments import city

from guiji.catalog.model import Catalog, Dataset
from guiji.checking.suite.sender import OfSender
from guiji.core.schemas import TEXT_COLUMNS
from guiji.parsing.parse import parse

PENALTY = "administrative_penalty"
HOUSING, ECOLOGY, MARKET = (
    *("housing_urban_rural", "ecology_environment"),
    "market_regulation",
)
HOUSING_CODE, ECOLOGY_CODE = "11520100MB0E10025D", "11520100MB0E100338"
DISTRICT = "贵阳市观山湖区市场监督管理局"
NO_DEPARTMENT = "11520115MB0E19999X"


@pytest.fixture(scope="module")
def six() -> Catalog:
    return city()


def delivering_for(catalog: Catalog, sender: str, *others: str) -> Catalog:
    changed = catalog.departments[sender].model_copy(update={"delivers_for": others})
    departments = {**catalog.departments, sender: changed}
    return catalog.model_copy(update={"departments": departments})


def may(
    catalog: Catalog,
    sender: str,
    item: str,
    *cells: str | None,
    dataset: Dataset | None = None,
) -> list[bool]:
    entry = dataset or catalog.datasets[PENALTY]
    table = pa.table({item: pa.array(cells, pa.string())})
    kept: list[bool] = OfSender.of(entry, catalog, item, sender)(table).to_pylist()
    return kept


@pytest.mark.parametrize(
    ("sender", "item", "cell", "kept"),
    [
        (HOUSING, "authority_name", "贵阳市住房和城乡建设局", True),
        (HOUSING, "authority_name", "贵阳市 住房和城乡建设局。", True),
        (HOUSING, "authority_name", "贵阳市住建局", True),  # an alias
        (ECOLOGY, "authority_name", "贵阳市住房和城乡建设局", False),
        (ECOLOGY, "authority_name", "贵阳市住建局", False),
        (ECOLOGY, "source_name", "贵阳市住房和城乡建设局", False),
        (ECOLOGY, "authority_uscc", HOUSING_CODE, False),
        (ECOLOGY, "authority_uscc", ECOLOGY_CODE, True),
        (MARKET, "authority_name", DISTRICT, True),  # no department: is not judged
        (MARKET, "authority_uscc", NO_DEPARTMENT, True),
        (MARKET, "authority_name", None, True),
    ],
)
def test_another_department_is_known_by_title_alias_and_code(
    six: Catalog, sender: str, item: str, cell: str | None, kept: bool
) -> None:
    assert may(six, sender, item, cell) == [kept]


def test_a_department_may_deliver_for_those_that_the_catalogue_names(
    six: Catalog,
) -> None:
    allowing = delivering_for(six, ECOLOGY, HOUSING)
    cells = HOUSING_CODE, ECOLOGY_CODE, six.departments[MARKET].uscc
    assert may(allowing, ECOLOGY, "authority_uscc", *cells) == [True, True, False]
    assert may(allowing, HOUSING, "authority_uscc", *cells) == [True, False, False]


def test_a_dataset_may_refuse_bodies_that_are_no_department(six: Catalog) -> None:
    strict = six.datasets[PENALTY].model_copy(update={"unlisted_bodies": "refuse"})
    cells = DISTRICT, "贵阳市住房和城乡建设局", None
    judged = may(six, HOUSING, "authority_name", *cells, dataset=strict)
    assert judged == [False, True, True]


def parsed(catalog: Catalog, sender: str, authority: str, code: str | None) -> pa.Table:
    dataset = catalog.datasets[PENALTY]
    row = {
        "source_row": 2,
        "counterpart_name": "贵阳示范商贸有限公司",
        "uscc": "9152000071430580XT",
        "decision_no": "筑建罚〔2026〕7号",
        "authority_name": authority,
        "authority_uscc": code,
    }
    names = [pa.field(item.id, pa.string()) for item in dataset.items]
    text = pa.Table.from_pylist([row], pa.schema([*TEXT_COLUMNS, *names]))
    return parse(text, dataset, catalog, sender, b"key" * 9)


def test_what_is_delivered_for_another_is_held_once_under_its_owner(
    six: Catalog,
) -> None:
    allowing = delivering_for(six, ECOLOGY, HOUSING)
    title = six.departments[HOUSING].title
    own = parsed(allowing, HOUSING, title, HOUSING_CODE)
    for_it = parsed(allowing, ECOLOGY, title, HOUSING_CODE)
    assert for_it["owner"].to_pylist() == own["owner"].to_pylist() == [HOUSING]
    assert for_it["record_id"] == own["record_id"]
    by_name = parsed(allowing, ECOLOGY, title, None)
    assert by_name["owner"].to_pylist() == [HOUSING]


@pytest.mark.duty("GZ13")
def test_nobody_else_delivers_into_the_records_of_another(six: Catalog) -> None:
    title = six.departments[HOUSING].title
    foreign = parsed(six, ECOLOGY, title, HOUSING_CODE)
    assert foreign["owner"].to_pylist() == [ECOLOGY]
    own = parsed(six, HOUSING, title, HOUSING_CODE)
    assert foreign["record_id"] != own["record_id"]


def test_a_joint_check_is_delivered_by_each_that_took_part(six: Catalog) -> None:
    assert six.datasets["spot_check"].authority is None
    named = {d.id for d in six.datasets.values() if d.authority}
    assert named == {*six.datasets} - {"spot_check"}
