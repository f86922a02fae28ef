"""Importing a module of the package changes nothing outside of it."""

import subprocess
import sys

import pytest

LOG_LEVEL = """
import logging, asyncssh
before = logging.getLogger("asyncssh").level
import guiji.connections.sftp_session
assert logging.getLogger("asyncssh").level == before
"""
DIALECT = """
from sqlalchemy.dialects import registry
import guiji.checking.gx.dialect
assert "duckdb.shared" not in registry.impls
"""
HANDLERS = """
import atexit, os
registered = []
atexit.register = registered.append
os.register_at_fork = lambda **handlers: registered.append(handlers)
import guiji.reading.read, guiji.core.scratch
from guiji.reading.processes import children
assert not [h for h in registered if "guiji" in str(getattr(h, "__module__", h))]
"""


@pytest.mark.parametrize("script", [LOG_LEVEL, DIALECT, HANDLERS])
def test_an_import_changes_nothing(script: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
