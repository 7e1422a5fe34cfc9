"""Making, migrating, sharing and surviving."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from torchdojo.domain.attempt import Draft
from torchdojo.domain.errors import StoreError
from torchdojo.store import migrations, opening
from torchdojo.store.database import DatabaseStore
from torchdojo.store.tables import metadata

NOW = datetime(2026, 3, 1, tzinfo=UTC)

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from torchdojo.domain.attempt import Draft
from torchdojo.domain.report import Report, Verdict
from torchdojo.store.database import DatabaseStore

store = DatabaseStore(Path(sys.argv[1]))
now = datetime(2026, 3, 1, tzinfo=UTC)
report = Report(exercise="spirals", kind="debug", verdict=Verdict.WRONG_ANSWER, score=0.5)
for _ in range(int(sys.argv[2])):
    made = store.add_attempt(exercise="spirals", source="x" * 5000, submitted_at=now, report=report, origin="cli")
    store.save_draft(Draft("spirals", f"draft {made.id}", now))
    print(made.id, flush=True)
"""


def writer(file: Path, times: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(file), str(times)], stdout=subprocess.PIPE, text=True)


def test_killed_in_the_middle_of_writing_nothing_that_was_told_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "dojo.sqlite3"
    with writer(file, 1_000_000) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(40)]
        process.send_signal(signal.SIGKILL)
        told += [int(line) for line in process.stdout if line.endswith("\n")]
    store = DatabaseStore(file)
    store.check()
    kept = [attempt.id for attempt in store.attempts("spirals")]
    assert kept[: len(told)] == told
    draft = store.draft("spirals")
    assert draft is not None
    assert int(draft.source.removeprefix("draft ")) >= told[-1]
    store.close()


def test_programs_that_start_together_make_one_database(tmp_path: Path) -> None:
    file = tmp_path / "dojo.sqlite3"
    processes = [writer(file, 5) for _ in range(4)]
    told = [line for process in processes for line in process.communicate(timeout=60)[0].split()]
    assert [process.returncode for process in processes] == [0] * 4
    assert sorted(map(int, told)) == list(range(1, 21))


def test_the_migrations_make_the_tables_the_statements_expect(tmp_path: Path) -> None:
    DatabaseStore(tmp_path / "migrated.sqlite3").check()
    described = create_engine(f"sqlite:///{tmp_path}/described.sqlite3")
    metadata.create_all(described)
    migrated = create_engine(f"sqlite:///{tmp_path}/migrated.sqlite3")
    for table in metadata.tables:
        ours, theirs = inspect(described), inspect(migrated)
        assert str(ours.get_columns(table)) == str(theirs.get_columns(table))
        assert ours.get_pk_constraint(table) == theirs.get_pk_constraint(table)
        assert ours.get_indexes(table) == theirs.get_indexes(table)
    described.dispose()
    migrated.dispose()


def test_the_revision_named_in_the_code_is_the_newest() -> None:
    assert migrations.newest_revision() == opening.HEAD


def test_every_write_is_on_the_disk_and_readers_do_not_wait(tmp_path: Path) -> None:
    file = tmp_path / "dojo.sqlite3"
    engine = opening.open_engine(file)
    with engine.connect() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked}
    engine.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A database with a draft that says it stands before the first revision."""
    file = tmp_path / "dojo.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.commit()
    return file


def test_a_database_is_copied_before_it_is_migrated(older: Path) -> None:
    store = DatabaseStore(older)
    store.save_draft(Draft("spirals", "text", NOW))
    store.close()
    copy = older.with_name(f"dojo.before-{opening.HEAD}-1.sqlite3")
    with closing(sqlite3.connect(copy)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
    assert names == ["alembic_version"]


def test_a_migration_that_fails_leaves_the_file_as_it_was(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(older)) as connection:
        # The first revision will stumble over an index of that name, after it has made two tables.
        connection.execute("CREATE INDEX discarded_drafts_by_exercise ON alembic_version (version_num)")
        connection.commit()
    store = DatabaseStore(older)
    with pytest.raises(StoreError) as caught:
        store.draft("spirals")
    assert str(older) in caught.value.fact
    with closing(sqlite3.connect(older)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert tables == [("alembic_version",)]


def test_looking_at_the_locations_needs_no_sqlalchemy() -> None:
    code = "import sys, torchdojo.store.location, torchdojo.store.memory; print('sqlalchemy' in sys.modules)"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert asked.stdout.strip() == "False"
