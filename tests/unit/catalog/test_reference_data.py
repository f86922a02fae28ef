"""Reference data has a source and an edition, and agrees with what uses it."""

import csv

import yaml
from governments import CATALOG, government

from guiji.domain import uscc
from guiji.sample import names

SOURCES = yaml.safe_load((CATALOG / "sources.yml").read_text("utf-8"))


def lines(name: str) -> list[dict[str, str]]:
    with (CATALOG / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_has_its_source_edition_and_lines() -> None:
    assert SOURCES["files"].keys() == {path.name for path in CATALOG.glob("*.csv")}
    for name, said in SOURCES["files"].items():
        assert said["title"]
        assert said["source"]
        assert said["edition"]
        assert said["lines"] == len(lines(name)), name


def test_every_shared_code_list_has_its_source_and_edition() -> None:
    shared = yaml.safe_load((CATALOG / "common/codes.yml").read_text("utf-8"))["codes"]
    assert SOURCES["code_lists"].keys() == shared.keys()
    for said in SOURCES["code_lists"].values():
        assert said["source"]
        assert said["edition"]


def test_categories_of_credit_codes_are_those_that_are_accepted() -> None:
    rows = lines("credit_code_categories.csv")
    pairs = [row["registrar"] + row["category"] for row in rows]
    assert len(pairs) == len({*pairs})
    assert {*pairs} == uscc.PAIRS
    titles = {row["registrar"]: row["registrar_title"] for row in rows}
    assert all(titles[r["registrar"]] == r["registrar_title"] for r in rows)


def test_divisions_of_industries_are_97_in_the_sections_of_the_code_list() -> None:
    rows = lines("industries.csv")
    assert [row["division"] for row in rows] == [f"{n:02}" for n in range(1, 98)]
    listed = government("guizhou").jurisdiction.codes["industry_category"].values
    sections = [code.code for code in listed]
    assert [*dict.fromkeys(row["section"] for row in rows)] == sections
    assert len({row["title"] for row in rows}) == 97


def test_industries_are_in_the_section_of_their_division() -> None:
    section = {row["division"]: row["section"] for row in lines("industries.csv")}
    for _, letter, code, _ in names.TRADES:
        assert section[code[:2]] == letter
    rules = government("guizhou").rules["enterprise_registration"]
    (rule,) = [r for r in rules if r.id == "industry_code_of_category"]
    for division, letter in section.items():
        first, last = rule.ranges[letter]
        assert first <= int(division) <= last
