"""What goes to a pipe or a file is never cut, and cells are shown as they are."""

import subprocess
import sys

import pytest

LONG = "贵阳" * 200
PRINTING = """
from guiji.cli import display
display.rows({{"columns": ["name"], "rows": [[{value!r}]]}}, as_json=False)
"""


@pytest.mark.parametrize("value", [LONG, "[b]括号[/b]", "a" * 5000 + " end"])
def test_a_value_is_printed_whole_to_a_pipe(value: str) -> None:
    printed = subprocess.run(
        [sys.executable, "-c", PRINTING.format(value=value)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert value in printed
