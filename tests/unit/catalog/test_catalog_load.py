"""Every error of the catalogue names its file, its line and a remedy."""

from dataclasses import replace
from pathlib import Path

import pytest
from small_catalogue import Small

from guiji.catalog import load
from guiji.catalog.folder import VERSION_DIGITS
from guiji.catalog.rules import SIGNATURES, RuleKind
from guiji.catalog.validate import validate
from guiji.core.errors import CatalogError
from guiji.core.settings import Settings

JURISDICTION = "catalog/small/jurisdiction.yml"
DEPARTMENTS = "catalog/small/departments.yml"
PENALTY = "catalog/small/datasets/penalty.yml"
RULES = "expectations/small/penalty.yml"


def test_small_catalogue_is_right(small: Small) -> None:
    catalog = small.load()
    assert list(catalog.datasets) == ["penalty"]
    assert list(catalog.departments) == ["market", "tax"]
    assert [r.id for r in catalog.rules["penalty"]] == ["dates_in_order", "not_before"]
    assert catalog.code_list(catalog.datasets["penalty"], "kind").values


CASES = {
    # what: file, text that is replaced, by what, on the line, error, remedy
    "not YAML": (
        PENALTY, "key: [number]", "key: [number", "event:", "not YAML", "brackets"),
    "key twice": (
        PENALTY, "summary: 处罚决定", "title: 又一个", "又一个",
        "'title' is already on line 1", "keep one"),
    "key is no word": (
        PENALTY, "summary: 处罚决定", "? [a]\n: b", "? [a]", "a key is not a word",
        "word: value"),
    "impossible date": (
        PENALTY, "2018-07-25", "2018-02-30", "2018-02-30", "cannot be read", "quote"),
    "alias to itself": (
        PENALTY, "key: [number]", "key: &here [*here]", "*here", "leads back", "write"),
    "misspelt key": (
        PENALTY, "    aliases: [决定书文号]", "    alias: [决定书文号]", "alias:",
        "unknown key 'alias'", "did you mean 'aliases'?"),
    "misspelt key at the top": (
        PENALTY, "update_cycle: daily", "update_cycel: daily", "update_cycel",
        "unknown key 'update_cycel'", "did you mean 'update_cycle'?"),
    "misspelt key of a condition": (
        PENALTY, "required_when: { item: category, values: [法人] }",
        "required_when: { item: category, value: [法人] }", "required_when",
        "unknown key 'value'", "did you mean 'values'?"),
    "misspelt key in a code list": (
        PENALTY, "{ code: 吊销, title: 吊销 }", "{ code: 吊销, titel: 吊销 }", "titel",
        "unknown key 'titel'", "did you mean 'title'?"),
    "key is missing": (
        PENALTY, "    title: 文号\n", "", "id: number", "items.3.title is missing",
        "add `title: …`"),
    "no such value": (
        PENALTY, "coverage: whole_city", "coverage: whole_town", "whole_town",
        "no such value 'whole_town'", "did you mean 'whole_city'?"),
    "no such value, none near": (
        PENALTY, "coverage: whole_city", "coverage: xyz", "xyz",
        "no such value 'xyz'", "use one of: central, districts, municipal, "
        "prefectures, province, provincial, whole_city"),
    "no such cycle": (
        JURISDICTION, "  daily: 1", "  dayly: 1", "dayly", "no such value 'dayly'",
        "did you mean 'daily'?"),
    "number where a text belongs": (
        PENALTY, 'version: "1"', "version: 1", "version", "must be a text, not 1",
        "write it in quotes"),
    "text where a number belongs": (
        PENALTY, "working_days: 20", "working_days: twenty", "twenty",
        "clocks.1.working_days", "value of that kind"),
    "number too small": (
        PENALTY, "working_days: 20", "working_days: 0", "working_days: 0",
        "greater than or equal to 1", "value of that kind"),
    "bad identifier": (
        PENALTY, "id: number", "id: Number", "id: Number", "does not fit",
        "name of that form"),
    "id in a dataset file": (
        PENALTY, "title: 行政处罚\n", "id: penalty\ntitle: 行政处罚\n", "id: penalty",
        "given by the file's name", "leave the line out"),
    "code without list": (
        PENALTY, ", type: code, code_list: kind", ", type: code", "id: category",
        "needs `code_list`", "complete or correct"),
    "amount without unit": (
        PENALTY, ", unit: 元", "", "id: fine", "an amount needs `unit`", "complete"),
    "placeholder of a text": (
        PENALTY, "code: MC, required: true", "code: MC, placeholder: 无", "code: MC",
        "only a credit code has `placeholder`", "complete"),
    "person's id in public": (
        PENALTY, "{ id: fine, title: 罚款金额, code: JE, type: amount, unit: 元 }",
        "{ id: fine, title: 证件, code: JE, type: person_id }", "证件",
        "personal, cannot be public", "complete"),
    "condition of nothing": (
        PENALTY, "{ item: category, values: [法人] }", "{ item: category }",
        "required_when", "either `values` or `contains`", "complete"),
    "item twice": (
        PENALTY, "id: ends_on", "id: fine", "id: fine, title: 罚款",
        "item ids are repeated: fine", "rename one of them"),
    "key names no item": (
        PENALTY, "key: [number]", "key: [numbr]", "numbr", "no such item: numbr",
        "did you mean 'number'?"),
    "condition names no item": (
        PENALTY, "{ item: category, values: [法人] }",
        "{ item: categorie, values: [法人] }", "categorie", "no such item: categorie",
        "did you mean 'category'?"),
    "conditional without condition": (
        PENALTY, "share_type: unconditional", "share_type: conditional", "title: 行政",
        "share_condition is needed", "complete or correct"),
    "ends before it begins": (
        PENALTY, "valid_from: 2018-07-25",
        "valid_to: 2017-01-01\nvalid_from: 2018-07-25",
        "valid_to", "valid_to is before valid_from", "correct this value"),
    "register items of no register": (
        PENALTY, "key: [number]", "key: [number]\nregister_items: { status: state }",
        "register_items", "need `role: register`", "correct this value"),
    "no such role": (
        PENALTY, "key: [number]", "key: [number]\nrole: registry", "role: registry",
        "no such value 'registry'", "did you mean 'register'?"),
    "no such register item": (
        PENALTY, "key: [number]",
        "key: [number]\nrole: register\nregister_items: { states: state }", "states",
        "no such value 'states'", "did you mean 'status'?"),
    "register item is no item": (
        PENALTY, "key: [number]",
        "key: [number]\nrole: register\nregister_items: { status: stat }", "stat }",
        "no such item: stat", "did you mean 'state'?"),
    "establishment is no day": (
        PENALTY, "key: [number]",
        "key: [number]\nrole: register\nregister_items: { established_on: number }",
        "established_on", "'number' is not of type date", "decided_on"),
    "no such department": (
        PENALTY, "providers: [market, tax]", "providers: [markt, tax]", "providers",
        "no such department 'markt'", "did you mean 'market'?"),
    "extract of no provider": (
        PENALTY, "providers: [market, tax]", "providers: [market]", "department: tax",
        "'tax', which is no provider", "use one of: market"),
    "no such code list": (
        PENALTY, "code_list: kind", "code_list: kinds", "code_list: kinds",
        "no such code list 'kinds'", "did you mean 'kind'?"),
    "code list of a text": (
        PENALTY, "code: MC, required: true", "code: MC, code_list: kind", "code: MC",
        "type text takes no code list", "type: code"),
    "word for two codes": (
        PENALTY, "aliases: [撤销]", "aliases: [有效]", "aliases: [有效]",
        "'有效' stands for '1' and '2'", "keep it at one"),
    "word for two codes of the jurisdiction": (
        JURISDICTION, "title: 自然人 }", "title: 自然人, aliases: [企业] }",
        "code: 自然人",
        "'企业' stands for '法人' and '自然人'", "keep it at one"),
    "heading for two items": (
        PENALTY, "aliases: [决定书文号]", "aliases: [类 别*]", "类 别*",
        "may mean category or number", "keep it at one"),
    "condition on no code": (
        PENALTY, "values: [法人] }", "values: [法人组织] }", "法人组织",
        "'法人组织' is no code of kind", "did you mean '法人'?"),
    "revoked by no code": (
        PENALTY, 'revoked: ["2"]', 'revoked: ["3"]', "revoked",
        "'3' is no code of state", "use one of: 1, 2"),
    "class of no code": (
        PENALTY, "严重: [吊销]", "严重: [吊销执照]", "classes",
        "'吊销执照' is no code of sort", "did you mean '吊销'?"),
    "event is no date": (
        PENALTY, "event: [decided_on]", "event: [number]", "event",
        "'number' is not of type date", "decided_on"),
    "term starts at no date": (
        PENALTY, "  start: decided_on", "  start: number", "start: number",
        "'number' is not of type date", "decided_on"),
    "subject's code is a text": (
        PENALTY, "subject: { name: name, uscc: uscc }",
        "subject: { name: name, uscc: name }", "subject",
        "'name' is not of type uscc", "use one of: uscc"),
    "clock twice": (
        PENALTY, "  - id: publication", "  - id: delivery", "  - id: delivery",
        "the clock 'delivery' is there twice", "rename"),
    "publication before delivery": (
        PENALTY, "working_days: 20", "working_days: 5", "working_days: 5",
        "publication is due before delivery", "shorten"),
    "no such regime": (
        PENALTY, "  regime: penalty_term", "  regime: penalty_terms", "penalty_terms",
        "no such regime 'penalty_terms'", "did you mean 'penalty_term'?"),
    "class of no regime": (
        PENALTY, "default_class: 一般", "default_class: 轻微", "轻微",
        "class '轻微' is not in every regime", "use one of"),
    "regime without default": (
        PENALTY, "  default_class: 一般\n", "", "publication_term",
        "needs `default_class`", "add the class"),
    "classes of no item": (
        PENALTY, "  class_item: sort\n", "", "classes", "without `class_item`",
        "name the item"),
    "cycle without days": (
        PENALTY, "update_cycle: daily", "update_cycle: weekly", "update_cycle",
        "no days for the cycle 'weekly'", "use one of: daily"),
    "id is not the folder": (
        JURISDICTION, "id: small", "id: smal", "id: smal", "not the folder's name",
        "write `id: small`"),
    "channel of no dataset": (
        JURISDICTION, "    datasets: [penalty]", "    datasets: [penaltys]", "penaltys",
        "no such dataset 'penaltys'", "did you mean 'penalty'?"),
    "circular of no dataset": (
        JURISDICTION, "licence_datasets: []", "licence_datasets: [licence]",
        "[licence]", "no such dataset 'licence'", "use one of: penalty"),
    "bad region": (
        JURISDICTION, '["520100"]', '["5201"]', "region_codes",
        "'5201' is no region code", "six digits"),
    "level without word": (
        JURISDICTION, "  pending: 待定\n", "", "opening_ways",
        "no word for 'pending'", "add `pending: …`"),
    "regimes overlap": (
        JURISDICTION, "effective_from: 2026-04-01", "effective_from: 2026-03-31",
        "effective_from: 2026-03-31", "first is still in force", "end first"),
    "regimes with a gap": (
        JURISDICTION, "effective_from: 2026-04-01", "effective_from: 2026-05-01",
        "effective_from: 2026-05-01", "no regime is in force between first and second",
        "begin second on the day after first ends"),
    "channel twice": (
        JURISDICTION, "term_regimes:",
        "  - { id: site, title: 二, datasets: [penalty], clause: 一 }\nterm_regimes:",
        "{ id: site", "the channel 'site' is there twice", "rename one"),
    "channel ends before it begins": (
        JURISDICTION, "    clause: 第一条",
        "    clause: 第一条\n    valid_from: 2026-02-01\n    valid_to: 2026-01-01",
        "valid_to: 2026-01-01", "valid_to is before valid_from", "correct the dates"),
    "unit ends before it begins": (
        DEPARTMENTS, "    title: 小市税务局",
        "    title: 小市税务局\n    valid_from: 2026-02-01\n    valid_to: 2026-01-01",
        "valid_to: 2026-01-01", "valid_to is before valid_from", "correct the dates"),
    "unit in force beside its successor": (
        DEPARTMENTS, "    title: 小市税务局",
        "    title: 小市税务局\n    valid_from: 2018-07-05\n    successor_of:\n"
        "      - { title: 小市国家税务局, until: 2018-07-05 }", "until: 2018-07-05",
        "'小市国家税务局' is in force until 2018-07-05, and its successor tax from",
        "end it on the day before"),
    "no such route": (
        DEPARTMENTS, "    title: 小市税务局",
        "    title: 小市税务局\n    route: direct", "route: direct",
        "no such route 'direct'", "leave it out"),
    "two providers of one key without a route": (
        PENALTY, "same_number: {}\n", "", "providers: [market, tax]",
        "market, tax may deliver the same key, without a route",
        "name the `source_department`, or give `route`"),
    "clock without a clause": (
        PENALTY, "    clause: 第五条\n", "", "- id: delivery",
        "clocks.0.clause is missing", "add `clause: …`"),
    "clock with an empty clause": (
        PENALTY, "    clause: 第五条", '    clause: " "', 'clause: " "',
        "the clock 'delivery' has no clause", "or say `parameter: true`"),
    "personal item in public": (
        PENALTY, "code: WH", "code: WH\n    sensitivity: personal",
        "sensitivity: personal", "item number is marked personal, and public",
        "set its open_level"),
    "regime ends before it begins": (
        JURISDICTION, "effective_to: 2026-03-31", "effective_to: 2018-03-31",
        "effective_to", "ends before it begins", "correct the dates"),
    "regime twice": (
        JURISDICTION, "  - id: second", "  - id: first", "term_regimes",
        "two regimes have the same id", "rename"),
    "department's code is wrong": (
        DEPARTMENTS, "11520100MB0E10017J", "11520100MB0E10017K", "10017K",
        "no valid credit code", "certificate"),
    "department twice": (
        DEPARTMENTS, "  - id: tax",
        "  - { id: market, title: x, uscc: 11520100MB0E100338 }\n  - id: tax",
        "{ id: m", "'market' is there twice", "rename"),
    "code of two departments": (
        DEPARTMENTS, "11520100MB0E10025D", "11520100MB0E10017J", "uscc",
        "two departments have", "correct one"),
    "alias of two departments": (
        DEPARTMENTS, "title: 小市税务局",
        "title: 小市税务局\n    aliases: [小市市场监督管理 局]", "aliases",
        "names market and tax", "keep it at one"),
    "delivers for no department": (
        DEPARTMENTS, "title: 小市税务局",
        "title: 小市税务局\n    delivers_for: [markt]",
        "delivers_for", "no such department 'markt'", "did you mean 'market'?"),
    "delivers for itself": (
        DEPARTMENTS, "title: 小市税务局", "title: 小市税务局\n    delivers_for: [tax]",
        "delivers_for", "no such department 'tax'", "use one of: market"),
    "body without items": (
        PENALTY, "key: [number]", "authority: {}\nkey: [number]", "authority",
        "name the item of the body's", "complete or correct"),
    "body of no text": (
        PENALTY, "key: [number]", "authority: { name: fine }\nkey: [number]",
        "authority", "authority.name: 'fine' is not of type text", "name"),
    "rule names no item": (
        RULES, "[decided_on, ends_on]", "[decided_on, end_on]", "end_on",
        "penalty has no item 'end_on'", "did you mean 'ends_on'?"),
    "rule of no date": (
        RULES, "[decided_on, ends_on]", "[decided_on, fine]", "fine",
        "date_order needs date here, 'fine' is amount",
        "use one of: decided_on, ends_on"),
    "rule of too few items": (
        RULES, "[decided_on, ends_on]", "[ends_on]", "[ends_on]", "takes 2 item(s)",
        "name as many"),
    "rule without day": (
        RULES, "    day: 1949-10-01\n", "", "kind: not_before",
        "not_before needs `day`", "add `day: …`"),
    "rule with a key of another kind": (
        RULES, "    items: [decided_on, ends_on]",
        "    items: [decided_on, ends_on]\n    day: 2020-01-01", "day: 2020-01-01",
        "date_order takes no `day`", "leave it out"),
    "rule with a key that nobody takes": (
        RULES, "    day: 1949-10-01\n", "    dai: 1949-10-01\n", "dai:",
        "unknown key 'dai'", "did you mean 'day'?"),
    "rule of no dimension": (
        RULES, "    day: 1949-10-01\n", "    day: 1949-10-01\n    dimension: 准确\n",
        "dimension: 准确", "no such value '准确'", "did you mean '准确性'?"),
    "rule of no severity": (
        RULES, "    day: 1949-10-01\n", "    day: 1949-10-01\n    severity: warn\n",
        "severity: warn", "no such value 'warn'", "did you mean 'warning'?"),
    "rule of nobody": (
        RULES, "    day: 1949-10-01\n",
        "    day: 1949-10-01\n    responsibility: departments\n",
        "responsibility: dep", "no such value 'departments'",
        "did you mean 'department'?"),
    "rule for more than all rows": (
        RULES, "    day: 1949-10-01\n", "    day: 1949-10-01\n    mostly: 1.5\n",
        "mostly: 1.5", "less than or equal to 1", "value of that kind"),
    "example of no item": (
        RULES, "    day: 1949-10-01\n",
        "    day: 1949-10-01\n    example:\n      wrong: { decided: 1900-01-02 }\n"
        "      right: {}\n",
        "wrong: {", "rules.1.example.wrong.decided", "write it in quotes"),
    "rule twice": (
        RULES, "id: not_before", "id: dates_in_order", "id: dates", "is there twice",
        "rename"),
    "column of the platform": (
        PENALTY, "id: fine", "id: source_row", "id: source_row",
        "'source_row' has the name of a column", "'source_row_item'"),
    "number column of the merge": (
        PENALTY, "id: fine", "id: record_number", "id: record_number",
        "'record_number' has the name of a column", "another id"),
    "column of a view": (
        PENALTY, "id: fine", "id: opening", "id: opening",
        "'opening' has the name of a column", "another id"),
    "code of another than the subject": (
        PENALTY, "id: fine", "id: enterprise_name", "id: enterprise_name",
        "'enterprise_name' has the name of a column", "another id"),
    "word of SQL": (
        PENALTY, "id: fine", "id: order", "id: order", "reserved word of SQL",
        "'order_item'"),
    "derived column": (
        PENALTY, "id: fine", "id: number__raw", "number__raw",
        "looks like a derived column", "'number_raw'"),
    "identifier too long": (
        PENALTY, "id: fine", f"id: {'a' * 61}", "aaaaa", "at most 60 characters",
        "value of that kind"),
    "heading of the platform": (
        PENALTY, "title: 罚款金额", "title: 操作", "title: 操作",
        "'操作' is a heading of the platform", "another title"),
    "no such kind of rule": (
        RULES, "kind: date_order", "kind: order", "kind: order",
        "no such value 'order'", "did you mean 'date_order'?"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "what", "remedy"), CASES.values(), ids=CASES.keys()
)
def test_error_names_line_and_remedy(
    small: Small, file: str, old: str, new: str, at: str, what: str, remedy: str
) -> None:
    small.replace(file, old, new)
    place, _, rest = small.error().partition(": ")
    assert "more: guiji catalogue validate" not in rest  # one cause, one message
    assert place == f"{file}:{small.line(file, at)}"
    assert what in rest.partition("; ")[0]
    assert remedy in rest.partition("; ")[2]


