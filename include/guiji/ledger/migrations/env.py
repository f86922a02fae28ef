"""Alembic's entry: run on the connection that `guiji.ledger.upgrade` hands over."""

from alembic import context

from guiji.ledger.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA
)
with context.begin_transaction():
    context.run_migrations()
