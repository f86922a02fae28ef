from datetime import date

import pytest
from intake_catalog import catalog_of, penalties

from guiji.catalog.model import Catalog
from guiji.ledger.ledger import Ledger


@pytest.fixture
def catalog() -> Catalog:
    return catalog_of(penalties())


@pytest.fixture
def night() -> date:
    return date(2026, 11, 20)


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    """A ledger without a night, on each database."""
    return Ledger(ledger_url)