def test_file_that_is_missing(small: Small) -> None:
    (small.root / DEPARTMENTS).unlink()
    assert small.error() == f"{DEPARTMENTS}:1: the file is missing; add it"


def test_file_that_is_not_utf_8(small: Small) -> None:
    path = small.root / DEPARTMENTS
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.encode("gb18030"))
    line = first_chinese_line(text)
    assert (
        small.error()
        == f"{DEPARTMENTS}:{line}: the file is not UTF-8; save it as UTF-8"
    )


def first_chinese_line(text: str) -> int:
    return next(
        n for n, line in enumerate(text.split("\n"), start=1) if not line.isascii()
    )


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "text\n"])
def test_file_that_holds_no_mapping(small: Small, content: str) -> None:
    (small.root / PENALTY).write_text(content)
    assert small.error().startswith(f"{PENALTY}:1: the file does not hold a mapping; ")


def test_no_dataset_at_all(small: Small) -> None:
    (small.root / PENALTY).unlink()
    assert "catalog/small/datasets:1: no dataset; add <id>.yml" in small.error()


def test_dataset_file_with_an_impossible_name(small: Small) -> None:
    path = small.root / PENALTY
    path.rename(path.with_name("Penalty-2018.yml"))
    error = small.error()
    assert error.startswith("catalog/small/datasets/Penalty-2018.yml:1: id: ")


