"""Publish nights of the small world, and read what was written."""

import csv
from datetime import date
from typing import Any

from warehouse_world import World

from guiji.engine.base import Engine
from guiji.engine.sql import empty
from guiji.publication import publish
from guiji.publication.manifest import Manifest
from guiji.publication.repairs import REPAIRED


def without_repairs(engine: Engine) -> None:
    """Say to an engine that nothing was repaired."""
    engine.keep("repaired", empty(REPAIRED))


def release(world: World, night: date) -> Manifest:
    return publish.publish(world.context.at(night))


def night(world: World, when: date, dataset: str, *rows: dict[str, Any]) -> Manifest:
    """Merge one department's rows and publish."""
    world.merge(when, world.deliver(when, dataset, rows))
    return release(world, when)


def written(
    world: World,
    when: date,
    dataset: str,
    kind: str = "full",
    channel: str = "publicity_system",
) -> list[dict[str, str]]:
    path = world.settings.publication / f"{when}/{kind}/{channel}/{dataset}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
