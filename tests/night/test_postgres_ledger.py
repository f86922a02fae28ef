"""A night whose ledger is a real PostgreSQL ends as one on SQLite does."""

from dataclasses import dataclass

from night.homes import NIGHT, Home, differences


@dataclass(frozen=True)
class ServedHome(Home):
    """A data folder whose ledger is on a server."""

    ledger: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"GUIJI_LEDGER_URL": self.ledger}


def test_the_same_bytes_with_a_postgresql_ledger(
    few_ended: Home, fresh: Home, postgres_url: str
) -> None:
    home = ServedHome(fresh.data, postgres_url)
    home.guiji("night", "--date", NIGHT, code=1)
    home.guiji("verify")
    assert differences(few_ended.tree(), home.tree()) == []
    assert not (home.data / "ledger.db").exists()
