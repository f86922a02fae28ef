"""Which engine the settings open, and what is said where one is lacking."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from guiji.core.errors import UsageError
from guiji.core.settings import Settings
from guiji.engine.duck import DuckEngine
from guiji.engine.open import open_engine
from guiji.engine.spark import SparkEngine


def test_duckdb_is_the_engine(settings: Settings) -> None:
    with open_engine(settings) as engine:
        assert isinstance(engine, DuckEngine)


def test_spark_runs_in_this_process_where_no_cluster_is_named(
    settings: Settings, tmp_path: Path
) -> None:
    with open_engine(replace(settings, engine="spark"), tmp_path) as engine:
        assert isinstance(engine, SparkEngine)
        assert engine.fetch("select 1 as n").to_pylist() == [{"n": 1}]


def test_the_environment_stays_as_it_was(settings: Settings, tmp_path: Path) -> None:
    before = dict(os.environ)
    with open_engine(replace(settings, engine="spark"), tmp_path):
        assert dict(os.environ) == before


def test_two_sessions_do_not_see_each_other(settings: Settings) -> None:
    wanted = replace(settings, engine="spark")
    with open_engine(wanted) as one, open_engine(wanted) as other:
        one.view("given", "select 1 as n")
        other.view("given", "select 2 as n")
        assert one.fetch("select n from given").to_pylist() == [{"n": 1}]


def test_a_package_that_is_lacking_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pysail.spark", None)
    with pytest.raises(UsageError, match=r"pysail.*guiji\[spark\]"):
        open_engine(replace(settings, engine="spark"))
