"""Open the engine that the settings name."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from guiji.core.errors import UsageError
from guiji.core.settings import Settings
from guiji.engine.base import Engine
from guiji.engine.duck import DuckEngine, connect

if TYPE_CHECKING:
    from guiji.engine.spark import SparkEngine

SERVER = {
    "RUST_LOG": "error",
    "SAIL_RUNTIME__MEMORY_POOL__TYPE": "fair",
    "SAIL_RUNTIME__MEMORY_POOL__FAIR__MAX_SIZE": str(2 << 30),
    "SAIL_SPARK__SESSION_TIMEOUT_SECS": str(24 * 60 * 60),
}
"""How the server in this process behaves, unless the environment says otherwise."""

LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""How a Java engine in this process behaves: nobody else reaches it."""


def open_engine(
    settings: Settings, spill: Path | None = None, database: DuckEngine | None = None
) -> Engine:
    """Open an engine without any relation; close it.

    Args:
        settings: `engine` and `spark_remote` name it.
        spill: folder for what does not fit in memory, and for what a Spark engine
            keeps; None = nothing may spill, Spark takes the system's folder.
        database: where DuckDB is asked for, a session of it is opened.

    Raises:
        UsageError: what the engine needs is not installed.
    """
    if settings.engine != "spark":
        if database is not None:
            return database.session()
        return DuckEngine(connect(spill, settings.engine_memory_mb))
    try:
        return open_spark(settings.spark_remote, spill)
    except ImportError as error:
        raise UsageError(
            f"GUIJI_ENGINE=spark needs a package: {error}; install guiji[spark]"
        ) from error


def open_spark(remote: str | None, spill: Path | None = None) -> "SparkEngine":
    """Open a Spark session.

    Args:
        remote: `sc://host:port` of a cluster, or `local[n]` for a Java engine in this
            process (needs the package pyspark); None = a server in this process, for
            this session only (needs pysail and pyspark-client).
        spill: folder of what does not fit in memory and of what is kept.

    Raises:
        ImportError: a package is lacking.
    """
    from pyspark.sql import SparkSession  # noqa: PLC0415 - only where Spark is wanted

    from guiji.engine.spark import SparkEngine  # noqa: PLC0415 - it loads sqlglot

    if remote is None:
        return _open_own(spill)
    if remote.startswith("local"):
        builder = SparkSession.builder.master(remote)
        for key, setting in LOCAL.items():
            builder = builder.config(key, setting)
        return SparkEngine(builder.getOrCreate(), spill)
    return SparkEngine(SparkSession.builder.remote(remote).create(), spill)


def _open_own(spill: Path | None) -> "SparkEngine":
    """Start a server on a free port of this machine, and a session on it."""
    from pysail.spark import SparkConnectServer  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    from guiji.engine.spark import SparkEngine  # noqa: PLC0415

    variables = {**SERVER, **os.environ}
    if spill:
        variables["SAIL_RUNTIME__TEMPORARY_FILES__PATHS"] = json.dumps([str(spill)])
    with _environment(variables):
        server = SparkConnectServer("127.0.0.1", 0)
        server.start(background=True)
    host, port = server.listening_address
    session = SparkSession.builder.remote(f"sc://{host}:{port}").create()
    return SparkEngine(session, spill, server.stop)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set the environment, which the server reads when it starts, and put it back."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        for key in variables.keys() - before.keys():
            del os.environ[key]
        os.environ.update(before)