def test_rules_for_no_dataset(small: Small) -> None:
    path = small.root / RULES
    path.rename(path.with_name("penalti.yml"))
    assert small.error() == (
        "expectations/small/penalti.yml:1: rules for 'penalti', which is no dataset; "
        "rename the file; did you mean 'penalty'? use one of: penalty"
    )


@pytest.mark.parametrize(
    "name",
    [
        "catalog/small/penalty.yml",  # beside datasets/
        "catalog/small/datasets/old/penalty.yml",  # too deep
        "catalog/small/datasets/licence.yaml",  # another suffix
        "expectations/small/licence.yaml",
    ],
)
def test_file_that_nothing_reads(small: Small, name: str) -> None:
    path = small.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("title: x\n")
    assert small.error().startswith(f"{name}:1: nothing reads this file; ")


def test_unknown_jurisdiction_names_those_that_exist(small: Small) -> None:
    assert small.error("smal") == (
        "catalog/smal:1: no such jurisdiction; did you mean 'small'? use one of: small"
    )
    assert small.error("guangdong").endswith("no such jurisdiction; use one of: small")


def test_broken_dataset_is_one_problem_and_not_many(small: Small) -> None:
    """Channels and rules that name a dataset that cannot be read are not at fault."""
    small.replace(PENALTY, "coverage: whole_city", "coverage: xyz")
    assert "more:" not in small.error()


