"""Scripts that are hidden behind looks, the looks opened, and the recorded runs they show."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "hidden_scripts",
        sa.Column("exercise", sa.Text, primary_key=True),
        sa.Column("hidden_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "opened_looks",
        sa.Column("exercise", sa.Text, primary_key=True),
        sa.Column("look", sa.Text, primary_key=True),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "recordings",
        sa.Column("exercise", sa.Text, primary_key=True),
        sa.Column("starter", sa.Text, nullable=False),
        sa.Column("recording", sa.Text, nullable=False),
    )
