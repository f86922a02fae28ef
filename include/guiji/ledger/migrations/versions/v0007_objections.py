"""Objections (异议) and what was done with them.

Revision ID: 0007
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "objections",
        sa.Column("objection_id", sa.String(20), nullable=False),
        sa.Column("dataset", sa.String(100), nullable=False),
        sa.Column("record_id", sa.String(200), nullable=False),
        sa.Column("version_id", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("item", sa.String(100), nullable=True),
        sa.Column("applicant", sa.String(200), nullable=False),
        sa.Column("applicant_key", sa.String(64), nullable=False),
        sa.Column("claim", sa.Text, nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("objection_id", name="pk_objections"),
        sa.UniqueConstraint("source", name="uq_objections_source"),
    )
    op.create_index("ix_objections_record_id", "objections", ["record_id"])
    op.create_table(
        "objection_acts",
        sa.Column("objection_id", sa.String(20), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("move", sa.String(16), nullable=False),
        sa.Column("moved_on", sa.Date, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("objection_id", "seq", name="pk_objection_acts"),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["objections.objection_id"],
            name="fk_objection_acts_objection_id",
        ),
    )


def downgrade() -> None:
    op.drop_table("objection_acts")
    op.drop_index("ix_objections_record_id", "objections")
    op.drop_table("objections")
