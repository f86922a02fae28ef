"""The first ledger: nights, deliveries, trace, watermarks, publications, locks.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE_TRIGGERS = (
    "create trigger trace_no_update before update on trace "
    "begin select raise(abort, 'the trace is append-only'); end",
    "create trigger trace_no_delete before delete on trace "
    "begin select raise(abort, 'the trace is append-only'); end",
    # `insert or replace` removes the old line without the delete trigger
    "create trigger trace_no_replace before insert on trace "
    "when exists (select 1 from trace where seq = new.seq) "
    "begin select raise(abort, 'the trace is append-only'); end",
)
POSTGRESQL_TRIGGERS = (
    "create function trace_refuse() returns trigger language plpgsql as "
    "$$ begin raise exception 'the trace is append-only'; end $$",
    "create trigger trace_no_change before update or delete or truncate on trace "
    "for each statement execute function trace_refuse()",
)


def upgrade() -> None:
    _nights()
    _deliveries()
    _trace()
    _state()


def _nights() -> None:
    op.create_table(
        "nights",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("night", name=op.f("pk_nights")),
        sa.CheckConstraint(
            "state in ('open', 'merged', 'published', 'reported')",
            name=op.f("ck_nights_state"),
        ),
    )


def _deliveries() -> None:
    rows = [
        sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        for name in ("rows_read", "rows_accepted", "rows_quarantined", "rows_unchanged")
    ]
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.String(160), nullable=False),
        sa.Column("batch_id", sa.String(240), nullable=True),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("department", sa.String(100), nullable=False),
        sa.Column("dataset", sa.String(100), nullable=True),
        sa.Column("source_file", sa.Text(), nullable=False),
        sa.Column("answer_name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.Column("claim_key", sa.String(200), nullable=True),
        sa.Column("drop_mark", sa.String(300), nullable=False),
        sa.Column("duplicate_of", sa.String(160), nullable=True),
        sa.Column("verdict", sa.String(16), nullable=True),
        *rows,
        sa.Column("catalogue_version", sa.String(64), nullable=True),
        *_delivery_constraints(),
    )


def _delivery_constraints() -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_deliveries")),
        sa.ForeignKeyConstraint(
            ["night"], ["nights.night"], name=op.f("fk_deliveries_night")
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of"],
            ["deliveries.delivery_id"],
            name=op.f("fk_deliveries_duplicate_of"),
        ),
        sa.UniqueConstraint("batch_id", name=op.f("uq_deliveries_batch_id")),
        sa.UniqueConstraint(
            "department", "claim_key", name=op.f("uq_deliveries_claim_key")
        ),
        sa.UniqueConstraint(
            "department", "drop_mark", name=op.f("uq_deliveries_drop_mark")
        ),
        sa.UniqueConstraint(
            "night",
            "department",
            "answer_name",
            name=op.f("uq_deliveries_answer_name"),
        ),
        sa.CheckConstraint(
            "way in ('file', 'extract')", name=op.f("ck_deliveries_way")
        ),
        sa.CheckConstraint(
            "verdict in ('accepted', 'partly', 'refused', 'duplicate', 'trial')",
            name=op.f("ck_deliveries_verdict"),
        ),
    ]


def _trace() -> None:
    op.create_table(
        "trace",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_trace")),
    )
    op.create_index("ix_trace_subject", "trace", ["subject", "kind"])
    sqlite = op.get_context().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)


def _state() -> None:
    op.create_table(
        "watermarks",
        sa.Column("extract_id", sa.String(300), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("top", sa.DateTime(), nullable=True),
        sa.Column("seen", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("extract_id", name=op.f("pk_watermarks")),
    )
    op.create_table(
        "publications",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("manifest_sha256", sa.String(64), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("night", name=op.f("pk_publications")),
    )
    op.create_table(
        "locks",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("started", sa.String(40), nullable=False),
        sa.Column("taken_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_locks")),
    )


def downgrade() -> None:
    raise RuntimeError("the first ledger holds the trace; it is never taken down")
