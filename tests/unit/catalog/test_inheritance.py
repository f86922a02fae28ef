"""What an entry holds that extends a shared definition, and where errors point."""

import pytest
from small_catalogue import FILES, Small

PENALTY = "catalog/small/datasets/penalty.yml"
SHARED = "catalog/common/datasets/penalty.yml"
TABLE = "catalog/small/datasets.yml"
OWN = ("version", "valid_from", "providers", "clocks", "extracts")
ENTRY = """\
extends: common/penalty
version: "1"
valid_from: 2018-07-25
providers: [market, tax]
clocks:
  - { id: delivery, kind: delivery, working_days: 7, clause: 第五条 }
  - { extends: publication_at_once, working_days: 20 }
extracts:
  - { department: tax, connection: tax_database, table: penalty }
"""
ITEMS = """\
groups:
  subject:
    - { id: name, title: 名称, code: MC, required: true }
    - { id: uscc, title: 统一社会信用代码, code: DM, type: uscc }
"""
CLOCKS = """\
clocks:
  - { id: publication, kind: publication, working_days: 7, clause: 第六条 }
"""


def shared_definition() -> str:
    """The entry of the small catalogue without what is its own."""
    blocks: list[str] = []
    for line in FILES[PENALTY].splitlines(keepends=True):
        if line[0].isalpha():
            blocks.append(line)
        else:
            blocks[-1] += line
    kept = [b for b in blocks if b.partition(":")[0] not in OWN]
    text = "".join(kept)
    for item in ("name", "uscc"):
        start = text.index(f"  - {{ id: {item},")
        text = text[:start] + text[text.index("\n", start) + 1 :]
    return text.replace("items:\n", "items:\n  - group: subject\n")


@pytest.fixture
def extending(small: Small) -> Small:
    """The small catalogue, its entry extending a definition of the same content."""
    clocks = CLOCKS.replace("id: publication,", "id: publication_at_once,")
    for file, text in (
        (PENALTY, ENTRY),
        (SHARED, shared_definition()),
        ("catalog/common/items.yml", ITEMS),
        ("catalog/common/clocks.yml", clocks),
    ):
        path = small.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    rules = small.root / "expectations"
    (rules / "common").mkdir()
    (rules / "small/penalty.yml").rename(rules / "common/penalty.yml")
    return small


def test_an_entry_that_extends_has_all_of_the_definition(
    small: Small, extending: Small
) -> None:
    catalog = extending.load()
    for file, text in FILES.items():
        (extending.root / file).write_text(text, encoding="utf-8")
    plain = small.load()
    written, read = plain.datasets["penalty"], catalog.datasets["penalty"]
    clocks = tuple(c.model_copy(update={"id": "publication"}) for c in read.clocks[1:])
    assert read.model_copy(update={"clocks": (read.clocks[0], *clocks)}) == written
    assert catalog.rules == plain.rules


def append(small: Small, file: str, text: str) -> None:
    path = small.root / file
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_items_are_changed_by_id_added_and_left_out(extending: Small) -> None:
    append(
        extending,
        PENALTY,
        "items:\n"
        "  - { id: fine, title: 罚没金额 }\n"
        "  - { id: level, title: 等级, code: DJ, after: number }\n"
        "  - { id: last, title: 备注, code: BZ }\n"
        "without: [category]\n",
    )
    extending.replace(
        SHARED, "    required_when: { item: category, values: [法人] }\n", ""
    )
    dataset = extending.load().datasets["penalty"]
    assert [i.id for i in dataset.items] == [
        "name", "uscc", "number", "level", "sort", "decided_on", "ends_on", "fine",
        "state", "last",
    ]  # fmt: skip
    assert (dataset.item("fine").title, dataset.item("fine").unit) == ("罚没金额", "元")


def test_an_item_below_a_group_changes_that_of_the_group(extending: Small) -> None:
    extending.replace(
        SHARED,
        "  - group: subject\n",
        "  - group: subject\n  - { id: name, aliases: [企业名称] }\n",
    )
    item = extending.load().datasets["penalty"].items[0]
    assert (item.title, item.aliases, item.required) == ("名称", ("企业名称",), True)


def test_own_rules_stand_on_top_of_shared_ones(extending: Small) -> None:
    own = extending.root / "expectations/small/penalty.yml"
    own.write_text(
        "rules:\n  - { id: not_before, day: 1979-01-01 }\nwithout: [dates_in_order]\n",
        encoding="utf-8",
    )
    (rule,) = extending.load().rules["penalty"]
    assert (rule.id, str(rule.day), rule.message) == (
        "not_before",
        "1979-01-01",
        "日期过早",
    )


def test_an_entry_of_the_table_is_as_one_of_a_file(extending: Small) -> None:
    read = extending.load().datasets
    (extending.root / PENALTY).unlink()
    body = ENTRY.replace('version: "1"\nvalid_from: 2018-07-25\n', "")
    entry = body.replace("\n", "\n    ").rstrip()
    defaults = '{ version: "1", valid_from: 2018-07-25, coverage: municipal }'
    (extending.root / TABLE).write_text(
        f"defaults: {defaults}\ndatasets:\n  - {entry}\n    coverage: whole_city\n",
        encoding="utf-8",
    )
    assert extending.load().datasets == read


