"""Opens a database file at the present revision: makes it, or migrates it after a copy, or says why not."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from torchdojo.domain.errors import StoreError
from torchdojo.store import statements
from torchdojo.store.failures import translated

#: The newest revision in migrations/versions; repeated here so that an up-to-date file needs no Alembic.
HEAD = "0006"

#: How long a statement waits for another program to finish writing.
BUSY_SECONDS = 5.0


def open_engine(file: Path, *, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine on `file`, made or migrated as needed. Raises StoreError; the file is then as it was."""
    with translated(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        engine = _engine(file, busy_seconds)
        try:
            _bring_up_to_date(engine, file)
        except BaseException:
            engine.dispose()
            raise
    return engine


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that holds the write lock from its beginning, so that what it reads cannot change under it."""
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        yield connection


def _engine(file: Path, busy_seconds: float) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(file)), connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        # The driver's own habit of beginning transactions late and committing early is switched off.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _bring_up_to_date(engine: Engine, file: Path) -> None:
    with engine.connect() as connection:
        names = set(connection.execute(statements.TABLE_NAMES).scalars())
        revision = _revision(connection, names, file)
    if revision == HEAD:
        return
    _refuse_unknown(revision, file)
    if names:
        _keep_copy(file, revision or "empty")
    _use_write_ahead_log(engine)
    with writing(engine) as connection:
        names = set(connection.execute(statements.TABLE_NAMES).scalars())
        # Another program may have done it while this one waited for the lock.
        if _revision(connection, names, file) != HEAD:
            _migrate(connection)


def _revision(connection: Connection, names: set[str], file: Path) -> str | None:
    """The database's revision, None for a new file. StoreError when the tables are somebody else's."""
    if "alembic_version" in names and (revision := connection.execute(statements.REVISION).scalar()) is not None:
        return str(revision)
    if names - {"alembic_version"}:
        raise StoreError(
            f"{file} holds the data of another program (tables: {', '.join(sorted(names)[:4])}). It was left as it is.",
            "Name another file in TORCHDOJO_DATABASE_URL, or unset it.",
        )
    return None


def _refuse_unknown(revision: str | None, file: Path) -> None:
    from torchdojo.store.migrations import known_revisions

    if revision is not None and revision not in known_revisions():
        raise StoreError(
            f"The database {file} was written by a newer version of torchdojo (revision {revision}, "
            f"this one knows up to {HEAD}). It was left as it is.",
            "Update torchdojo, or keep apart data for this version: export TORCHDOJO_HOME=PATH",
        )


def _migrate(connection: Connection) -> None:
    from torchdojo.store.migrations import upgrade

    upgrade(connection)


def _use_write_ahead_log(engine: Engine) -> None:
    raw: Any = engine.raw_connection()
    try:
        raw.driver_connection.execute("PRAGMA journal_mode = WAL")
    finally:
        raw.close()


def _keep_copy(file: Path, revision: str) -> Path:
    """Copy the database (what is still in its log included) to a name that is free."""
    number = 1
    while True:
        copy = file.with_name(f"{file.stem}.before-{HEAD}-{number}{file.suffix}")
        try:
            os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            break
        except FileExistsError:
            number += 1
    with (
        contextlib.closing(sqlite3.connect(file)) as old,
        contextlib.closing(sqlite3.connect(copy)) as new,
    ):
        old.backup(new)
    return copy
