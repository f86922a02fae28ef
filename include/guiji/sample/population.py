"""Who is registered when: the subjects of a sample, by register and night.

Each register registers the classes of subject that it names; a class that another
register names as its own is left to that one. A dataset's records are about subjects
of its classes that are registered by then. Classes that no register has, and some
dataset needs, are there from the beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import PART_OF, SubjectClass
from guiji.sample import enterprises, names
from guiji.sample.places import Places
from guiji.sample.plan import Delivery, Plan

Rows = NDArray[np.int64]
Classes = tuple[SubjectClass, ...]

NEVER_REGISTERED = 100
"""Subjects of classes that no register has."""


@dataclass(frozen=True)
class Population:
    """The subjects of all nights.

    Attributes:
        subjects: see `enterprises.make`.
        nights: for each of them the number of the night that registers it, from 0;
            -1 = no night does.
        registers: (register, number of night) -> the rows that it registers.
    """

    subjects: pa.Table
    nights: Rows
    registers: dict[tuple[str, int], Rows]

    def registered_by(self, dataset: Dataset, night: int) -> Rows | None:
        """Return the rows that a dataset registers in a night; None = no register."""
        return self.registers.get((dataset.id, night))

    def eligible(self, dataset: Dataset, night: int) -> Rows:
        """Return the rows that a dataset's records of a night may be about.

        They are of its classes and registered by then; if there are none, anybody
        registered, such as for records about persons only.
        """
        known = self.nights <= night
        wanted = [c.value for c in expanded(dataset)]
        column = self.subjects["subject_class"].to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(known & np.isin(column.astype(str), wanted))
        return rows if len(rows) else np.flatnonzero(known)


def expanded(dataset: Dataset) -> Classes:
    """Return the classes of a dataset's subjects, with those that are part of them.

    Natural persons are none: they are registered nowhere.
    """
    listed = set(dataset.subject_classes)
    return tuple(c for c in enterprises.SHARES if {c, PART_OF.get(c)} & listed)


def registered(catalog: Catalog, register: Dataset) -> Classes:
    """Return the classes that a register registers."""
    others = {
        c for r in catalog.registers() if r.id != register.id for c in r.subject_classes
    }
    return tuple(
        c
        for c in expanded(register)
        if c in register.subject_classes or c not in others
    )


def make(
    catalog: Catalog,
    where: Places,
    plans: Sequence[Plan],
    seed: int,
    before: date,
) -> Population:
    """Make the subjects that some nights register, and those that none does.

    Args:
        catalog: its registers.
        where: the districts.
        plans: the deliveries of each night.
        seed: of everything drawn.
        before: they are founded before it.
    """
    tables: list[pa.Table] = []
    nights: list[Rows] = []
    registers: dict[tuple[str, int], Rows] = {}
    first = 0
    every = (d for planned in plans for d in planned)
    for register in dict.fromkeys(d.dataset.id for d in every if _registers(d)):
        counts = [sum(d.rows for d in p if d.dataset.id == register) for p in plans]
        classes = registered(catalog, catalog.datasets[register])
        tables.append(
            enterprises.make(where, sum(counts), seed, before, classes, first)
        )
        nights.append(np.repeat(np.arange(len(plans)), counts))
        for number, count in enumerate(counts):
            registers[register, number] = np.arange(first, first + count)
            first += count
    if classes := _elsewhere(catalog):
        count = NEVER_REGISTERED
        tables.append(enterprises.make(where, count, seed, before, classes, first))
        nights.append(np.full(count, -1))
    subjects = pa.concat_tables(tables).combine_chunks()
    return Population(subjects, np.concatenate(nights), registers)


def _registers(delivery: Delivery) -> bool:
    return delivery.dataset.is_register


def _elsewhere(catalog: Catalog) -> Classes:
    """Return the classes of datasets none of whose subjects is in any register."""
    known = {c for r in catalog.registers() for c in registered(catalog, r)}
    missing = {
        c
        for dataset in catalog.datasets.values()
        if not known & {*expanded(dataset)}
        for c in expanded(dataset)
    }
    if not known and not missing:
        return names.IN_BUSINESS
    return tuple(c for c in enterprises.SHARES if c in missing)
