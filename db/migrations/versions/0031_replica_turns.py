"""Replication: turns of refused rows, references as they were put, writes before a restore."""

from pathlib import Path

from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Run the file beside this one untouched: alembic would read `:name` as a parameter."""
    op.get_bind().connection.driver_connection.execute(
        Path(__file__).with_suffix(".sql").read_bytes()
    )
