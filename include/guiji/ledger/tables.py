"""The ledger's tables.

The ledger knows what happened and what is going on: nights, deliveries, watermarks,
publications, and the trace of it all. It holds no row of any delivery. A migration
makes the same tables on SQLite and on PostgreSQL; a test proves that the two agree.
"""

import sqlalchemy as sa

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_1_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

NIGHTS = sa.Table(
    "nights",
    METADATA,
    sa.Column("night", sa.Date, primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.CheckConstraint(
        "state in ('open', 'merged', 'published', 'reported', 'closed')", name="state"
    ),
)
"""How far each night has come."""

DELIVERIES = sa.Table(
    "deliveries",
    METADATA,
    # <night>-<department>-<first 8 of sha256>, -2, -3 … where that is taken
    sa.Column("delivery_id", sa.String(160), primary_key=True),
    sa.Column("batch_id", sa.String(240), nullable=True),
    sa.Column("night", sa.Date, sa.ForeignKey("nights.night"), nullable=False),
    sa.Column("department", sa.String(100), nullable=False),
    sa.Column("dataset", sa.String(100), nullable=True),
    sa.Column("source_file", sa.Text, nullable=False),
    # what the names of its receipt begin with, unique in its outbox folder
    sa.Column("answer_name", sa.String(255), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("way", sa.String(16), nullable=False),
    sa.Column("trial", sa.Boolean, nullable=False),
    # what a department may claim once: the bytes, in a later night `@<night>` behind;
    # null on a duplicate
    sa.Column("claim_key", sa.String(200), nullable=True),
    # this one act of dropping: the same when a killed claim is taken up again
    sa.Column("drop_mark", sa.String(300), nullable=False),
    sa.Column(
        "duplicate_of",
        sa.String(160),
        sa.ForeignKey("deliveries.delivery_id"),
        nullable=True,
    ),
    sa.Column("verdict", sa.String(16), nullable=True),
    sa.Column("rows_read", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("rows_accepted", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("rows_quarantined", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("rows_unchanged", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("catalogue_version", sa.String(64), nullable=True),
    # delivery id of the one whose bytes are taken again
    sa.Column("again_of", sa.String(160), nullable=True),
    # UTC, ISO 8601 with microseconds: arrival, and what the sender claims
    sa.Column("received_at", sa.String(40), nullable=True),
    sa.Column("modified_at", sa.String(40), nullable=True),
    sa.UniqueConstraint("batch_id", name="uq_deliveries_batch_id"),
    sa.UniqueConstraint("department", "claim_key"),
    sa.UniqueConstraint("department", "drop_mark"),
    sa.UniqueConstraint(
        "night", "department", "answer_name", name="uq_deliveries_answer_name"
    ),
    sa.CheckConstraint("way in ('file', 'extract')", name="way"),
    sa.CheckConstraint(
        "verdict in ('accepted', 'partly', 'refused', 'duplicate', 'trial', "
        "'platform_fault', 'set_aside')",
        name="verdict",
    ),
)
"""One line per file or extract that came in, duplicates included."""

TRACE = sa.Table(
    "trace",
    METADATA,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(40), nullable=False),  # UTC, ISO 8601
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(300), nullable=False),
    sa.Column("details", sa.Text, nullable=False),  # canonical JSON
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Index("ix_trace_subject", "subject", "kind"),
)
"""Every exchange, each line sealed with the hash of the one before it."""

WATERMARKS = sa.Table(
    "watermarks",
    METADATA,
    sa.Column("extract_id", sa.String(300), primary_key=True),
    sa.Column("night", sa.Date, nullable=False),
    sa.Column("top", sa.DateTime, nullable=True),  # Shanghai's wall clock
    # digests of the rows that the next extract will read again
    sa.Column("seen", sa.LargeBinary, nullable=False),
)
"""How far each department's database has been read."""

PUBLICATIONS = sa.Table(
    "publications",
    METADATA,
    sa.Column("night", sa.Date, primary_key=True),
    sa.Column("manifest_sha256", sa.String(64), nullable=False),
    sa.Column("lines", sa.BigInteger, nullable=False),
)
"""The manifests that were released."""

LOCKS = sa.Table(
    "locks",
    METADATA,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("host", sa.String(255), nullable=False),
    # of the machine's boot and the pid namespace: what `pid` means there and then
    sa.Column("boot", sa.String(40), nullable=False, server_default=""),
    sa.Column("namespace", sa.String(40), nullable=False, server_default=""),
    sa.Column("pid", sa.BigInteger, nullable=False),
    sa.Column("started", sa.String(40), nullable=False),  # tells a reused pid
    sa.Column("taken_at", sa.String(40), nullable=False),
)
"""Who is changing what only one process may change at a time."""

SIGHTINGS = sa.Table(
    "sightings",
    METADATA,
    sa.Column("source", sa.String(100), primary_key=True),  # a connection
    sa.Column("path_key", sa.String(64), primary_key=True),  # SHA-256 of the path
    sa.Column("department", sa.String(100), nullable=False),
    sa.Column("path", sa.LargeBinary, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("modified", sa.BigInteger, nullable=False),  # by the server's clock
    sa.Column("first_seen", sa.String(40), nullable=False),  # UTC, ISO 8601
    sa.Column("last_seen", sa.String(40), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.CheckConstraint(
        "state in ('settling', 'held', 'claimed', 'duplicate')", name="state"
    ),
)
"""What lies in the inboxes that are only read."""

REQUESTS = sa.Table(
    "requests",
    METADATA,
    # drop mark of the delivery that answers it
    sa.Column("mark", sa.String(300), primary_key=True),
    sa.Column(
        "first_id",
        sa.String(160),
        sa.ForeignKey("deliveries.delivery_id"),
        nullable=False,
    ),
    sa.Column("details", sa.Text, nullable=False),  # canonical JSON
)
"""Deliveries that the coming night is to take again from their landed bytes."""

OBJECTIONS = sa.Table(
    "objections",
    METADATA,
    sa.Column("objection_id", sa.String(20), primary_key=True),
    sa.Column("dataset", sa.String(100), nullable=False),
    sa.Column("record_id", sa.String(200), nullable=False),
    sa.Column("version_id", sa.String(200), nullable=False),
    sa.Column("owner", sa.String(100), nullable=False),
    sa.Column("item", sa.String(100), nullable=True),
    # masked where it is a person, and a keyed digest
    sa.Column("applicant", sa.String(200), nullable=False),
    sa.Column("applicant_key", sa.String(64), nullable=False),
    sa.Column("claim", sa.Text, nullable=False),  # masked
    # version id of the row of a form, or `hand:` and its own id
    sa.Column("source", sa.String(300), nullable=False),
    sa.UniqueConstraint("source", name="uq_objections_source"),
    sa.Index("ix_objections_record_id", "record_id"),
)
"""Objections (异议) to records; what was done with them is in `objection_acts`."""

OBJECTION_ACTS = sa.Table(
    "objection_acts",
    METADATA,
    sa.Column(
        "objection_id",
        sa.String(20),
        sa.ForeignKey("objections.objection_id"),
        primary_key=True,
    ),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("move", sa.String(16), nullable=False),
    sa.Column("moved_on", sa.Date, nullable=False),  # the day that counts
    sa.Column("at", sa.String(40), nullable=False),  # UTC, ISO 8601
    sa.Column("person", sa.String(200), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),  # canonical JSON
)
"""Moves of objections in their order, each with its line in the trace."""
