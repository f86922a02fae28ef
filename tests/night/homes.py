"""A data folder of its own, and the command line in it, as a user would run it."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from night.loaded import SERVER
from settings_builders import CITY, PERSON_KEY, REPOSITORY

NIGHT = "2026-11-20"
OUTPUTS = (
    "batches",
    "dashboards",
    "outbox",
    "publication",
    "quarantine",
    "reports",
    "warehouse",
)
"""Folders that a night run again must leave or make byte for byte the same."""

FEW = ("market_regulation", "housing_urban_rural")
"""Departments whose files make a small night, still of every kind: good and bad ones,
and a trial."""


@dataclass(frozen=True)
class Home:
    """A `GUIJI_DATA` and the environment that points to it."""

    data: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that works here."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GUIJI_")}
        return kept | {
            "GUIJI_HOME": str(REPOSITORY),
            "GUIJI_DATA": str(self.data),
            "GUIJI_CATALOG": str(CITY),
            "GUIJI_PERSON_KEY": PERSON_KEY,
            "COLUMNS": "200",
        }

    def guiji(self, *words: str, code: int = 0) -> str:
        """Run a verb; its exit code must be `code`. Return what it printed."""
        return self.run(["guiji", *words], code)

    def run(self, command: list[str], code: int = 0) -> str:
        """Run `guiji` or Python here, in a fork of a process that is loaded; nothing
        is being dropped meanwhile, so that a claim need not wait to see."""
        environment = self.environment | {"GUIJI_SETTLE_SECONDS": "0"}
        done = SERVER.run(command, environment, self.data.parent)
        return _checked(done, code)

    def process(self, command: list[str], code: int = 0) -> str:
        """Run the program `guiji` or Python here, in a process started anew."""
        program = str(Path(sys.executable).parent / command[0])
        done = subprocess.run(
            [program, *command[1:]],
            env=self.environment,
            cwd=self.data.parent,
            capture_output=True,
            text=True,
        )
        return _checked(done, code)

    def copy(self, to: Path) -> Self:
        """Copy everything, times and links included, to another place."""
        shutil.copytree(self.data, to, symlinks=True)
        return type(self)(to)

    def keep_few(self) -> None:
        """Take away what the other departments dropped, or will drop in a night that
        still waits."""
        waiting = (self.data / "sample").glob("*/inbox")
        for inboxes in (self.data / "inbox", *waiting):
            for inbox in inboxes.iterdir():
                if inbox.name not in FEW and not inbox.name.startswith("."):
                    shutil.rmtree(inbox)

    def tree(self, *folders: str) -> dict[str, str]:
        """Give path -> hash of every file below the folders, links by their target."""
        found = {}
        for folder in folders or OUTPUTS:
            for path in sorted((self.data / folder).rglob("*")):
                name = str(path.relative_to(self.data))
                if path.is_symlink():
                    found[name] = f"-> {path.readlink()}"
                elif path.parent.name == "_delta_log":
                    found[name] = without_instants(path.read_text(encoding="utf-8"))
                elif path.is_file():
                    found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found


def _checked(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code, (
        f"{done.args} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    )
    return done.stdout


def without_instants(entry: str) -> str:
    """A log entry of a table, but for when and where it was made and under which
    number: all files by their hashes, what was added and removed, what is noted."""
    actions = []
    for line in entry.splitlines():
        action = json.loads(line)
        told = action.get("commitInfo", {})
        if told:
            noted = {k: v for k, v in told.items() if k.startswith("guiji.")}
            action["commitInfo"] = noted | {"guiji.chain": None}
        for key in ("id", "createdTime"):
            action.get("metaData", {}).pop(key, None)
        actions.append(json.dumps(action, sort_keys=True))
    return "\n".join(sorted(actions))  # delta-rs writes maps in any order


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Name the files that only one tree has, or that differ."""
    names = one.keys() | other.keys()
    return sorted(n for n in names if one.get(n) != other.get(n))
