"""alembic's entry: works on the connection, and in the transaction, of `pgears upgrade`."""

from alembic import context
from alembic.util import CommandError

connection = context.config.attributes.get("connection")
if connection is None:
    raise CommandError("run `pgears upgrade`: it takes the lock and re-applies db/ as well")

context.configure(connection=connection, version_table_schema="core")
with context.begin_transaction():
    context.run_migrations()
