"""What lies in inboxes that are only read: sightings.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sightings",
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("path_key", sa.String(64), nullable=False),
        sa.Column("department", sa.String(100), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", sa.String(40), nullable=False),
        sa.Column("last_seen", sa.String(40), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "path_key", name=op.f("pk_sightings")),
        sa.CheckConstraint(
            "state in ('settling', 'held', 'claimed', 'duplicate')",
            name=op.f("ck_sightings_state"),
        ),
    )


def downgrade() -> None:
    op.drop_table("sightings")
