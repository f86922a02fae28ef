"""Clocks, channels and units say what the documents of five governments need."""

from datetime import date

import numpy as np
import pytest
from settings_builders import REPOSITORY
from small_catalogue import Small

from guiji.catalog import bodies, vocabulary
from guiji.catalog.channels import Channel
from guiji.catalog.clocks import PARAMETER
from guiji.catalog.model import Clock
from guiji.catalog.vocabulary import ClockUnit, OpenLevel, SubjectClass
from guiji.catalog.words import LANGUAGES, say
from guiji.domain import workdays

PENALTY = "catalog/small/datasets/penalty.yml"
JURISDICTION = "catalog/small/jurisdiction.yml"
DEPARTMENTS = "catalog/small/departments.yml"


def clock(**values: object) -> Clock:
    return Clock.model_validate({"id": "c", "kind": "delivery", **values})


@pytest.mark.parametrize(
    ("length", "due"),
    [
        ({"working_days": 7}, "2026-11-27"),
        ({"calendar_days": 7}, "2026-11-25"),
        ({"months": 1}, "2026-12-18"),
    ],
)
def test_a_clock_counts_in_its_unit(length: dict[str, int], due: str) -> None:
    calendar = workdays.load(REPOSITORY / "catalog/workdays.csv")
    written = clock(clause="第一条", **length)
    assert {written.unit.value: written.length} == length
    days, _ = written.due(calendar, np.array(["2026-11-18"], "datetime64[D]"))
    assert str(days[0]) == due


def test_a_clock_has_a_clause_or_is_a_parameter() -> None:
    assert clock(months=1, parameter=True).clause == PARAMETER
    assert clock(months=1, parameter=True, clause="内部").clause == "内部"
    for values in (
        {"months": 1},
        {"clause": "第一条"},
        {"months": 1, "working_days": 2},
    ):
        with pytest.raises(ValueError, match="clause|give one of"):
            clock(**values)


def test_a_clock_may_start_only_while_it_is_in_force() -> None:
    written = clock(working_days=1, clause="x", valid_from=date(2020, 1, 2))
    days = np.array(["2020-01-01", "2020-01-02", "2030-01-01"], "datetime64[D]")
    assert written.is_valid(days).tolist() == [False, True, True]
    with pytest.raises(ValueError, match="valid_to is before valid_from"):
        clock(
            working_days=1, clause="x", valid_from="2020-01-02", valid_to="2020-01-01"
        )


@pytest.mark.duty("FJ7")
def test_who_shows_enterprises_shows_what_belongs_to_them() -> None:
    channel = Channel(
        id="c", title="C", datasets=("x",), clause="x",
        subject_classes=(SubjectClass.ENTERPRISE,),
    )  # fmt: skip
    assert channel.shown_classes == (
        SubjectClass.ENTERPRISE,
        SubjectClass.INDIVIDUAL_BUSINESS,
        SubjectClass.COOPERATIVE,
    )
    cooperatives = channel.model_copy(
        update={"subject_classes": (SubjectClass.COOPERATIVE,)}
    )
    assert cooperatives.shown_classes == (SubjectClass.COOPERATIVE,)


def test_every_word_of_the_catalogue_is_said_in_both_languages() -> None:
    kinds = [OpenLevel, SubjectClass, ClockUnit, vocabulary.ClockKind]
    kinds += [vocabulary.ClockStart, vocabulary.Responsible, vocabulary.Confidence]
    kinds += [vocabulary.Tier, vocabulary.Coverage, vocabulary.CreditRecord]
    kinds += [vocabulary.DocumentStatus, vocabulary.Audience]
    for kind in kinds:
        for value in kind:
            zh, en = (say(value, language) for language in LANGUAGES)
            assert any("\u4e00" <= c <= "\u9fff" for c in zh), value
            assert en.isascii(), value
    assert say(vocabulary.Audience.PUBLIC) != say(OpenLevel.PUBLIC)