def test_first_error_counts_the_others(small: Small) -> None:
    small.replace(PENALTY, "coverage: whole_city", "coverage: xyz")
    small.replace(JURISDICTION, '["520100"]', '["5201"]')
    assert small.error().endswith("(1 more: guiji catalogue validate)")
    assert small.error().startswith(PENALTY)


def test_validate_lists_every_problem(small: Small, settings: Settings) -> None:
    small.replace(PENALTY, "coverage: whole_city", "coverage: xyz")
    small.replace(JURISDICTION, '["520100"]', '["5201"]')
    small.replace(RULES, "kind: date_order", "kind: order")
    here = replace(
        settings, home=small.root, catalog=small.root / "catalog", jurisdiction="small"
    )
    problems = validate(here)
    assert [p.file for p in problems] == [PENALTY, JURISDICTION, RULES]
    with pytest.raises(CatalogError, match="2 more"):
        load.load(here)


def licence(small: Small) -> str:
    """Add a second dataset, which has a publication clock and is in no channel."""
    text = (small.root / PENALTY).read_text(encoding="utf-8")
    before, _, rest = text.partition("extracts:")
    text = before + rest[rest.index("codes:") :]
    text = text.replace("title: 行政处罚\n", "title: 行政许可\n")
    file = "catalog/small/datasets/licence.yml"
    (small.root / file).write_text(text, encoding="utf-8")
    return file


