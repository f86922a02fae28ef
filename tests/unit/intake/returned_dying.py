"""Makes returned workbooks as usual, but dies of every one that it should mark."""

import os
import signal
from typing import Any

from guiji.outbox.returned import writer_process
from guiji.reading.limits import Limits


def answer(task: dict[str, Any], limits: Limits) -> dict[str, Any]:
    if task["way"] == "marked":
        os.kill(os.getpid(), signal.SIGKILL)
    return writer_process.answer(task, limits)
