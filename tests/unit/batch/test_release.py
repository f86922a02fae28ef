"""A delivery that was refused as a whole is taken in on a named person's word, once."""

import os
from datetime import date

import pytest
from typer.testing import CliRunner

from guiji import steps
from guiji.cli.app import main
from guiji.errors import UsageError
from guiji.ledger.deliveries import Delivery
from guiji.ledger.ledger import Ledger

from .conftest import DEPARTMENT, HEADINGS, Office, line, lines

RULE = "spot_check.batch.mass_change"
WHY = "企业注销，批量清理"