def test_a_publication_clock_needs_a_channel(small: Small) -> None:
    file = licence(small)
    assert small.error() == (
        f"{file}:{small.line(file, 'kind: publication')}: licence must be published, "
        "and no channel has it; add it to `datasets` of a channel in "
        "small/jurisdiction.yml"
    )
    small.replace(
        JURISDICTION, "    datasets: [penalty]", "    datasets: [penalty, licence]"
    )
    assert [*small.load().datasets] == ["licence", "penalty"]


def test_one_title_is_one_entry_on_every_day(small: Small) -> None:
    file = licence(small)
    small.replace(
        JURISDICTION, "    datasets: [penalty]", "    datasets: [penalty, licence]"
    )
    small.replace(file, "title: 行政许可\n", "title: 行政处罚\n")
    said = "licence and penalty are both '行政处罚' on a day; end the earlier one"
    assert said in small.error()
    small.replace(file, "valid_from: 2018-07-25", "valid_from: 2026-01-01")
    small.replace(PENALTY, "valid_from: 2018", "valid_to: 2026-01-01\nvalid_from: 2018")
    assert said in small.error()
    small.replace(PENALTY, "valid_to: 2026-01-01", "valid_to: 2025-12-31")
    assert [*small.load().datasets] == ["licence", "penalty"]


