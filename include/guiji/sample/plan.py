"""Which department delivers what, in how many files, each night.

The shares are those of a city of three million: a quarter of the rows are
registrations, the rest licences, penalties, checks and lists, and less of everything
else. Departments with a database extract deliver that dataset by it and nothing else
that another department delivers, too; one department keeps silent altogether. What
is not in force on the night is not delivered, and who has only a few rows of a dataset
that others deliver too keeps them for another night.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from guiji.catalog.model import Catalog, Dataset, Department, Extract
from guiji.catalog.vocabulary import UpdateCycle
from guiji.core.errors import UsageError
from guiji.sample import enterprises
from guiji.sample.layouts import PLAIN, ROUTINE, Layout

REGISTRATIONS = 25
"""Parts of a night's rows that are registrations, whatever registers there are."""

RECORDS = {
    "administrative_licence": 36,
    "administrative_penalty": 20,
    "spot_check": 11,
    "abnormal_operation_list": 6,
    "serious_dishonesty_list": 2,
}
"""How many rows of other datasets a night has, compared with one another; those that
are not listed have as many as their update cycle says."""

BY_CYCLE = {
    UpdateCycle.REALTIME: 5,
    UpdateCycle.DAILY: 5,
    UpdateCycle.WEEKLY: 3,
    UpdateCycle.MONTHLY: 2,
}
SELDOM = 1
WORKBOOK_ROWS = 5_000
"""Most rows of one workbook; larger deliveries are written as text."""

ALL_WORKBOOK_ROWS = 10_000
"""Most rows in all workbooks of a night."""

CLEAN_EVERY = 8
"""One delivery of so many is without a fault."""

LEAST_ROWS = 8
"""Fewer rows are no file, unless nobody else delivers the dataset that night, or the
department nothing else."""

SPECIAL = 12
"""Deliveries of a night that hold no data of their own, see `misfits`."""


@dataclass(frozen=True)
class Delivery:
    """One file or extract with data.

    Attributes:
        night: on which it is delivered.
        number: within the night, from 0.
        department: who delivers it.
        dataset: what it holds.
        part: number of the file within department and dataset, from 0.
        rows: data rows.
        layout: how it is written; plain text for an extract.
        extract: where from, if it is read from a database.
        clean: no fault is put into it.
    """

    night: date
    number: int
    department: Department
    dataset: Dataset
    part: int
    rows: int
    layout: Layout
    extract: Extract | None
    clean: bool

    @property
    def file(self) -> str:
        """The name under which it is known."""
        if self.extract is not None:
            return f"{self.extract.connection}.{self.extract.source}.csv"
        day = self.night.strftime("%Y%m%d")
        part = f"_{self.part + 1}" if self.part else ""
        return (
            f"{self.dataset.title}_{self.department.title}_{day}{part}"
            f"{self.layout.suffix}"
        )


Plan = tuple[Delivery, ...]
"""The deliveries of one night, registrations first."""


def plan(
    catalog: Catalog, rows: int, night: date, deliveries: int | None = None
) -> Plan:
    """Distribute a night's rows over departments, datasets and files.

    Args:
        catalog: who provides what.
        rows: data rows of the night.
        night: the night.
        deliveries: how many deliveries the night has in all, with the special ones;
            None = one file per department and dataset that has rows enough.

    Raises:
        UsageError: there are too few rows, or too few deliveries asked for.
    """
    streams = _with_rows_enough(_streams(catalog, night), rows)
    files = len(streams) if deliveries is None else deliveries - SPECIAL
    if files < len(streams):
        raise UsageError(
            f"the catalogue needs at least {len(streams) + SPECIAL} deliveries"
        )
    if rows < 4 * files:
        raise UsageError(f"{files} deliveries need at least {4 * files} rows")
    sizes = _split(rows, [weight for _, _, _, weight in streams])
    counts = _counts(sizes, [s[2] is None for s in streams], files)
    planned: list[Delivery] = []
    in_workbooks = 0
    for stream, size, count in zip(streams, sizes, counts, strict=True):
        for part, part_rows in enumerate(_split(size, [1] * count)):
            number = len(planned)
            layout = _layout(number, part_rows, in_workbooks, stream[2])
            in_workbooks += part_rows if layout.suffix == ".xlsx" else 0
            planned.append(_delivery(stream, night, number, part, part_rows, layout))
    return tuple(planned)


def _delivery(
    stream: "Stream", night: date, number: int, part: int, rows: int, layout: Layout
) -> Delivery:
    department, dataset, extract, _ = stream
    clean = number % CLEAN_EVERY == CLEAN_EVERY // 2 - 1
    return Delivery(
        night, number, department, dataset, part, rows, layout, extract, clean
    )


def silent(catalog: Catalog) -> Department | None:
    """Return the department that delivers nothing.

    It is the last one without a database whose every dataset has another provider;
    None where there is no such department.
    """
    datasets = catalog.datasets.values()
    by_extract = {e.department for d in datasets for e in d.extracts}
    needed = {p for d in datasets if len(d.providers) == 1 for p in d.providers}
    delivering = {p for d in datasets for p in d.providers}
    quiet = [
        d
        for d in catalog.departments.values()
        if d.id in delivering and d.id not in by_extract | needed
    ]
    return quiet[-1] if quiet else None