def test_a_jurisdiction_extends_shared_words(extending: Small) -> None:
    plain = extending.load().jurisdiction
    text = FILES["catalog/small/jurisdiction.yml"]
    body, _, codes = text.partition("codes:\n")
    start, end = body.index("term_regimes:"), body.index("circular:")
    terms, body = body[start:end], body[:start] + body[end:]
    for file, content in (
        ("catalog/common/codes.yml", "codes:\n" + codes),
        (
            "catalog/common/terms.yml",
            terms.replace(
                "严重: 36 }\n    clause: 第三", "严重: 35 }\n    clause: 第三"
            ),
        ),
        (
            "catalog/small/jurisdiction.yml",
            body.replace(
                "id: small\n", "id: small\nextends: [common/codes, common/terms]\n"
            )
            + "term_regimes:\n  - { id: second, months: { 一般: 12, 严重: 36 } }\n",
        ),
    ):
        (extending.root / file).write_text(content, encoding="utf-8")
    assert extending.load().jurisdiction == plain


WRONG = {
    # what: file, text that is replaced, by what, file and text that it points at, error
    "unknown definition": (
        PENALTY, "common/penalty", "common/penalti", PENALTY, "extends: common",
        "no such definition: 'common/penalti'", "did you mean 'common/penalty'?"),
    "not of the common folder": (
        PENALTY, "common/penalty", "other/penalty", PENALTY, "extends: other",
        "no such definition: 'other/penalty'", "use one of: common/penalty"),
    "unknown group": (
        SHARED, "group: subject", "group: subjekt", SHARED, "group: subjekt",
        "items.yml has no 'subjekt'", "did you mean 'subject'?"),
    "group with another key": (
        SHARED, "- group: subject", "- { group: subject, required: true }", SHARED,
        "group: subject", "takes no other key", "by id below it"),
    "unknown clock": (
        PENALTY, "extends: publication_at_once", "extends: at_once", PENALTY,
        "extends: at_once", "clocks.yml has no 'at_once'", "publication_at_once"),
    "fault of a shared item": (
        "catalog/common/items.yml", "code: MC, required", "cod: MC, required",
        "catalog/common/items.yml", "cod: MC", "unknown key 'cod'", "'code'?"),
    "fault of a shared key": (
        SHARED, "info_class: licence_penalty", "info_class: licence", SHARED,
        "info_class: licence", "no such value 'licence'", "'licence_penalty'?"),
    "fault of an own key": (
        PENALTY, "providers: [market, tax]", "providers: [market, taxx]", PENALTY,
        "providers", "no such department 'taxx'", "did you mean 'tax'?"),
    "unknown place": (
        PENALTY, "extracts:",
        "items:\n  - { id: x, title: X, code: X, after: nr }\nextracts:",
        PENALTY, "after: nr", "no entry 'nr' to stand after", "use one of"),
    "nothing to leave out": (
        PENALTY, "extracts:", "without: [numbr]\nextracts:", PENALTY, "without",
        "no entry 'numbr' to leave out", "did you mean 'number'?"),
    "a shared key twice": (
        SHARED, "open_level: public", "open_level: public\nopen_level: none", SHARED,
        "open_level: none", "the key 'open_level' is already on line", "keep one"),
    "a shared rule names no item": (
        "expectations/common/penalty.yml", "items: [decided_on]", "items: [decided]",
        "expectations/common/penalty.yml", "items: [decided]", "decided", "decided_on"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_an_error_names_the_file_and_line_that_is_wrong(
    extending: Small, what: str
) -> None:
    file, old, new, wrong, at, error, remedy = WRONG[what]
    extending.replace(file, old, new)
    message = extending.error()
    assert message.startswith(f"{wrong}:{extending.line(wrong, at)}: "), message
    assert error in message
    assert remedy in message


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("entries: []\n", "unknown key 'entries'"),
        ("defaults: {}\n", "no list of `datasets`"),
        ("datasets: [{ title: X }]\n", "an entry has no id"),
        ("datasets: [penalty]\n", "an entry is no mapping"),
        ("datasets: [{ id: a }, { id: a }]\n", "'a' is there twice"),
    ],
)
def test_a_table_that_is_none_is_refused(
    extending: Small, text: str, error: str
) -> None:
    (extending.root / TABLE).write_text(text, encoding="utf-8")
    (extending.root / PENALTY).unlink()
    message = extending.error()
    assert message.startswith(f"{TABLE}:1: ")
    assert error in message


def test_a_dataset_is_in_a_file_or_in_the_table(extending: Small) -> None:
    entry = ENTRY.replace("\n", "\n    ").rstrip()
    (extending.root / TABLE).write_text(f"datasets:\n  - {entry}\n", encoding="utf-8")
    assert f"{PENALTY}:1: the dataset 'penalty' is in datasets.yml, too" in (
        extending.error()
    )


def test_every_shared_file_counts_for_the_version(extending: Small) -> None:
    seen = {extending.load().version}
    for file in (SHARED, "catalog/common/items.yml", "expectations/common/penalty.yml"):
        append(extending, file, "# later\n")
        seen.add(extending.load().version)
    assert len(seen) == 4
