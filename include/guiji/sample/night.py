"""One night's deliveries: what was planned, and the special ones after it."""

import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guiji.catalog.model import Dataset, Department
from guiji.core import files
from guiji.sample import drafts, invalid_files, plan, truth, written
from guiji.sample.deliver import Made, Maker
from guiji.sample.population import Population

TRIAL_FOLDER = "试报"
TRIAL_ROWS = 40
AGAIN = "_再次报送"
UNFINISHED = "尚在上传.csv.part"


class Night:
    """Makes all deliveries of one night.

    Args of the constructor:
        waiting: folder in which they wait for their release.
        world: what all deliveries share.
        night: the night.
        number: of the night in the sample, from 0.
        people: whom the records are about.
    """

    def __init__(
        self,
        waiting: Path,
        world: drafts.World,
        night: date,
        number: int,
        people: Population,
    ) -> None:
        self._world, self._night, self._number = world, night, number
        self._people = people
        self._inbox = waiting / "inbox"
        self._waiting = waiting
        self._by_dataset: dict[str, NDArray[np.int64]] = {}

    def make(self, planned: tuple[plan.Delivery, ...]) -> list[Made]:
        """Make what was planned, then the special deliveries."""
        maker = Maker(self._world, self._waiting, planned)
        deliveries: list[Made] = []
        used: Counter[str] = Counter()
        for delivery in planned:
            subjects = self._people.registered_by(delivery.dataset, self._number)
            in_order = subjects is not None
            if subjects is None:
                subjects = self._eligible(delivery.dataset)
            wish = drafts.Wish(
                delivery.dataset,
                delivery.department,
                self._night,
                delivery.rows,
                delivery.layout,
                (delivery.number,),
                subjects[used[delivery.dataset.id] :] if in_order else subjects,
                in_order=in_order,
                corrects=self._number > 0 and delivery.part == 0,
            )
            used[delivery.dataset.id] += delivery.rows
            deliveries.append(maker.deliver(delivery, wish))
        return [*deliveries, *self._special(planned, maker)]

    def _eligible(self, dataset: Dataset) -> NDArray[np.int64]:
        """Return whom a dataset's records may be about; looked up once per dataset."""
        if dataset.id not in self._by_dataset:
            rows = self._people.eligible(dataset, self._number)
            self._by_dataset[dataset.id] = rows
        return self._by_dataset[dataset.id]

    def _special(self, planned: tuple[plan.Delivery, ...], maker: Maker) -> list[Made]:
        by_file = [d for d in planned if d.extract is None]
        departments = list({d.department.id: d.department for d in by_file}.values())
        deliveries = [
            self._refused(misfit)
            for misfit in invalid_files.make(
                self._world.catalog, departments, self._night, self._number
            )
        ]
        deliveries.append(self._again(by_file[0]))
        deliveries.append(self._trial(by_file[-1], maker))
        deliveries.append(self._zero(departments[-1]))
        second = by_file[:2][-1]
        vouched = self._inbox / second.department.id / second.file
        digest = files.sha256_of(vouched)
        companion = vouched.with_name(f"{vouched.name}.sha256")
        written.put(companion, f"{digest}  {vouched.name}\n".encode())
        unfinished = self._inbox / departments[0].id / UNFINISHED
        written.put(unfinished, "企业名称,统一".encode())
        return deliveries

    def _expected(
        self, department: Department, file: str, verdict: str, **rest: Any
    ) -> truth.Expected:
        """Describe what must become of a file without rows."""
        standing: dict[str, Any] = {
            "way": "file",
            "dataset": None,
            "code": None,
            "rows": 0,
            "quarantined": 0,
            "warned": 0,
            "late": 0,
        }
        return truth.Expected(
            night=self._night,
            department=department.id,
            file=file,
            verdict=verdict,
            **{**standing, **rest},
        )

    def _refused(self, misfit: invalid_files.InvalidFile) -> Made:
        path = self._inbox / misfit.department.id / misfit.file
        written.put(path, misfit.content)
        fault = truth.Fault(
            night=self._night,
            department=misfit.department.id,
            file=misfit.file,
            sheet=None,
            row=None,
            column=None,
            item=None,
            rule_id=misfit.code,
            kind=truth.REFUSED,
        )
        verdict = self._expected(
            misfit.department, misfit.file, "refused", code=misfit.code
        )
        return Made(verdict, (fault,))

    def _again(self, delivery: plan.Delivery) -> Made:
        """Drop a file's bytes a second time under another name."""
        first = self._inbox / delivery.department.id / delivery.file
        again = first.with_stem(first.stem + AGAIN)
        shutil.copyfile(first, again)
        verdict = self._expected(delivery.department, again.name, "duplicate")
        return Made(verdict, ())

    def _trial(self, delivery: plan.Delivery, maker: Maker) -> Made:
        """Drop a faulty file for trial only."""
        wish = drafts.Wish(
            delivery.dataset,
            delivery.department,
            self._night,
            TRIAL_ROWS,
            invalid_files.BLANK,
            (10_000,),
            self._eligible(delivery.dataset),
        )
        name = f"{delivery.dataset.title}_试报_{self._night:%Y%m%d}.csv"
        return maker.try_out(wish, f"{TRIAL_FOLDER}/{name}")

    def _zero(self, department: Department) -> Made:
        """Drop a file that has headings only (零报告)."""
        own = self._world.catalog.datasets_of(department.id)
        dataset = [d for d in own if plan.is_in_force(d, self._night)][-1]
        name = f"{dataset.title}_零报告_{self._night:%Y%m%d}.csv"
        path = self._inbox / department.id / name
        written.write_blank(
            path, dataset, invalid_files.BLANK, self._night, department.title
        )
        expected = self._expected(department, name, "accepted", dataset=dataset.id)
        return Made(expected, ())
