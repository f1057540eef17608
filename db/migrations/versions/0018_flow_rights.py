"""Rights of scripts, workflows, jobs and events for accounts; links that act."""

from pathlib import Path

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Run the file beside this one untouched: alembic would read `:name` as a parameter."""
    op.get_bind().connection.driver_connection.execute(
        Path(__file__).with_suffix(".sql").read_bytes()
    )
