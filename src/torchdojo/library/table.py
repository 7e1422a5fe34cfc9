"""A strict reader for TOML tables: every mistake is named with its file, its key and what to write instead."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torchdojo.domain.errors import BadContent

#: What a freshly scaffolded file holds wherever the author has to write something.
PLACEHOLDER = "FILL IN"

_NAMES = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


def read_toml(file: Path) -> Table:
    """The file's top-level table. Raises BadContent when it is missing, not UTF-8 or not TOML."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadContent(f"{file} is missing.", "`torchdojo author new` writes one to start from.") from None
    except UnicodeDecodeError as error:
        raise BadContent(f"{file} is not UTF-8 text ({error}).", "Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise BadContent(f"{file} is not valid TOML: {error}.", "Mend the place named above.") from error
    return Table(data, file)


class Table:
    """One TOML table being read. Every key asked for is ticked off; `finish` refuses the keys nobody asked for."""

    def __init__(self, data: Mapping[str, Any], file: Path, path: str = "") -> None:
        self.file = file
        self._data = data
        self._path = path
        self._asked: set[str] = set()

    def text(self, key: str, default: str | None = None, *, example: str = "...", lines: bool = False) -> str:
        """A string that says something; on one line unless `lines`."""
        value = self._value(key, str, default, f'{key} = "{example}"')
        assert isinstance(value, str)
        if value is not default or key in self._data:
            self._refuse_empty_text(key, value, f'{key} = "{example}"')
            if not lines and "\n" in value.strip():
                raise self.fault(f"`{key}` has several lines", "Write it on one line.")
        return value.strip()

    def raw(self, key: str, default: str | None = None) -> str:
        """A piece of program text, spaces and line ends kept."""
        value = self._value(key, str, default, f"{key} = '''...'''")
        assert isinstance(value, str)
        if default is None:
            self._refuse_empty_text(key, value, f"{key} = '''...'''")
        return value

    def one_of(self, key: str, choices: Sequence[str]) -> str:
        """A string out of a fixed set."""
        value = self.text(key, example=choices[0])
        if value not in choices:
            raise self.fault(f"`{key}` is {value!r}", f"Write one of: {', '.join(choices)}.")
        return value

    def whole(self, key: str, default: int | None = None, *, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self._value(key, int, default, f"{key} = {low}")
        assert isinstance(value, int)
        if not low <= value <= high:
            raise self.fault(f"`{key}` is {value}", f"Write a whole number from {low} to {high}.")
        return value

    def number(self, key: str, default: float | None = None, *, above: float | None = None) -> float:
        """A finite number, greater than `above` where that is given."""
        value = float(self._value(key, float, default, f"{key} = 1.0"))
        if value != value or value in (float("inf"), float("-inf")) or (above is not None and value <= above):
            raise self.fault(
                f"`{key}` is {value}", f"Write a finite number{'' if above is None else f' above {above}'}."
            )
        return value

    def flag(self, key: str) -> bool:
        """true or false; false when absent."""
        value = self._value(key, bool, False, f"{key} = true")
        assert isinstance(value, bool)
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of non-empty strings; empty when absent and not required."""
        example = f'{key} = ["..."]'
        values = self._value(key, list, None if required else [], example)
        for value in values:
            if not isinstance(value, str):
                raise self.fault(f"`{key}` holds {value!r}, which is no string", f"Write {example}.")
            self._refuse_empty_text(key, value, example)
        if required and not values:
            raise self.fault(f"`{key}` is empty", f"Write {example}.")
        return tuple(value.strip() for value in values)

    def table(self, key: str, *, required: bool = False) -> Table:
        """A sub-table; an empty one when absent and not required."""
        example = f"a table [{self._inside(key)}]"
        return Table(self._value(key, dict, None if required else {}, example), self.file, self._inside(key))

    def tables(self, key: str, name_key: str = "") -> list[Table]:
        """An array of tables. `name_key` is the key whose value names an entry in messages."""
        values = self._value(key, list, [], f"[[{self._inside(key)}]]")
        tables = []
        for number, value in enumerate(values, start=1):
            if not isinstance(value, dict):
                raise self.fault(f"`{key}` is no array of tables", f"Write [[{self._inside(key)}]] above each entry.")
            tables.append(Table(value, self.file, f"{self._inside(key)} {value.get(name_key) or number}"))
        return tables

    def numbers(self) -> dict[str, float]:
        """This whole table as numbers by name."""
        return {key: self.number(key) for key in self._data}

    def lists(self) -> dict[str, tuple[str, ...]]:
        """This whole table as lists of strings by name."""
        return {key: self.texts(key, required=True) for key in self._data}

    def has(self, key: str) -> bool:
        """Whether the key is written."""
        return key in self._data

    def finish(self) -> None:
        """Refuse every key that no reader asked for."""
        for key in self._data:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, n=1)
                cure = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(sorted(self._asked))}."
                raise self.fault(f"`{key}` is no known key", cure)

    def fault(self, what: str, cure: str) -> BadContent:
        """The error for something wrong in this table."""
        return BadContent(f"{self.file}: {f'[{self._path}] ' if self._path else ''}{what}.", cure)

    def _inside(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _value(self, key: str, wanted: type, default: Any, example: str) -> Any:
        self._asked.add(key)
        value = self._data.get(key, default)
        if value is None:
            raise self.fault(f"`{key}` is missing", f"Write {example}.")
        fits = isinstance(value, (int, float) if wanted is float else wanted)
        if not fits or (isinstance(value, bool) and wanted is not bool):
            found = next((name for kind, name in _NAMES.items() if type(value) is kind), type(value).__name__)
            raise self.fault(f"`{key}` is {found}, not {_NAMES[wanted]}", f"Write {example}.")
        return value

    def _refuse_empty_text(self, key: str, value: str, example: str) -> None:
        if not value.strip():
            raise self.fault(f"`{key}` is empty", f"Write {example}.")
        if value.strip().startswith(PLACEHOLDER):
            raise self.fault(f"`{key}` still reads {value.strip()!r}", "Replace it with what it asks for.")
