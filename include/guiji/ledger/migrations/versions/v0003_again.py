"""Deliveries that are taken again: requests, and of which delivery one is a repetition.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("again_of", sa.String(160), nullable=True))
    op.add_column("deliveries", sa.Column("received_night", sa.Date(), nullable=True))
    op.create_table(
        "requests",
        sa.Column("mark", sa.String(300), nullable=False),
        sa.Column("first_id", sa.String(160), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_requests")),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["deliveries.delivery_id"],
            name=op.f("fk_requests_first_id"),
        ),
    )


def downgrade() -> None:
    op.drop_table("requests")
    op.drop_column("deliveries", "received_night")
    op.drop_column("deliveries", "again_of")
