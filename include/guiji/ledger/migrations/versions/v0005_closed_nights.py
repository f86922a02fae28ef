"""Nights given up by hand, and of which boot and pid namespace a lock's holder is.

Revision ID: 0005
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from guiji.ledger.migrations import check_constraints

revision = "0005"
down_revision = "0006"
branch_labels = None
depends_on = None

BEFORE = "state in ('open', 'merged', 'published', 'reported')"
AFTER = "state in ('open', 'merged', 'published', 'reported', 'closed')"


def upgrade() -> None:
    check_constraints.replace("nights", "ck_nights_state", BEFORE, AFTER)
    for name in ("boot", "namespace"):
        column = sa.Column(name, sa.String(40), nullable=False, server_default="")
        op.add_column("locks", column)


def downgrade() -> None:
    for name in ("boot", "namespace"):
        op.drop_column("locks", name)
    check_constraints.replace("nights", "ck_nights_state", AFTER, BEFORE)
