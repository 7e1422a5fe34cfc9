"""What is ignored in a project and why: `torchdojo.toml`, or `[tool.torchdojo.diagnose]` in `pyproject.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torchdojo.domain.errors import BadInput

_KEYS = ("ignore", "only", "seconds", "steps")
_EXAMPLE = (
    "Write it like this:\n"
    '[[{table}.ignore]]\nkind = "unshuffled-training"\nreason = "a time series: its order is the point"'
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project says. `ignored` gives the reason for each kind; `file` is where it stands, "" nowhere."""

    file: str = ""
    ignored: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    steps: int | None = None
    seconds: float | None = None


def project_settings(script: Path) -> Settings:
    """The settings nearest to the script, from its folder upwards. Raises BadInput for what cannot be meant."""
    for folder in script.resolve().parents:
        for name, tables in (("torchdojo.toml", ("diagnose",)), ("pyproject.toml", ("tool", "torchdojo", "diagnose"))):
            file = folder / name
            if file.is_file() and (said := _table(file, tables)) is not None:
                return _read(file, ".".join(tables), said)
    return Settings()


def _table(file: Path, tables: tuple[str, ...]) -> Any:
    try:
        found: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        if file.name == "pyproject.toml":
            return None  # Others will complain of it.
        raise BadInput(f"{file} cannot be read: {error}.") from error
    for table in tables:
        found = found.get(table) if isinstance(found, dict) else None
    return found


def _read(file: Path, table: str, said: Any) -> Settings:
    if not isinstance(said, dict):
        raise BadInput(f"{file}: {table} has to be a table.", _EXAMPLE.format(table=table))
    if unknown := sorted(set(said) - set(_KEYS)):
        raise BadInput(f"{file}: [{table}] has no key {unknown[0]!r}.", f"It may have: {', '.join(_KEYS)}.")
    return Settings(
        file=str(file),
        ignored=_ignored(file, table, said.get("ignore", [])),
        only=_only(file, table, said.get("only", [])),
        steps=_number(file, table, said, "steps", int),
        seconds=_number(file, table, said, "seconds", (int, float)),
    )


def _ignored(file: Path, table: str, entries: Any) -> dict[str, str]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadInput(f"{file}: every kind to ignore needs a reason.", _EXAMPLE.format(table=table))
    found: dict[str, str] = {}
    for entry in entries:
        if unknown := sorted(set(entry) - {"kind", "reason"}):
            raise BadInput(f"{file}: [[{table}.ignore]] has no key {unknown[0]!r}.", "It has kind and reason.")
        kind, reason = entry.get("kind"), entry.get("reason")
        if not isinstance(kind, str) or not kind:
            raise BadInput(f"{file}: an entry of [[{table}.ignore]] names no kind.", _EXAMPLE.format(table=table))
        if not isinstance(reason, str) or not reason.strip():
            raise BadInput(f"{file}: {kind} is to be ignored without a reason.", _EXAMPLE.format(table=table))
        found[kind] = reason.strip()
    return found


def _only(file: Path, table: str, kinds: Any) -> tuple[str, ...]:
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise BadInput(f"{file}: only in [{table}] has to be a list of kinds.", 'Like only = ["missing-zero-grad"].')
    return tuple(kinds)


def _number(file: Path, table: str, said: Mapping[str, Any], key: str, types: Any) -> Any:
    value = said.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, types) or value < 0):
        raise BadInput(f"{file}: {key} in [{table}] is {value!r}.", "It has to be a number, 0 for no limit.")
    return value