Stream = tuple[Department, Dataset, Extract | None, float]


def _streams(catalog: Catalog, night: date) -> list[Stream]:
    """List (department, dataset, extract, weight), registrations first."""
    datasets = [d for d in catalog.datasets.values() if is_in_force(d, night)]
    weights = _weights(datasets)
    streams: list[Stream] = []
    for dataset in sorted(datasets, key=_rank):
        own = {e.department: e for e in dataset.extracts}
        providers = _providers(catalog, dataset, night)
        share = weights[dataset.id]
        count = len(providers)
        for place, provider in enumerate(providers):
            weight = 2 * share * (count - place) / (count * (count + 1))
            department = catalog.departments[provider]
            streams.append((department, dataset, own.get(provider), weight))
    return streams


def _with_rows_enough(streams: list[Stream], rows: int) -> list[Stream]:
    """Leave out the streams of few rows whose dataset and department have others."""
    sizes = _split(max(rows, len(streams)), [weight for *_, weight in streams])
    of_department = Counter(department.id for department, *_ in streams)
    of_dataset = Counter(dataset.id for _, dataset, *_ in streams)
    left_out: set[int] = set()
    for number in sorted(range(len(streams)), key=lambda n: (sizes[n], n)):
        department, dataset, extract, _ = streams[number]
        others = min(of_department[department.id], of_dataset[dataset.id]) > 1
        if sizes[number] < LEAST_ROWS and extract is None and others:
            left_out.add(number)
            of_department[department.id] -= 1
            of_dataset[dataset.id] -= 1
    return [s for number, s in enumerate(streams) if number not in left_out]


def is_in_force(dataset: Dataset, night: date) -> bool:
    """Return whether a dataset is delivered on a night."""
    return dataset.valid_from <= night <= (dataset.valid_to or night)


def _providers(catalog: Catalog, dataset: Dataset, night: date) -> list[str]:
    """Name the departments that deliver a dataset."""
    own = {e.department for e in dataset.extracts}
    by_extract = {e.department for d in catalog.datasets.values() for e in d.extracts}
    quiet = silent(catalog)
    valid = [p for p in dataset.providers if catalog.departments[p].is_valid(night)]
    delivering = [
        p
        for p in valid
        if (quiet is None or p != quiet.id) and (p in own or p not in by_extract)
    ]
    return delivering or valid


def _weights(datasets: list[Dataset]) -> dict[str, float]:
    """Return each dataset's part of a night's rows."""
    registers: dict[str, float] = {}
    records: dict[str, float] = {}
    for dataset in datasets:
        if dataset.is_register:
            classes = {*dataset.subject_classes} & {*enterprises.SHARES}
            most = max((enterprises.SHARES[c] for c in classes), default=0.01)
            registers[dataset.id] = most
        else:
            by_cycle = BY_CYCLE.get(dataset.update_cycle, SELDOM)
            records[dataset.id] = RECORDS.get(dataset.id, by_cycle)
    scaled: dict[str, float] = {}
    for part, total in ((registers, REGISTRATIONS), (records, 100 - REGISTRATIONS)):
        whole = sum(part.values())
        scaled |= {name: weight * total / whole for name, weight in part.items()}
    return scaled


def _rank(dataset: Dataset) -> tuple[bool, int, str]:
    order = list(RECORDS)
    place = order.index(dataset.id) if dataset.id in order else len(order)
    return (not dataset.is_register, place, dataset.id)


def _split(total: int, weights: list[float] | list[int]) -> list[int]:
    """Split a count by weights, at least 1 each, so that the parts add up to it."""
    whole = sum(weights)
    spare = total - len(weights)
    parts, before, running = [], 0, 0.0
    for weight in weights:
        running += weight
        upto = round(spare * running / whole)
        parts.append(1 + upto - before)
        before = upto
    return parts


def _counts(sizes: list[int], by_file: list[bool], files: int) -> list[int]:
    """Decide how many files each stream is cut into; an extract is one delivery."""
    extra = files - len(sizes)
    weights = [size if file else 0 for size, file in zip(sizes, by_file, strict=True)]
    whole = sum(weights)
    counts, before, running = [], 0, 0
    for weight in weights:
        running += weight
        upto = round(extra * running / whole)
        counts.append(1 + upto - before)
        before = upto
    return counts


def _layout(
    number: int, rows: int, in_workbooks: int, extract: Extract | None
) -> Layout:
    layout = ROUTINE[number % len(ROUTINE)]
    if extract is not None:
        return Layout(".csv", dates="%Y-%m-%d")
    full = rows > WORKBOOK_ROWS or in_workbooks + rows > ALL_WORKBOOK_ROWS
    return PLAIN if layout.suffix == ".xlsx" and full else layout