def test_two_providers_of_one_key_need_one_route_or_a_unit_that_answers(
    small: Small,
) -> None:
    small.replace(PENALTY, "same_number: {}\n", "")
    small.replace(
        DEPARTMENTS, "    title: 小市税务局", "    title: 小市税务局\n    route: a"
    )
    small.replace(JURISDICTION, "cycles:", "routes: { a: 直接报送 }\ncycles:")
    assert small.load().departments["tax"].route == "a"
    small.replace(DEPARTMENTS, "\n    route: a", "")
    assert "may deliver the same key" in small.error()
    small.replace(PENALTY, "key: [number]", "key: [number]\nsource_department: tax")
    assert small.load().datasets["penalty"].source_department == "tax"


def test_a_channel_of_what_is_not_public_is_a_warning(
    small: Small, settings: Settings
) -> None:
    small.replace(PENALTY, "open_level: public", "open_level: gov_only")
    here = replace(settings, catalog=small.root / "catalog", jurisdiction="small")
    (problem,) = validate(here)
    assert problem.is_warning
    assert "warning: penalty is gov_only: site shows none of it" in str(problem)
    assert load.load(here).datasets


def test_a_key_with_the_day_of_the_event_is_a_warning(
    small: Small, settings: Settings
) -> None:
    small.replace(PENALTY, "key: [number]", "key: [number, decided_on]")
    here = replace(settings, catalog=small.root / "catalog", jurisdiction="small")
    (problem,) = validate(here)
    assert problem.is_warning
    assert "'decided_on' is a day" in str(problem)


