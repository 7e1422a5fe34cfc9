"""Persistence: SQLite by default, migrations included.

`location` and `memory` are light; `database` brings SQLAlchemy along, so import it only when data is wanted.
"""
