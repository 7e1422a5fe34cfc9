"""Drafts, attempts, opened hints and solutions, settings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "drafts",
        sa.Column("exercise", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "discarded_drafts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("exercise", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
        sa.Column("discarded_at", sa.BigInteger, nullable=False),
    )
    op.create_index("discarded_drafts_by_exercise", "discarded_drafts", ["exercise"])
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("exercise", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("submitted_at", sa.BigInteger, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("isolation", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("attempts_by_exercise", "attempts", ["exercise"])
    op.create_table(
        "opened_hints",
        sa.Column("exercise", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "opened_solutions",
        sa.Column("exercise", sa.Text, primary_key=True),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
