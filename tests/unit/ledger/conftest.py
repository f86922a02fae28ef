from datetime import date

import pytest

from guiji.ledger.ledger import Ledger


@pytest.fixture
def night() -> date:
    return date(2026, 11, 20)


@pytest.fixture
def ledger(ledger_url: str, night: date) -> Ledger:
    """A ledger with one open night, on each database."""
    made = Ledger(ledger_url)
    made.open_night(night)
    return made
