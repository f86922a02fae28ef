"""A night whose ledger is a real PostgreSQL ends as one on SQLite does."""

import subprocess
import sys
from pathlib import Path

from night.homes import NIGHT, Home, differences


def test_the_same_bytes_with_a_postgresql_ledger(
    few_ended: Home, fresh: Home, postgres_url: str
) -> None:
    environment = fresh.environment | {"GUIJI_LEDGER_URL": postgres_url}
    program = str(Path(sys.executable).with_name("guiji"))
    for words, code in ((["night", "--date", NIGHT], 1), (["verify"], 0)):
        done = subprocess.run(
            [program, *words], env=environment, capture_output=True, text=True
        )
        assert done.returncode == code, done.stderr
    assert differences(few_ended.tree(), fresh.tree()) == []
    assert not (fresh.data / "ledger.db").exists()
