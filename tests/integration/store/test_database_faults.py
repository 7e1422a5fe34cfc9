"""A database that cannot be used gives a message with path, fact and next step, and stays as it was."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from torchdojo.domain.attempt import Draft
from torchdojo.domain.errors import StoreError
from torchdojo.store.database import DatabaseStore

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DRAFT = Draft("spirals", "kept text", NOW)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with one draft in it, closed."""
    file = tmp_path / "dojo.sqlite3"
    store = DatabaseStore(file)
    store.save_draft(DRAFT)
    store.close()
    return file


def fault(file: Path, *, busy_seconds: float = 0.05) -> StoreError:
    """What opening and writing says."""
    store = DatabaseStore(file, busy_seconds=busy_seconds)
    with pytest.raises(StoreError) as caught:
        store.save_draft(Draft("spirals", "new", NOW))
    store.close()
    assert str(file) in caught.value.fact
    assert caught.value.cure
    return caught.value


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "dojo.sqlite3"
    file.write_bytes(b"my precious notes\n" * 100)
    assert "damaged" in fault(file).fact
    assert file.read_bytes() == b"my precious notes\n" * 100


def test_damaged_pages_are_told_and_nothing_is_written(file: Path) -> None:
    store = DatabaseStore(file)
    for number in range(50):
        store.save_draft(Draft(f"exercise-{number}", "x" * 2000, NOW))
    store.close()
    data = bytearray(file.read_bytes())
    data[4096 : len(data) - 4096] = b"\xa5" * (len(data) - 8192)
    file.write_bytes(data)
    opened = DatabaseStore(file)
    with pytest.raises(StoreError) as caught:
        opened.check()
    opened.close()
    assert "damaged" in caught.value.fact
    assert str(file) in caught.value.fact
    assert file.read_bytes() == bytes(data)


def test_a_lock_held_by_another_program_is_named(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        error = fault(file)
        other.execute("ROLLBACK")
    assert "locked" in error.fact
    assert DatabaseStore(file).draft("spirals") == DRAFT


def test_a_newer_database_is_refused_and_unchanged(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    before = file.read_bytes()
    error = fault(file)
    assert "newer" in error.fact
    assert "9999" in error.fact
    assert "Update torchdojo" in error.cure
    assert file.read_bytes() == before


def test_somebody_elses_database_is_refused_and_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "contacts.sqlite3"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE contacts (name TEXT)")
    before = file.read_bytes()
    assert "contacts" in fault(file).fact
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_in_the_files_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "dojo.sqlite3").mkdir()
    assert "it is a folder" in fault(tmp_path / "dojo.sqlite3").fact


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(StoreError, match="data folder"):
        DatabaseStore(tmp_path / "data" / "dojo.sqlite3").draft("spirals")


@pytest.fixture
def small_disk(file: Path) -> Iterator[None]:
    """SQLite itself refuses to let any database grow, as it does on a full disk."""

    def cap(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    event.listen(Engine, "connect", cap)
    yield
    event.remove(Engine, "connect", cap)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_is_named_and_former_data_stay(file: Path) -> None:
    store = DatabaseStore(file)
    with pytest.raises(StoreError, match="no space left") as caught:
        store.save_draft(Draft("spirals", "x" * 200_000, NOW))
    assert str(file) in caught.value.fact
    assert store.draft("spirals") == DRAFT
    store.close()


AS_ANOTHER_USER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from torchdojo.domain.attempt import Draft
from torchdojo.domain.errors import StoreError
from torchdojo.store.database import DatabaseStore
import torchdojo.store.migrations
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    store = DatabaseStore(Path(sys.argv[1]))
    store.save_draft(Draft("spirals", "new", datetime.now(UTC)))
except StoreError as error:
    print(error)
"""


def told_without_rights(file: Path) -> str:
    """What a process that may not write there is told (root may write everywhere, so it steps down first)."""
    reachable(file)
    asked = subprocess.run(
        [sys.executable, "-c", AS_ANOTHER_USER, str(file)], capture_output=True, text=True, check=True, timeout=60
    )
    return asked.stdout


def reachable(file: Path) -> None:
    """Let everybody walk to the file; pytest's own folders are private."""
    for folder in file.parents[1:]:
        if folder.name.startswith(("pytest-", "popen-", "test_")):
            folder.chmod(0o755)


def test_a_file_that_may_only_be_read_is_named(file: Path) -> None:
    file.chmod(0o444)
    file.parent.chmod(0o555)
    told = told_without_rights(file)
    file.parent.chmod(0o755)
    assert str(file) in told
    assert "TORCHDOJO_HOME" in told
    assert DatabaseStore(file).draft("spirals") == DRAFT


def test_a_folder_without_rights_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    told = told_without_rights(folder / "dojo.sqlite3")
    assert str(folder) in told
    assert "TORCHDOJO_HOME" in told


def test_an_unreadable_report_names_its_attempt(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute(
            "INSERT INTO attempts (exercise, source, submitted_at, origin, verdict, score, isolation, report) "
            "VALUES ('spirals', 'x', 0, 'cli', 'passed', 1.0, 'full', '{')"
        )
        other.commit()
    store = DatabaseStore(file)
    with pytest.raises(StoreError, match="Attempt 1 "):
        store.attempts("spirals")
    store.close()
