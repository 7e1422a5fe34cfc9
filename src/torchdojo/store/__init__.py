"""Persistence: SQLite by default, migrations included."""
