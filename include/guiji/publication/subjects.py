"""Whom a record is about: the class of subjects by which channels choose (信息主体)."""

from guiji.catalog import categories
from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import SubjectClass
from guiji.domain.matching import MatchedBy
from guiji.engine.sql import literal, name

REGISTERED_BY = {
    SubjectClass.INSTITUTION: "1",  # 机构编制: agencies, institutions, mass bodies
    SubjectClass.SOCIAL_ORGANISATION: "578",  # 民政, 宗教, 工会
}
"""Class -> first characters of its credit codes (登记管理部门代码); others are of
enterprises, to which individual businesses and cooperatives belong.

Source:
    GB 32100-2015 表1; 阳府〔2018〕60号 第十三条.
"""


def class_of_record(catalog: Catalog, dataset: Dataset) -> str:
    """Write the expression of a record's subject class.

    A natural person is known by the category that the row states, or by the way in
    which it was matched; everybody else by the credit code.
    """
    is_person = [f"matched_by = {literal(MatchedBy.PERSON_HASH.value)}"]
    stated = categories.stored(catalog, dataset, categories.PERSON)
    if stated is not None and dataset.subject.category is not None:
        is_person.append(f"{name(dataset.subject.category)} = {literal(stated)}")
    cases = " ".join(
        f"when left({name(dataset.subject.uscc)}, 1) in "
        f"({', '.join(literal(c) for c in first)}) then {literal(subject.value)}"
        for subject, first in REGISTERED_BY.items()
    )
    return (
        f"case when {' or '.join(is_person)} then {literal(SubjectClass.PERSON.value)} "
        f"{cases} else {literal(SubjectClass.ENTERPRISE.value)} end"
    )
