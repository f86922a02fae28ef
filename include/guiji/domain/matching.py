"""How a record finds its enterprise, and how certain that is (匹配方式).

The closed list of `matched_by`, in the order in which the ways are tried.

Source:
    渝府办发〔2015〕159号 二(一)(二): the organisation code sits inside the credit code;
    GB 11714-1997, GS15-2006 (registration numbers).
"""

from collections.abc import Mapping
from enum import StrEnum


class MatchedBy(StrEnum):
    """What a record was matched to an enterprise, or kept together, by."""

    USCC = "uscc"
    ORGANISATION_CODE = "organisation_code"
    REGISTRATION_NUMBER = "registration_number"
    TAX_NUMBER = "tax_number"
    NAME_REGION = "name_region"
    NAME_HASH = "name_hash"
    """Nobody was found: a hash keeps rows of the same name and numbers together."""

    PERSON_HASH = "person_hash"
    """A natural person, who is never linked."""


class Certainty(StrEnum):
    """What a match is worth."""

    CERTAIN = "certain"  # the code itself, or the part of it that is the body's own
    STRONG = "strong"  # a number that the register knows for one code only
    PROBABLE = "probable"  # name and place of registration agree, no number speaks
    NONE = "none"  # no enterprise


CERTAINTY: Mapping[MatchedBy, Certainty] = {
    MatchedBy.USCC: Certainty.CERTAIN,
    MatchedBy.ORGANISATION_CODE: Certainty.CERTAIN,
    MatchedBy.REGISTRATION_NUMBER: Certainty.STRONG,
    MatchedBy.TAX_NUMBER: Certainty.STRONG,
    MatchedBy.NAME_REGION: Certainty.PROBABLE,
    MatchedBy.NAME_HASH: Certainty.NONE,
    MatchedBy.PERSON_HASH: Certainty.NONE,
}


def certainty(matched_by: str) -> str:
    """Return the certainty of a value of `matched_by`."""
    return str(CERTAINTY[MatchedBy(matched_by)])
