"""The log of reviews with the states that follow from it, own notes on cards, cards made from own mistakes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "review_log",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("card", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("rating", sa.Integer),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("retention", sa.Float, nullable=False),
        sa.Column("most_days", sa.Integer, nullable=False),
        sa.Column("took_ms", sa.BigInteger, nullable=False),
        sa.Column("undone", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.create_index("review_log_once", "review_log", ["card", "place"], unique=True)
    op.create_index("review_log_by_time", "review_log", ["at"])
    op.create_table(
        "card_states",
        sa.Column("card", sa.Text, primary_key=True),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("step", sa.Integer),
        sa.Column("stability", sa.Float),
        sa.Column("difficulty", sa.Float),
        sa.Column("due", sa.BigInteger),
        sa.Column("last_review", sa.BigInteger),
        sa.Column("reviews", sa.Integer, nullable=False),
        sa.Column("lapses", sa.Integer, nullable=False),
        sa.Column("suspended", sa.Boolean, nullable=False),
    )
    op.create_table(
        "card_notes",
        sa.Column("card", sa.Text, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "own_cards",
        sa.Column("card", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("front", sa.Text, nullable=False),
        sa.Column("back", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
    )
