"""Which inboxes there are: the folders of this machine, and the servers configured.

Without a connection everything is in local folders, as `make night` runs. With one,
the local folders are looked into all the same: what an operator puts there is taken.
"""

from collections.abc import Callable

from guiji.connections import sftp as sftp_connection
from guiji.context import Context
from guiji.core.errors import SourceUnavailable
from guiji.intake.inbox import FolderInbox
from guiji.intake.inbox_listing import Inbox

Refused = Callable[[str, SourceUnavailable], None]


def every(
    context: Context,
    seconds: float | None,
    refused: Refused,
    sleep: Callable[[float], None],
) -> list[Inbox]:
    """Return every inbox; a server is connected to when it is first needed.

    Args:
        context: settings, where the local folders are, and the caps; catalogue, whose
            departments may deliver; ledger, remembers what lies on servers.
        seconds: for which a file must not change; None = as the settings say.
        refused: told of a connection that is not configured as it must be.
        sleep: waits between two attempts to connect.
    """
    inboxes: list[Inbox] = [
        FolderInbox(context.settings, context.catalog.departments.keys(), seconds)
    ]
    for connection_id, departments in sftp_connection.pulling(context.catalog).items():
        # half a second to load, and most installations never need it
        from guiji.intake.sftp.inbox import SftpInbox  # noqa: PLC0415

        try:
            connection = sftp_connection.of(connection_id)
        except SourceUnavailable as error:
            refused(f"sftp:{connection_id}", error)
            continue
        inboxes.append(SftpInbox(connection, departments, context, seconds, sleep))
    return inboxes
