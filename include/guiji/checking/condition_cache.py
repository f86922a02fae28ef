"""Judging by conditions that Great Expectations compiled before, without loading it.

Loading it costs more than judging a hundred batches: nothing for a night, too much for
one file at a clerk's desk. A condition depends on what its rule asks of a row, on the
types of its columns and on the code that compiles it; all three are kept beside it, so
that only a condition that would be compiled the same today is ever used. The night
never is judged so: it asks Great Expectations, and what it answers is kept here.
"""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Self

import duckdb

from guiji.catalog.model import Catalog
from guiji.checking import pass_rate
from guiji.checking.suite.rules import TABLE, Judgement, RuleExpectation
from guiji.checking.verdict import Verdict, faulty_rows
from guiji.core import files
from guiji.core.settings import Settings

log = logging.getLogger(__name__)

LIBRARIES = ("great_expectations", "SQLAlchemy")
SOURCES = ("dialect.py", "expectations.py", "verdict.py")
"""What of `gx/` a condition depends on."""

VERSIONS = 8
"""Versions of catalogues that are kept: jurisdictions may share a data folder."""


@dataclass(frozen=True)
class Conditions:
    """The conditions kept for one version of a catalogue, one file per dataset.

    Attributes:
        folder: of all versions; may be absent or not writable.
        version: of the catalogue.
    """

    folder: Path
    version: str

    @classmethod
    def of(cls, settings: Settings, catalog: Catalog) -> Self:
        """Return those of a catalogue."""
        return cls(settings.conditions, catalog.version)

    def load(self, dataset: str, asked: Mapping[str, str]) -> dict[str, str] | None:
        """Return the conditions of rules.

        Args:
            dataset: id of the dataset.
            asked: rule id -> what its condition depends on, see `asked`.

        Returns:
            Rule id -> SQL, in the order of `asked`; None if one is missing or would
            be another today, or the file is damaged.
        """
        kept = self._kept(dataset)
        if any(kept.get(rule, {}).get("asked") != what for rule, what in asked.items()):
            return None
        return {rule: kept[rule]["condition"] for rule in asked}

    def keep(
        self, dataset: str, asked: Mapping[str, str], conditions: Mapping[str, str]
    ) -> None:
        """Cache the conditions of rules, beside those of the dataset's other rules.

        A folder that cannot be written is left as it is: then nothing is kept.
        Of versions of the catalogue, the last few that were written to stay.
        """
        kept = self._kept(dataset)
        fresh = {
            rule: {"asked": what, "condition": conditions[rule]}
            for rule, what in asked.items()
        }
        if fresh.items() <= kept.items():
            return
        rules = dict(sorted({**kept, **fresh}.items()))
        try:
            self._write(dataset, {"digest": _digest(rules), "rules": rules})
            self._prune()
        except OSError as error:
            log.info("conditions of %s are not kept: %s", dataset, error.strerror)

    def _write(self, dataset: str, content: dict[str, Any]) -> None:
        """Write in one piece; of several processes that do, each has its own draft."""
        path = self._path(dataset)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            draft.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def _path(self, dataset: str) -> Path:
        return self.folder / self.version / f"{dataset}.json"

    def _kept(self, dataset: str) -> dict[str, dict[str, str]]:
        """Read what is kept; nothing if it is not as it was written."""
        try:
            content = files.read_json(self._path(dataset))
            rules: dict[str, dict[str, str]] = content["rules"]
            if content["digest"] != _digest(rules):
                raise ValueError("the digest is that of other rules")
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("conditions of %s are damaged: %s", dataset, error)
            return {}
        return rules

    def _prune(self) -> None:
        versions = sorted(self.folder.iterdir(), key=lambda p: -p.stat().st_mtime)
        for old in versions[VERSIONS:]:
            shutil.rmtree(old, ignore_errors=True)


def asked(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    rules: tuple[RuleExpectation, ...],
) -> dict[str, str]:
    """Describe what the condition of every rule of rows depends on.

    Args:
        connection: holds the staged table.
        view: its name.
        rules: the suite.

    Returns:
        Rule id -> a digest of what it asks, of its columns' types and of the code
        that compiles it.
    """
    staged = connection.sql(f"select * from {view} limit 0")
    types = dict(zip(staged.columns, map(str, staged.types), strict=True))
    return {
        rule.rule_id: _digest(
            {
                "compiler": _compiler(),
                "judgement": rule.judgement,
                "columns": [(name, types.get(name)) for name in rule.columns],
                "bounds": [repr(rule.minimum), repr(rule.maximum)],
            }
        )
        for rule in rules
        if rule.judgement not in TABLE
    }


def reach(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    rules: tuple[RuleExpectation, ...],
    conditions: dict[str, str],
) -> Verdict:
    """Judge a staged table as Great Expectations would, by what it compiled.

    Args:
        connection: holds the table.
        view: its name; it has a column `row_id`, ascending from 0.
        rules: the suite.
        conditions: of every rule of rows in it, as `Conditions.load` gives them.

    Raises:
        duckdb.Error: a rule cannot be computed; Great Expectations tells which.
    """
    rows = faulty_rows(connection, view, conditions)
    counts = {
        rule.rule_id: int(_table_broken(connection, view, rule))
        if rule.judgement in TABLE
        else len(rows[rule.rule_id])
        for rule in rules
    }
    rates = pass_rate.measure(connection, view, rules, counts)
    return Verdict(counts, rows, {}, conditions, None, rates)


def _table_broken(
    connection: duckdb.DuckDBPyConnection, view: str, rule: RuleExpectation
) -> bool:
    """Judge a rule of the table; names of columns count in any case, as in SQL."""
    if rule.judgement is Judgement.COLUMNS:
        there = connection.sql(f"select * from {view} limit 0").columns
        return not {*map(str.lower, rule.columns)} <= {*map(str.lower, there)}
    ((rows,),) = connection.execute(f"select count(*) from {view}").fetchall()
    return bool(rows != rule.minimum)


@cache
def _compiler() -> str:
    """Return the code that compiles conditions from any other."""
    folder = Path(__file__).with_name("gx")
    sources = [(folder / name).read_text(encoding="utf-8") for name in SOURCES]
    return _digest([*map(metadata.version, LIBRARIES), *sources])


def _digest(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
