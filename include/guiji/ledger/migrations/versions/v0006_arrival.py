"""Deliveries say when they arrived, and what their senders claim.

Until now a delivery counted as received at 22:00 of the night that took it, or of the
night that had taken its bytes first (`received_night`): that is what older lines say.

Revision ID: 0006
Revises: 0004
"""

from datetime import UTC, date

import sqlalchemy as sa
from alembic import op

from guiji.core import business_date

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None

DELIVERIES = sa.table(
    "deliveries",
    sa.column("night", sa.Date),
    sa.column("received_night", sa.Date),
    sa.column("received_at", sa.String),
)


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("received_at", sa.String(40), nullable=True))
    op.add_column("deliveries", sa.Column("modified_at", sa.String(40), nullable=True))
    received = sa.func.coalesce(DELIVERIES.c.received_night, DELIVERIES.c.night)
    connection = op.get_bind()
    for night in connection.scalars(sa.select(received).distinct()).all():
        connection.execute(
            sa.update(DELIVERIES)
            .where(received == night)
            .values(received_at=_instant(night))
        )
    op.drop_column("deliveries", "received_night")


def _instant(night: date) -> str:
    instant = business_date.instant(night).astimezone(UTC)
    return instant.isoformat(timespec="microseconds")


def downgrade() -> None:
    op.add_column("deliveries", sa.Column("received_night", sa.Date(), nullable=True))
    op.drop_column("deliveries", "modified_at")
    op.drop_column("deliveries", "received_at")
