"""Where the learner's data lies on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torchdojo.domain.errors import BadInput

FILENAME = "torchdojo.sqlite3"
HOME_VARIABLE = "TORCHDOJO_HOME"
URL_VARIABLE = "TORCHDOJO_DATABASE_URL"

_SQLITE = "sqlite:///"


def data_directory(environment: Mapping[str, str]) -> Path:
    """The folder for everything torchdojo keeps: $TORCHDOJO_HOME, else the user's data folder. Not created here."""
    if home := environment.get(HOME_VARIABLE):
        return Path(home).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("torchdojo", appauthor=False)


def database_file(environment: Mapping[str, str], given: str | None = None) -> Path:
    """The database file: `given` (a path or an SQLite URL), else $TORCHDOJO_DATABASE_URL, else in the data folder.

    Raises BadInput for a URL of another kind of database.
    """
    source = "The database" if given else URL_VARIABLE
    text = given or environment.get(URL_VARIABLE)
    if not text:
        return data_directory(environment) / FILENAME
    if text.startswith(_SQLITE) and len(text) > len(_SQLITE):
        return Path(text.removeprefix(_SQLITE)).expanduser().absolute()
    if "://" in text or text.startswith("sqlite:"):
        scheme = text.partition(":")[0]
        raise BadInput(
            f"{source} is a {scheme} address that torchdojo cannot use.",
            f"Write {_SQLITE}PATH, e.g. {_SQLITE}/home/me/torchdojo.sqlite3 (three slashes, then the path).",
        )
    return Path(text).expanduser().absolute()