def test_items_of_one_id_are_stored_alike_in_all_datasets(small: Small) -> None:
    file = licence(small)
    small.replace(
        JURISDICTION, "    datasets: [penalty]", "    datasets: [penalty, licence]"
    )
    small.replace(PENALTY, "code: JE, type: amount, unit: 元", "code: JE")
    assert small.error().startswith(
        f"{PENALTY}:{small.line(PENALTY, 'id: fine')}: item 'fine' is text here and "
        "amount in licence"
    )
    assert file


def test_a_dataset_is_not_called_as_a_table_of_the_platform(small: Small) -> None:
    for file in (PENALTY, RULES):
        path = small.root / file
        path.rename(path.with_name("records.yml"))
    small.replace(JURISDICTION, "    datasets: [penalty]", "    datasets: [records]")
    small.replace(JURISDICTION, "penalty_datasets: [penalty]", "penalty_datasets: []")
    error = small.error()
    assert error.startswith("catalog/small/datasets/records.yml:1: 'records' is the")
    assert "rename the file" in error


def test_a_catalogue_without_its_folder_of_rules_is_not_right(
    small: Small, settings: Settings
) -> None:
    (small.root / RULES).unlink()
    (small.root / "expectations/small").rmdir()
    here = replace(settings, catalog=small.root / "catalog", jurisdiction="small")
    (problem,) = validate(here)
    assert "nothing is checked across items" in problem.what
    assert load.load(here).rules == {}


def test_a_rule_that_only_a_sister_jurisdiction_has_is_a_warning(
    small: Small, settings: Settings
) -> None:
    for file, text in {
        "catalog/sister/jurisdiction.yml": "id: sister\n",
        "expectations/sister/penalty.yml": "rules: [{ id: not_before }, { id: more }]",
    }.items():
        path = small.root / file
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    here = replace(settings, catalog=small.root / "catalog", jurisdiction="small")
    assert [str(p) for p in validate(here)] == [
        "expectations/small/penalty.yml:1: warning: sister has rules that are missing "
        "here: more; take them over from sister/penalty.yml if they fit"
    ]


def test_a_catalogue_elsewhere_finds_its_rules_and_queries_beside_it(
    small: Small, settings: Settings
) -> None:
    folder = small.root / "sql/extracts/small"
    folder.mkdir(parents=True)
    (folder / "penalty.sql").write_text("select a from b", encoding="utf-8")
    small.replace(PENALTY, "table: penalty }", "sql: penalty.sql }")
    here = replace(settings, catalog=small.root / "catalog", jurisdiction="small")
    found = load.load(here)
    assert [r.id for r in found.rules["penalty"]] == ["dates_in_order", "not_before"]
    assert validate(here) == []


def test_rules_of_the_checkout_stand_in_for_those_that_a_catalogue_lacks(
    small: Small, settings: Settings
) -> None:
    home = small.root / "home"
    home.mkdir()
    (small.root / "expectations").rename(home / "expectations")
    here = replace(
        settings, home=home, catalog=small.root / "catalog", jurisdiction="small"
    )
    (problem,) = validate(here)
    assert problem.is_warning
    assert "no expectations/ beside" in problem.what
    assert [*load.load(here).rules] == ["penalty"]


def test_right_catalogue_has_no_problems(small: Small, settings: Settings) -> None:
    here = replace(
        settings, home=small.root, catalog=small.root / "catalog", jurisdiction="small"
    )
    assert validate(here) == []
    assert load.load(here).version == small.load().version


