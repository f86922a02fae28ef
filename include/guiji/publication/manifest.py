"""The manifest of a publication: what was released, with the hash of every file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from guiji.core import files


@dataclass(frozen=True)
class Entry:
    """One published file.

    Attributes:
        file: relative to the night's folder.
        dataset: id of its catalogue entry.
        kind: full or delta.
        rows: lines without the heading.
        sha256: of its bytes.
    """

    file: str
    dataset: str
    kind: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What publication/<night>/manifest.json says.

    Attributes:
        night: the night published.
        previous: the release before; None = the first.
        released_at: the night's instant, ISO 8601.
        jurisdiction, catalogue_version, calendar_version, code_version: what it was
            made with.
        channels: channel -> its files, sorted.
        withdrawn: lines taken off, over all channels.
        withheld: records kept back because a text in them reveals a person.
        chain: SHA-256 of the manifest before; None = the first.
    """

    night: date
    previous: date | None
    released_at: str
    jurisdiction: str
    catalogue_version: str
    calendar_version: str
    code_version: str
    channels: dict[str, tuple[Entry, ...]]
    withdrawn: int
    withheld: int
    chain: str | None


PROOF = {"previous + delta == full": True}
"""A manifest is only written when this was shown on the written files."""


def write(path: Path, manifest: Manifest) -> None:
    """Write a manifest as the contract has it."""
    content: dict[str, Any] = asdict(manifest)
    content["night"] = manifest.night.isoformat()
    content["previous"] = manifest.previous.isoformat() if manifest.previous else None
    chain = content.pop("chain")
    files.write_json(path, content | {"proof": PROOF, "chain": chain})


def read(path: Path) -> Manifest:
    """Read a manifest."""
    content = files.read_json(path)
    del content["proof"]
    previous = content["previous"]
    return Manifest(
        **content
        | {
            "night": date.fromisoformat(content["night"]),
            "previous": date.fromisoformat(previous) if previous else None,
            "channels": {
                channel: tuple(Entry(**entry) for entry in entries)
                for channel, entries in content["channels"].items()
            },
        }
    )


def entries(
    channels: Mapping[str, tuple[Entry, ...]], kind: str
) -> dict[tuple[str, str], Entry]:
    """Index the files of one kind by channel and dataset."""
    return {
        (channel, entry.dataset): entry
        for channel, listed in channels.items()
        for entry in listed
        if entry.kind == kind
    }
