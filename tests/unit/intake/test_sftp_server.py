"""What the server lets each account do; the configuration is that of docs/sftp.md."""

import pytest
from servers.sshd import Server


@pytest.fixture
def confined(server: Server) -> Server:
    """A server whose accounts are confined, which only root can make."""
    if not server.confined:
        pytest.skip("ChrootDirectory needs a server that runs as root")
    return server


@pytest.fixture
def file(server: Server) -> str:
    path = server.folder / "file"
    path.write_text("content")
    return str(path)


def test_the_pulling_account_only_reads(server: Server, file: str) -> None:
    inbox = server.drop / "tax" / "inbox"
    (inbox / "a.csv").write_text("x")
    (inbox / "a.csv").chmod(0o644)
    wrong = server.sftp(
        "pull",
        f"put {file} tax/inbox/b.csv",
        "rm tax/inbox/a.csv",
        "rename tax/inbox/a.csv tax/inbox/c.csv",
        "mkdir tax/inbox/d",
        f"get tax/inbox/a.csv {file}",
    )
    assert len(wrong) == 4
    assert [path.name for path in inbox.iterdir()] == ["a.csv"]


@pytest.mark.duty("GZ1", "GZ14")
def test_a_department_writes_its_inbox_only(confined: Server, file: str) -> None:
    wrong = confined.sftp(
        "tax",
        f"put {file} /inbox/a.csv",
        f"put {file} /outbox/a.csv",
        f"put {file} /a.csv",
    )
    assert len(wrong) == 2
    tax = confined.drop / "tax"
    assert [p.relative_to(tax).as_posix() for p in tax.rglob("*.csv")] == [
        "inbox/a.csv"
    ]


@pytest.mark.duty("GZ1", "GZ14")
def test_a_department_does_not_leave_its_folder(confined: Server, file: str) -> None:
    (confined.drop / "transport" / "inbox" / "secret.csv").write_text("x")
    wrong = confined.sftp(
        "tax",
        "ls ../../transport/inbox",
        f"get /../transport/inbox/secret.csv {file}",
        "symlink ../../transport/inbox/secret.csv /inbox/link.csv",
    )
    assert len(wrong) == 3
    assert list((confined.drop / "tax" / "inbox").iterdir()) == []


def test_what_a_department_drops_is_read_by_the_pulling_account(
    confined: Server, file: str
) -> None:
    confined.sftp("tax", f"put {file} /inbox/a.csv", "mkdir /inbox/f")
    dropped = confined.drop / "tax" / "inbox" / "a.csv"
    assert dropped.stat().st_mode & 0o007 == 0  # nobody else reads it
    fetched = confined.folder / "fetched"
    assert confined.sftp("pull", f"get tax/inbox/a.csv {fetched}") == []
    assert fetched.read_text() == "content"