RULE = """\
  - id: third
    {}
    message: 不对
    message_en: wrong
    remedy: 请核对。
    clause: 第十条
"""

RULE_CASES = {
    # what: the rule's own keys, what stands on the line, error, remedy
    "pattern of a date": (
        "kind: pattern\n    items: [decided_on]\n    pattern: x", "items: [decided_on]",
        "pattern needs text here, 'decided_on' is date", "use one of: name, number"),
    "pattern left out": (
        "kind: pattern\n    items: [number]", "kind: pattern",
        "pattern needs `pattern`", "add `pattern: …`"),
    "pattern that is none": (
        "kind: pattern\n    items: [number]\n    pattern: '[0'", "pattern: '[0'",
        "no regular expression", "correct it"),
    "pattern that looks around": (
        "kind: pattern\n    items: [number]\n    pattern: '(?=x)'", "pattern: '(?",
        "RE2 cannot", "without that"),
    "same as no item": (
        "kind: pattern\n    items: [number]\n    pattern: x\n    or_same_as: nam",
        "or_same_as", "penalty has no item 'nam'", "did you mean 'name'?"),
    "condition on no item": (
        "kind: not_zero_when\n    items: [fine]\n"
        "    when: { item: sorts, values: [罚款] }", "when:",
        "penalty has no item 'sorts'", "did you mean 'sort'?"),
    "condition on no code of its list": (
        "kind: not_zero_when\n    items: [fine]\n"
        "    when: { item: sort, values: [罚] }", "when:",
        "'罚' is no code of sort", "did you mean '罚款'?"),
    "condition on no code of the jurisdiction": (
        "kind: pair_in\n    items: [uscc]\n    pairs: ['92']\n"
        "    when: { item: category, values: [法人们] }", "when:",
        "'法人们' is no code of kind", "did you mean '法人'?"),
    "pair that is none": (
        "kind: pair_in\n    items: [uscc]\n    pairs: ['921']", "pairs:",
        "'921' is no pair", "write two characters"),
    "range of no category": (
        "kind: division\n    items: [category, number]\n    ranges: { 法: [1, 2] }",
        "ranges:", "'法' is no code of kind", "did you mean '法人'?"),
    "range that ends first": (
        "kind: division\n    items: [category, number]\n    ranges: { 法人: [3, 2] }",
        "ranges:", "the range of 法人 ends before it begins", "correct it"),
    "one value of one item": (
        "kind: one_value\n    items: [number]", "items: [number]",
        "one_value takes at least 2 item(s), not 1", "name as many"),
    "example of an unknown item": (
        "kind: not_forever\n    items: [ends_on]\n    example:\n"
        "      wrong: { end_on: 长期 }\n      right: {}", "wrong:",
        "penalty has no item 'end_on'", "did you mean 'ends_on'?"),
}  # fmt: skip


@pytest.mark.parametrize("case", RULE_CASES)
def test_error_in_a_rule_across_items(small: Small, case: str) -> None:
    keys, at, what, remedy = RULE_CASES[case]
    path = small.root / RULES
    path.write_text(path.read_text(encoding="utf-8") + RULE.format(keys), "utf-8")
    error = small.error()
    assert error.startswith(f"{RULES}:{small.line(RULES, at)}: "), error
    assert what in error
    assert remedy in error


def test_every_kind_of_rule_has_a_signature() -> None:
    assert set(SIGNATURES) == set(RuleKind)


@pytest.mark.parametrize("file", [JURISDICTION, DEPARTMENTS, PENALTY, RULES])
def test_version_changes_with_every_file(small: Small, file: str) -> None:
    before = small.load().version
    path = small.root / file
    path.write_text(path.read_text(encoding="utf-8") + "# later\n", encoding="utf-8")
    assert small.load().version != before
    assert len(before) == VERSION_DIGITS


def test_version_does_not_depend_on_the_checkout(small: Small, tmp_path: Path) -> None:
    before = small.load().version
    (small.root / "catalog").rename(tmp_path / "moved")
    moved = load.load_folder(tmp_path / "moved", small.root / "expectations", "small")
    assert moved.version == before


def test_yaml_anchors_may_be_used(small: Small) -> None:
    small.replace(PENALTY, "providers: [market, tax]", "providers: &all [market, tax]")
    assert small.load().datasets["penalty"].providers == ("market", "tax")
