"""Whom a record is about: the class of subjects by which channels choose (信息主体)."""

from guiji.catalog import categories
from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import SubjectClass
from guiji.domain.matching import MatchedBy
from guiji.engine.sql import literal, name

REGISTERED_BY = {
    SubjectClass.AGENCY: ("11",),  # 机构编制, 机关
    SubjectClass.INSTITUTION: ("1",),  # 机构编制: institutions, mass bodies
    SubjectClass.SOCIAL_ORGANISATION: ("5", "7", "8"),  # 民政, 宗教, 工会
    SubjectClass.INDIVIDUAL_BUSINESS: ("92",),  # 工商, 个体工商户
    SubjectClass.COOPERATIVE: ("93",),  # 工商, 农民专业合作社
}
"""Class -> first characters of its credit codes (登记管理部门代码, 机构类别代码), in
the order in which they are tried; all others are of enterprises.

Source:
    GB 32100-2015 表1, 表2; 阳府〔2018〕60号 第十三条.
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
        f"when starts_with({name(dataset.subject.uscc)}, {literal(characters)}) "
        f"then {literal(subject.value)}"
        for subject, beginnings in REGISTERED_BY.items()
        for characters in beginnings
    )
    return (
        f"case when {' or '.join(is_person)} then {literal(SubjectClass.PERSON.value)} "
        f"{cases} else {literal(SubjectClass.ENTERPRISE.value)} end"
    )
