"""What SQLite refuses, in words: which file, what is wrong with it, what to do."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from torchdojo.domain.errors import StoreError
from torchdojo.store.location import HOME_VARIABLE

#: Only the low byte tells the kind of failure; the rest narrows it down.
_PRIMARY = 0xFF


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """Turn every refusal of SQLite or the file system inside the block into a StoreError about `file`."""
    try:
        yield
    except DBAPIError as error:
        raise _store_error(file, error.orig) from error
    except sqlite3.Error as error:
        raise _store_error(file, error) from error
    except OSError as error:
        raise unusable_folder(file, error) from error


def unusable_folder(file: Path, error: OSError) -> StoreError:
    """The error for a data folder that cannot be made or written."""
    return StoreError(
        f"The data folder {file.parent} cannot be used: {error.strerror or error}.",
        f"Give yourself the right to write there, or choose another folder: export {HOME_VARIABLE}=PATH",
    )


def damaged(file: Path, detail: str) -> StoreError:
    """The error for a file whose content is not (or no longer) a sound database."""
    return StoreError(
        f"The database {file} is damaged or is no database ({detail}). It was left as it is.",
        f"Move it aside to start afresh (mv '{file}' '{file}.damaged'); "
        f"sqlite3 '{file}' .recover prints what can still be read.",
    )


def _store_error(file: Path, error: BaseException | None) -> StoreError:
    code = getattr(error, "sqlite_errorcode", None)
    kind = code & _PRIMARY if isinstance(code, int) else None
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(
            f"The database {file} is locked by another program.",
            "Close what is using it (a database viewer, a backup, another torchdojo) and try again; nothing was lost.",
        )
    if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(file, str(error))
    if kind == sqlite3.SQLITE_FULL or (kind == sqlite3.SQLITE_IOERR and _disk_is_full(file)):
        return StoreError(
            f"There is no space left for the database {file}. What was kept before is safe.",
            "Free some space on that disk, then try again.",
        )
    if kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return StoreError(
            f"The database {file} may be read but not written.",
            f"Give yourself the right to write the file and its folder, or choose another folder: "
            f"export {HOME_VARIABLE}=PATH",
        )
    if kind == sqlite3.SQLITE_CANTOPEN:
        return StoreError(
            f"The database {file} cannot be opened: {_why_not(file)}.",
            f"Mend that, or choose another folder: export {HOME_VARIABLE}=PATH",
        )
    return StoreError(
        f"The database {file} failed: {error}.", "Run `torchdojo doctor`; it checks the file. Nothing was removed."
    )


def _disk_is_full(file: Path) -> bool:
    disk = os.statvfs(file.parent)
    return disk.f_bavail * disk.f_frsize < 1 << 20


def _why_not(file: Path) -> str:
    if file.is_dir():
        return "it is a folder"
    if file.exists() and not os.access(file, os.R_OK | os.W_OK):
        return "you may not read and write it"
    if not os.access(file.parent, os.W_OK | os.X_OK):
        return f"you may not write in {file.parent}"
    return "the system refuses it"
