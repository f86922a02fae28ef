"""Every nasty text file gets its verdict, quickly and in little memory."""

import resource
import time

import pytest
from nasty import verdict
from nasty.texts import KINDS, READ, REFUSED
from reading_samples import Drop

SECONDS = 20
MEMORY = 1 << 20
"""KiB."""


def test_no_kind_hides_another() -> None:
    assert len(KINDS) == len(REFUSED) + len(READ) >= 55


@pytest.mark.parametrize("kind", KINDS)
def test_a_nasty_text_gets_its_verdict(drop: Drop, kind: str) -> None:
    nasty = KINDS[kind]
    path = drop.folder / "nasty"
    nasty.build(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    verdict.check(drop, path, nasty)
    assert time.process_time() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY
