"""The secret under which natural persons are kept."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from guiji.core.errors import UsageError
from guiji.core.settings import Settings

SIZE = 32
SHORTEST = 16


def key_file(settings: Settings) -> Path:
    """Where the key is kept if the settings do not give it."""
    return settings.data / "keys" / "person.key"


def person_key(settings: Settings) -> bytes:
    """Return the key of the platform; make one on first use.

    The key is never changed: under another one every person would be somebody else.
    It belongs into the backup, and not beside the warehouse.

    Raises:
        UsageError: the key that is given or kept is too short to protect anybody.
    """
    if settings.person_key:
        key = settings.person_key.encode()
    else:
        path = key_file(settings)
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    if len(key) < SHORTEST:
        raise UsageError(
            f"the person key has {len(key)} bytes, needs at least {SHORTEST}; "
            f"set GUIJI_PERSON_KEY or restore {key_file(settings)}"
        )
    return key


def trial_key(settings: Settings) -> bytes:
    """Return the key of the platform for a trial, or another for this once.

    A trial keeps nothing, so it makes no key; nor does everybody who may try a file
    have to be able to read the platform's.
    """
    with suppress(PermissionError):
        if settings.person_key or key_file(settings).exists():
            return person_key(settings)
    return secrets.token_bytes(SIZE)


def _make(path: Path) -> None:
    """Write a new key that only its owner reads; of two makers the first one wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
    temporary = Path(name)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(SIZE))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return
    finally:
        temporary.unlink()
