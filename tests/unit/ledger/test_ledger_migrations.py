import re
import subprocess
import sys
from datetime import date

import pytest
import sqlalchemy as sa
from alembic import autogenerate, config, script
from alembic.runtime.migration import MigrationContext
from servers.processes import at_once

from guiji.core import business_date
from guiji.core.errors import LedgerBroken
from guiji.core.settings import Settings
from guiji.ledger import migrations, upgrade
from guiji.ledger.database import Database
from guiji.ledger.ledger import Ledger
from guiji.ledger.tables import METADATA

OLD_DELIVERY = """
    insert into deliveries
        (delivery_id, night, department, source_file, answer_name, sha256, bytes, way,
         trial, drop_mark)
    values ('d', '2026-11-20', 'tax', 'a.csv', 'a.csv', 'x', 1, 'file', false, 'd')
"""
KEPT = """
    select delivery_id, verdict, mark
    from deliveries inner join requests on first_id = delivery_id
"""


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


def test_an_older_ledger_keeps_its_rows_and_takes_the_new_verdicts(
    ledger_url: str,
) -> None:
    database = Database(ledger_url)
    with database.writing() as connection:
        upgrade.migrate(connection, "0003")
        connection.execute(sa.text("insert into nights values ('2026-11-20', 'open')"))
        connection.execute(sa.text(OLD_DELIVERY))
        connection.execute(sa.text("insert into requests values ('m', 'd', '{}')"))
    Ledger(ledger_url)
    with database.writing() as connection:
        for verdict in ("platform_fault", "set_aside", "refused"):
            connection.execute(
                sa.text("update deliveries set verdict = :v"), {"v": verdict}
            )
        assert connection.execute(sa.text(KEPT)).all() == [("d", "refused", "m")]
    with pytest.raises(sa.exc.IntegrityError), database.writing() as connection:
        connection.execute(sa.text("update deliveries set verdict = 'lost'"))


def test_deliveries_of_an_older_ledger_arrived_at_the_instant_of_their_night(
    ledger_url: str,
) -> None:
    database = Database(ledger_url)
    again = OLD_DELIVERY.replace("'d'", "'e'").replace("11-20", "11-22")
    with database.writing() as connection:
        upgrade.migrate(connection, "0003")
        for night in ("2026-11-20", "2026-11-22"):
            connection.execute(
                sa.text("insert into nights values (:night, 'open')"), {"night": night}
            )
        for statement in (
            OLD_DELIVERY,
            again.replace("a.csv", "b.csv"),
            "update deliveries set received_night = '2026-11-20', again_of = 'd' "
            "where delivery_id = 'e'",
        ):
            connection.execute(sa.text(statement))
    first, second = Ledger(ledger_url).deliveries()
    assert first.received_at == second.received_at == business_date.instant(first.night)
    assert (second.night, second.modified_at) == (date(2026, 11, 22), None)


def test_the_databases_constraints_are_those_of_the_model(ledger_url: str) -> None:
    Ledger(ledger_url)
    with Database(ledger_url).reading() as connection:
        told = sa.inspect(connection)
        made = {
            (table.name, check["name"]): _values(check["sqltext"])
            for table in METADATA.sorted_tables
            for check in told.get_check_constraints(table.name)
        }
    assert made == {
        (table.name, check.name): _values(str(check.sqltext))
        for table in METADATA.sorted_tables
        for check in table.constraints
        if isinstance(check, sa.CheckConstraint)
    }


def _values(condition: str) -> list[str]:
    """Return the words that a condition admits; each database writes it its own way."""
    return re.findall("'([a-z_]+)'", condition)


def test_a_ledger_of_a_newer_program_is_refused(ledger_url: str) -> None:
    Ledger(ledger_url)
    with Database(ledger_url).writing() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(LedgerBroken, match="newer program"):
        Ledger(ledger_url)


def test_opening_a_ledger_at_head_does_not_load_alembic(settings: Settings) -> None:
    Ledger.open(settings)
    code = (
        "import sys\nfrom guiji.core import settings\n"
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
