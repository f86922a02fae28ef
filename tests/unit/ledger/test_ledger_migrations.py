import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic import autogenerate, config, script
from alembic.runtime.migration import MigrationContext
from servers.processes import at_once

from guiji.errors import LedgerBroken
from guiji.ledger import migrations, upgrade
from guiji.ledger.database import Database
from guiji.ledger.ledger import Ledger
from guiji.ledger.tables import METADATA
from guiji.settings import Settings


def open_ledger(url: str) -> int:
    return len(Ledger(url).entries())


def test_migrations_make_the_tables_of_the_model(ledger_url: str) -> None:
    Ledger(ledger_url)
    with Database(ledger_url).reading() as connection:
        context = MigrationContext.configure(connection)
        assert autogenerate.compare_metadata(context, METADATA) == []


def test_the_model_of_an_empty_ledger_differs(ledger_url: str) -> None:
    with Database(ledger_url).reading() as connection:
        context = MigrationContext.configure(connection)
        assert autogenerate.compare_metadata(context, METADATA) != []


def test_head_is_the_newest_revision() -> None:
    made = config.Config()
    made.set_main_option("script_location", str(upgrade.FOLDER))
    assert script.ScriptDirectory.from_config(made).get_heads() == [migrations.HEAD]


def test_processes_that_open_a_new_ledger_at_once(ledger_url: str) -> None:
    assert at_once(open_ledger, [(ledger_url,)] * 4) == [0, 0, 0, 0]


def test_a_ledger_of_a_newer_program_is_refused(ledger_url: str) -> None:
    Ledger(ledger_url)
    with Database(ledger_url).writing() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(LedgerBroken, match="newer program"):
        Ledger(ledger_url)


def test_opening_a_ledger_at_head_does_not_load_alembic(settings: Settings) -> None:
    Ledger.open(settings)
    code = (
        "import sys\nfrom guiji import settings\n"
        "from guiji.ledger.ledger import Ledger\n"
        "Ledger.open(settings.current())\nsys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_sqlite_keeps_foreign_keys_and_a_write_ahead_log(settings: Settings) -> None:
    Ledger.open(settings)
    with Database(settings.ledger_url).reading() as connection:
        asked = ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        found = [connection.exec_driver_sql(f"pragma {p}").scalar() for p in asked]
    assert found == ["wal", 1, 2, 60_000]
