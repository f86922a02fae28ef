"""How a verb ends that cannot go on: one line for people, an exit code for programs.

Nobody who runs a verb is shown a traceback. Where it is the machine's fault the line
says what is wrong and what to do; where it is ours, it names the error by its class
and place in the code, and `logs/errors.log` below `GUIJI_DATA` has the calls that led
there. The text of such an error may quote a cell and is written nowhere.
"""

import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import typer

from guiji.core import settings, system_errors
from guiji.core.errors import GuijiError, UsageError
from guiji.core.platform_faults import PlatformFault

WRONG_USAGE, FAILED, INTERRUPTED = 2, 3, 130
LOG = Path("logs") / "errors.log"
INTERRUPTION = "stopped by Ctrl-C; what is done stands, run it again to go on"


def run(verbs: Callable[[], None]) -> None:
    """Run the command line; end with the exit code of what happened.

    Raises:
        SystemExit: always, as command lines do.
    """
    try:
        verbs()
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            _say(INTERRUPTION)
        raise
    except KeyboardInterrupt:
        _end(INTERRUPTION, INTERRUPTED)
    except UsageError as error:
        _end(str(error), WRONG_USAGE)
    except GuijiError as error:
        _end(_named(error), FAILED)
    except Exception as error:
        guiji_error = _meaning(error)
        _end(_named(guiji_error) if guiji_error else _bug(error), FAILED)


def _say(text: str) -> None:
    typer.echo(f"guiji: {' '.join(text.split())}", err=True)


def _end(text: str, code: int) -> None:
    _say(text)
    sys.exit(code)


def _named(error: GuijiError) -> str:
    return f"{type(error).__name__}: {error}"


def _meaning(error: Exception) -> GuijiError | None:
    """Return what an error of a library means; None = it is a bug."""
    library = type(error).__module__.partition(".")[0]
    if library in ("duckdb", "_duckdb", "deltalake"):
        from guiji.storage import storage_errors

        return storage_errors.meaning(error)
    return system_errors.storage_unusable(error)


def _bug(error: Exception) -> str:
    """Report a bug of ours, and log the calls that led there."""
    where = f"path {error.filename}: " if isinstance(error, OSError) else ""
    text = f"internal error, please report it: {where}{PlatformFault.of(error)}"
    for folder in _folders():
        try:
            path = _written(folder, error)
        except OSError:
            continue
        return f"{text}; the calls are in {path}"
    return text


def _folders() -> Iterator[Path]:
    """Return the data folder; the system's temporary one where that is read-only."""
    with suppress(GuijiError):
        yield settings.current().data
    yield Path(tempfile.gettempdir()) / f"guiji-{os.getuid()}"


def _written(folder: Path, error: BaseException) -> Path:
    path = folder / LOG
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        verb = " ".join(w for w in sys.argv[1:2] if not w.startswith("-"))
        file.write(f"{datetime.now(UTC).isoformat()} guiji {verb}\n")
        for cause in _causes(error):
            file.writelines(traceback.format_tb(cause.__traceback__))
            file.write(f"{type(cause).__name__}\n")
    return path


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Return an error and its causes, the first cause first."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        error = error.__cause__ or error.__context__
    yield from reversed(seen)
