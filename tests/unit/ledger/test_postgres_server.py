from pathlib import Path

import pytest
import sqlalchemy as sa
from servers import postgres
from servers.missing import Missing


def test_every_test_has_a_database_of_its_own(
    postgres_server: postgres.Server, postgres_url: str
) -> None:
    with postgres_server.database("another") as other:
        for url in (postgres_url, other):
            engine = sa.create_engine(url, poolclass=sa.NullPool)
            with engine.begin() as connection:
                connection.execute(sa.text("create table one (x integer)"))


def test_a_missing_server_is_said_clearly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "INSTALLED", tmp_path)
    with pytest.raises(Missing, match="make test"):
        postgres.programs()
