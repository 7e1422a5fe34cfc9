"""Run by Alembic: applies the revisions over the connection that `upgrade` hands in."""

from __future__ import annotations

from alembic import context

from torchdojo.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
