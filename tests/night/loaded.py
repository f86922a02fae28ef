"""Commands without the cost of starting them: one loaded process, forked for each.

Starting Python and loading Great Expectations costs more than most verbs do. One
process loads all modules of the package and does nothing else; a fork of it runs a
command, with an environment, a folder and outputs of its own, and ends like any other
process: by itself, by an error, or killed. All forks hash texts alike: what must come
out the same in any process is compared with what a process of its own has made.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

READY = "ready"
UNFIT = ".migrations"
"""Part of the names of modules that only Alembic can load."""


class Server:
    """The loaded process, from its first command to the end of the tests."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> subprocess.CompletedProcess[str]:
        """Run a command; see `main` for those that there are."""
        process = self._process = self._process or _started()
        assert process.stdin is not None
        assert process.stdout is not None
        with tempfile.TemporaryDirectory() as outputs:
            told = [list(command), dict(environment), str(folder), outputs]
            process.stdin.write(json.dumps(told) + "\n")
            process.stdin.flush()
            code = int(process.stdout.readline())
            said = [Path(outputs, name).read_text("utf-8") for name in ("1", "2")]
        return subprocess.CompletedProcess(list(command), code, *said)

    def end(self) -> None:
        """End the process, if it runs."""
        if self._process is not None:
            self._process.communicate()


def _started() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={k: v for k, v in os.environ.items() if not k.startswith("GUIJI_")},
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == READY
    return process


SERVER = Server()
atexit.register(SERVER.end)


def main() -> None:
    """Load everything, then fork for each line of standard input.

    A line holds the command, its environment, its folder and the folder of its
    outputs. A command is `guiji …`, `<python> -c <program> …` or `<python> <script> …`;
    its exit code, or negative the signal that ended it, is the answer.
    """
    load()
    answer(READY)
    for line in sys.stdin:
        command, environment, folder, outputs = json.loads(line)
        child = os.fork()
        if child == 0:
            become(environment, folder, outputs)
            os._exit(ended(command))
        answer(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
    os._exit(os.EX_OK)


def load() -> None:
    import guiji

    for module in pkgutil.walk_packages(guiji.__path__, "guiji."):
        if UNFIT not in module.name:
            importlib.import_module(module.name)
    gc.freeze()


def answer(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def become(environment: dict[str, str], folder: str, outputs: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for number in (1, 2):
        path = os.path.join(outputs, str(number))  # noqa: PTH118  opened below pathlib
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)


def ended(command: list[str]) -> int:
    """Run a command and what it leaves for the end; give its exit code. What was loaded
    is not taken apart, which costs more than most commands."""
    code: object = os.EX_OK
    try:
        run(command)
    except SystemExit as end:
        code = end.code or os.EX_OK
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    if not isinstance(code, int):
        sys.stderr.write(f"{code}\n")
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def run(command: list[str]) -> None:
    program, *words = command
    if program == "guiji":
        from guiji.cli.app import main as guiji

        sys.argv = command
        guiji()
    elif words[0] == "-c":
        sys.argv = ["-c", *words[2:]]
        exec(compile(words[1], "<program>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = words
        sys.path[0] = str(Path(words[0]).parent)
        runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    main()
