"""The composition root: the one place that knows which adapter stands behind which port."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from torchdojo.app.deferred import deferred
from torchdojo.app.ports import Clock, Grader, Library, Store
from torchdojo.domain.errors import InternalError


@dataclass(frozen=True)
class Dojo:
    """Everything the use cases work with. Leaving the `with` block lets go of it all."""

    library: Library
    store: Store
    grader: Grader
    clock: Clock

    def close(self) -> None:
        """End the grader's processes and let go of the database."""
        try:
            self.grader.close()
        finally:
            self.store.close()

    def __enter__(self) -> Dojo:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        """The present, in UTC, to the millisecond: what the store keeps."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


def open_dojo(
    *,
    database: str | None = None,
    content: Sequence[Path] = (),
    with_grader: bool = True,
    niceness: int = 0,
    environment: Mapping[str, str] = os.environ,
) -> Dojo:
    """The dojo of this machine's user. Nothing is read, started or made before it is used.

    `database` is a path or an SQLite URL, by default what $TORCHDOJO_DATABASE_URL or $TORCHDOJO_HOME say, else the
    user's data folder. `content` are further content folders beside the shipped one. `niceness` says how much grading
    gives way to other processes, as `nice` does.
    """
    library = deferred(lambda: _library(content, environment))
    return Dojo(
        library=library,
        store=deferred(lambda: _store(environment, database)),
        grader=deferred(lambda: _grader(content, environment, database, niceness) if with_grader else _no_grader()),
        clock=SystemClock(),
    )


def _library(content: Sequence[Path], environment: Mapping[str, str]) -> Library:
    from torchdojo.library import Library as Shelf
    from torchdojo.store.location import data_directory

    # One folder deeper than a challenge's track, as exercises lie in a content root.
    return Shelf(content, drills=data_directory(environment) / "challenges")


def _store(environment: Mapping[str, str], database: str | None) -> Store:
    from torchdojo.store.database import DatabaseStore
    from torchdojo.store.location import database_file

    return DatabaseStore(database_file(environment, database))


def _grader(content: Sequence[Path], environment: Mapping[str, str], database: str | None, niceness: int) -> Grader:
    from torchdojo.grading import Grader as SandboxGrader
    from torchdojo.library import Library as Shelf
    from torchdojo.store.location import data_directory, database_file

    hidden = [*Shelf(content).roots, data_directory(environment), database_file(environment, database).parent]
    return SandboxGrader(hidden=hidden, niceness=niceness)


def _no_grader() -> Grader:
    raise InternalError("This dojo was opened without a grader.", "Open it with one.")
