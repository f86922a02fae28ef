"""Delivery processors: of a night, of a file that is tried, of a changed catalogue."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from guiji.catalog import load
from guiji.checking.condition_cache import Conditions
from guiji.checking.register import Register
from guiji.checking.validator import Validator
from guiji.context import Context
from guiji.core.settings import Settings
from guiji.domain import regions, workdays
from guiji.parsing import keys
from guiji.pipeline.batch.delivery_processor import DeliveryProcessor

REGIONS, WORKDAYS = "regions.csv", "workdays.csv"

_NOBODY = b"nobody is told apart in a trial"


@contextmanager
def for_night(
    context: Context, evidence: Settings | None = None
) -> Iterator[DeliveryProcessor]:
    """Yield what checks deliveries in a night.

    Args:
        context: of the night; its catalogue and calendar are kept in the archive.
        evidence: settings whose folders take the evidence instead of the batches'.
    """
    context.keep_versions()
    settings = context.settings
    with _processor(
        context,
        evidence=evidence or settings,
        person_key=keys.person_key(settings),
        register=Register.latest(settings.register),
    ) as processor:
        yield processor


@contextmanager
def for_one_file(context: Context, evidence: Settings) -> Iterator[DeliveryProcessor]:
    """Yield what checks a file that is only tried, as quickly as it can be done.

    Args:
        context: of the installation.
        evidence: settings whose data folder is temporary.
    """
    settings = context.settings
    with _processor(
        context,
        evidence=evidence,
        person_key=keys.trial_key(settings),
        register=Register.latest(settings.register),
        by_kept=True,
    ) as processor:
        yield processor


@contextmanager
def for_changed_catalog(
    settings: Settings,
    catalog: Path | None,
    expectations: Path | None,
    changes: tuple[Path, ...] = (),
) -> Iterator[DeliveryProcessor]:
    """Yield a processor with a changed catalogue; its folders are thrown away.

    Args:
        settings: of the installation.
        catalog: folder of all jurisdictions' catalogues; None = the one in use.
        expectations: folder of all jurisdictions' rules; None = those in use.
        changes: files of changes on top of it.

    Raises:
        CatalogError: the changed catalogue is wrong; names file, line and remedy.
    """
    chosen = catalog or settings.catalog
    beside = replace(settings, catalog=chosen)
    changed = load.load_folder(
        chosen,
        expectations or beside.expectations,
        settings.jurisdiction,
        beside.extracts,
        changed=changes,
    )

    def table(name: str) -> Path:
        return chosen / name if (chosen / name).exists() else settings.catalog / name

    with tempfile.TemporaryDirectory(prefix="guiji-try-") as folder:
        aside = replace(beside, data=Path(folder), warehouse_url=None)
        context = Context(
            aside, catalog=changed, calendar=workdays.load(table(WORKDAYS))
        )
        with _processor(
            context,
            evidence=aside,
            person_key=_NOBODY,
            by_kept=True,
            region_table=table(REGIONS),
        ) as processor:
            yield processor


@contextmanager
def _processor(
    context: Context,
    *,
    evidence: Settings,
    person_key: bytes,
    register: Register | None = None,
    by_kept: bool = False,
    region_table: Path | None = None,
) -> Iterator[DeliveryProcessor]:
    conditions = Conditions.of(context.settings, context.catalog)
    with Validator(evidence, context.catalog, conditions, by_kept=by_kept) as validator:
        yield DeliveryProcessor(
            context=context,
            regions=regions.load(region_table or context.settings.catalog / REGIONS),
            validator=validator,
            person_key=person_key,
            register=register,
        )
