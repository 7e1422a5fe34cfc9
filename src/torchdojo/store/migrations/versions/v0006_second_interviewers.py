"""Which of two interviewers a link into a room is for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the column: whoever had a link was the first."""
    op.add_column("room_links", sa.Column("seat", sa.Integer, nullable=False, server_default="1"))
