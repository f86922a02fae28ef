"""Columns of the tables that pass from one stage to the next.

Between tasks travel only ids, paths and counts; what the stages hand over is Parquet
with these columns. Columns that come from the catalogue (one per item) are added by
`parsing` and described there.
"""

import pyarrow as pa

NIGHT_INSTANT = pa.timestamp("us", tz="UTC")

TEXT_COLUMNS = pa.schema(
    [
        ("source_sheet", pa.string()),  # null for text files
        ("source_row", pa.int32()),  # the row number that the clerk sees
        ("fault", pa.string()),  # code of what is wrong with the whole row, or null
        ("fault_column", pa.string()),  # letter of the first damaged column, or null
        ("raw_line", pa.string()),  # the line as delivered, where `fault` is set
        ("source_line", pa.int32()),  # of text files: the line where the row begins
    ]
)
"""Leading columns of `text.parquet`; after them one string column per item found."""

FINDINGS = pa.schema(
    [
        ("batch_id", pa.string()),
        ("night", pa.date32()),
        ("department", pa.string()),
        ("dataset", pa.string()),
        ("source_file", pa.string()),
        ("source_sheet", pa.string()),
        ("source_row", pa.int32()),  # null: the finding is about the whole batch
        ("source_column", pa.string()),  # column letter, null: about the whole row
        ("item", pa.string()),
        ("title", pa.string()),
        ("value", pa.string()),  # masked where personal
        ("rule_id", pa.string()),
        ("severity", pa.string()),  # critical, warning, info
        ("dimension", pa.string()),  # 完整性 规范性 冗余性 关联性 准确性 及时性 全面性
        ("responsibility", pa.string()),  # department, platform
        ("message", pa.string()),
        ("message_en", pa.string()),
        ("remedy", pa.string()),
        ("proposal", pa.string()),  # what the platform proposes instead; never applied
        ("clause", pa.string()),
    ]
)
"""One line per fault of a row or batch; never a sample."""

QUARANTINE = pa.schema(
    [
        ("batch_id", pa.string()),
        ("night", pa.date32()),
        ("department", pa.string()),
        ("dataset", pa.string()),
        ("source_file", pa.string()),
        ("source_sheet", pa.string()),
        ("source_row", pa.int32()),  # null: the whole delivery was refused
        ("record_id", pa.string()),  # null: the row could not be read
        ("record_key", pa.string()),
        ("uscc", pa.string()),  # as delivered if it is no person's id, else masked
        ("enterprise_name", pa.string()),
        ("rules", pa.list_(pa.string())),
        ("reason", pa.string()),  # Chinese, all critical findings joined
        ("content", pa.string()),  # JSON: item -> text as delivered, personal masked
    ]
)
"""One line per row that was not merged; enough to find it and to try it again."""

RESOLUTIONS = pa.schema(
    [
        ("night", pa.date32()),  # the night that closed the line
        ("batch_id", pa.string()),
        ("source_sheet", pa.string()),
        ("source_row", pa.int32()),  # null: the whole delivery
        ("put_away_night", pa.date32()),  # with the three before: which line it was
        ("department", pa.string()),
        ("dataset", pa.string()),
        ("how", pa.string()),  # mended, replayed, released, renewed, superseded
        ("by_batch", pa.string()),  # whose row or arrival closed it
    ]
)
"""One line per line of the quarantine that is no longer open.

mended: a good row of the same record came, or a delivery in the place of a refused one;
replayed: checked again and accepted; released: accepted by a named person's decision;
renewed: checked again and faulty otherwise, see the newer line; superseded: a later
full delivery says all there is.
"""

DELIVERIES = pa.schema(
    [
        ("batch_id", pa.string()),
        ("night", pa.date32()),
        ("department", pa.string()),
        ("dataset", pa.string()),  # null: not recognised
        ("source_file", pa.string()),
        ("sha256", pa.string()),
        ("bytes", pa.int64()),
        ("way", pa.string()),  # file, extract
        ("verdict", pa.string()),  # see ledger.delivery
        ("rows_read", pa.int64()),
        ("rows_accepted", pa.int64()),
        ("rows_quarantined", pa.int64()),
        ("received_at", NIGHT_INSTANT),
        ("catalogue_version", pa.string()),
    ]
)
"""One line per delivery of a night; a zero report (零报告) has 0 rows and counts."""

VERSION_COLUMNS = pa.schema(
    [
        ("record_id", pa.string()),  # hash of dataset, owner, subject, record key
        ("version_id", pa.string()),  # hash of record_id, batch, sheet, row
        ("dataset", pa.string()),
        ("owner", pa.string()),  # the department whose record it is
        ("subject", pa.string()),  # credit code, or a pseudonym where there is none
        ("record_key", pa.string()),
        ("uscc", pa.string()),
        ("enterprise_name", pa.string()),
        ("matched_by", pa.string()),  # domain.matching, as known when it was received
        ("operation", pa.string()),  # upsert, revoke
        ("event_on", pa.date32()),
        ("produced_on", pa.date32()),
        ("received_at", NIGHT_INSTANT),
        ("merged_night", pa.date32()),
        ("batch_id", pa.string()),
        ("source_sheet", pa.string()),
        ("source_row", pa.int32()),
        ("content_hash", pa.string()),
    ]
)
"""Leading columns of every version in the warehouse; after them the typed items."""

UNCODED = pa.schema(
    [
        ("dataset", pa.string()),
        ("record_id", pa.string()),
        ("subject", pa.string()),  # the pseudonym under which it is kept
        ("night", pa.date32()),  # that merged this version
        ("row_id", pa.int64()),  # number of this version
        ("event_on", pa.date32()),
        ("name_id", pa.int64()),  # fingerprints of what it gives of the enterprise
        ("organisation_id", pa.int64()),
        ("registration_id", pa.int64()),
        ("tax_id", pa.int64()),
        ("tax_organisation_id", pa.int64()),  # of the organisation code in it
        ("region", pa.string()),  # of registration, six digits
        ("is_individual", pa.bool_()),  # says that it is about a 个体工商户
    ]
)
"""One line per version that came without a credit code and gives another number."""

PUBLISHED = pa.schema(
    [
        ("channel", pa.string()),
        ("dataset", pa.string()),
        ("record_id", pa.string()),
        ("version_id", pa.string()),
        ("first_published", pa.date32()),
        ("line_hash", pa.string()),  # of the published line
    ]
)
"""The publication's index: which line of which channel shows which version."""

BREACHES = pa.schema(
    [
        ("night", pa.date32()),
        ("clock", pa.string()),
        ("kind", pa.string()),  # delivery, change, …, publication, cycle
        ("department", pa.string()),
        ("dataset", pa.string()),
        ("record_id", pa.string()),  # null for cycle
        ("uscc", pa.string()),
        ("batch_id", pa.string()),
        ("event_on", pa.date32()),
        ("due_on", pa.date32()),
        ("done_on", pa.date32()),  # null: not done by the night
        ("working_days_late", pa.int32()),
        ("provisional", pa.bool_()),  # beyond the last announced year
        ("responsible", pa.string()),  # provider, collector, site: who was to act
        ("clause", pa.string()),
    ]
)
"""One line per missed deadline."""
