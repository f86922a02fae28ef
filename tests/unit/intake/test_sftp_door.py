"""The steps, which DAGs and the command line call, reach the server."""

import pytest
from servers.sshd import Server

from guiji import pipeline
from guiji.core.settings import Settings

NIGHT = "2026-11-20"


def test_the_steps_claim_from_the_server_and_push_to_it(
    settings: Settings, sftp: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUIJI_SETTLE_SECONDS", "0")
    home = sftp.add("market_regulation")
    (home / "inbox" / "a.csv").write_text("1")
    (home / "inbox" / "b.csv").write_text("1")
    ((claimed,),) = pipeline.claim(NIGHT)
    assert claimed == "2026-11-20-market_regulation-6b86b273"
    counts = pipeline.push(NIGHT)
    assert counts == {"sent": 2, "unchanged": 0, "failed": 0}
    assert sorted(p.name for p in (home / "outbox" / NIGHT).iterdir()) == [
        "2026-11-20.ok",
        "b.csv.receipt.json",
        "b.csv.回执.txt",
    ]
    assert {"guiji_sftp_pull", "guiji_sftp_push"} <= set(pipeline.connections())