def test_records_that_name_a_former_unit_are_its_successors(small: Small) -> None:
    small.replace(
        DEPARTMENTS,
        "    uscc: 11520100MB0E10017J\n",
        "    uscc: 11520100MB0E10017J\n"
        "    successor_of: [{ title: 小市工商行政管理局, aliases: [小市工商局] }]\n",
    )
    named = bodies.departments(small.load())
    assert named.find("小市工商局") == named.find("小市市场监督管理局") == "market"


REFUSED = {
    "a gap between regimes": (
        JURISDICTION, "effective_to: 2026-03-31", "effective_to: 2026-03-30",
        "effective_from: 2026-04-01", "no regime is in force between first and second"),
    "a former name that another unit bears": (
        DEPARTMENTS, "    uscc: 11520100MB0E10017J\n",
        "    uscc: 11520100MB0E10017J\n    successor_of: [{ title: 小市税务局 }]\n",
        "id: tax", "names market and tax"),
    "an unknown parent": (
        DEPARTMENTS, "    uscc: 11520100MB0E10025D\n",
        "    uscc: 11520100MB0E10025D\n    parent: markt\n", "parent: markt",
        "no such department 'markt'"),
    "a grade demanded of a dataset without one": (
        JURISDICTION, "grades: [一般, 严重]\n",
        "grades: [一般, 严重]\n"
        "grade_rules: { required_on: [penalty], source: 办法, clause: 第一条 }\n",
        None, "penalty must bear a grade, and no `grade_item` names one"),
    "a grade that is none": (
        JURISDICTION, "grades: [一般, 严重]\n",
        "grades: [一般, 严重]\n"
        "grade_rules: { accumulates: { 重: { 一般: 2 } }, source: 办法, clause: x }\n",
        "grade_rules", "no such grade '重'"),
    "two clocks of the jurisdiction with one id": (
        JURISDICTION, "grades: [一般, 严重]\n",
        "grades: [一般, 严重]\nclocks:\n" + 2 * (
            "  - { id: reply, kind: objection_reply, working_days: 3, clause: x }\n"),
        "id: reply", "the clock 'reply' is there twice"),
    "an objection office that is none": (
        JURISDICTION, "grades: [一般, 严重]\n",
        "grades: [一般, 严重]\nobjections:\n  office: markt\n  clause: 第九条\n",
        "office: markt", "no such department 'markt'"),
    "a form of objections that is no dataset": (
        JURISDICTION, "grades: [一般, 严重]\n",
        "grades: [一般, 严重]\nobjections:\n  office: market\n  clause: 第九条\n"
        "  form: { dataset: penal, record: a, item: b, provider: c, claim: d }\n",
        "form:", "no such dataset 'penal'"),
    "a form of objections without an item": (
        JURISDICTION, "grades: [一般, 严重]\n",
        "grades: [一般, 严重]\nobjections:\n  office: market\n  clause: 第九条\n"
        "  form: { dataset: penalty, record: recrd, item: b, provider: c, claim: d }\n",
        "form:", "penalty has no item 'b'"),
    "an answering department that does not deliver": (
        PENALTY, "providers: [market, tax]\n",
        "providers: [market]\nsource_department: tax\n", "source_department",
        "source_department 'tax' is no provider"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(small: Small, what: str) -> None:
    file, old, new, at, error = REFUSED[what]
    small.replace(file, old, new)
    if what.startswith("an answering"):
        entry = "{ department: tax, connection: tax_database, table: penalty }"
        small.replace(PENALTY, f"extracts:\n  - {entry}\n", "")
    message = small.error()
    assert error in message
    place = f"{file}:{small.line(file, at)}: " if at else f"{PENALTY}:1: "
    if what.startswith("a former"):
        place = f"{file}:{small.line(file, '小市税务局')}: "
    assert message.startswith(place), message
