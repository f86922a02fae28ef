"""Two more verdicts: the platform failed, and a delivery was set aside by hand.

Revision ID: 0004
Revises: 0003
"""

from guiji.ledger.migrations import check_constraints

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BEFORE = "verdict in ('accepted', 'partly', 'refused', 'duplicate', 'trial')"
AFTER = (
    "verdict in ('accepted', 'partly', 'refused', 'duplicate', 'trial', "
    "'platform_fault', 'set_aside')"
)


def upgrade() -> None:
    check_constraints.replace("deliveries", "ck_deliveries_verdict", BEFORE, AFTER)


def downgrade() -> None:
    check_constraints.replace("deliveries", "ck_deliveries_verdict", AFTER, BEFORE)
