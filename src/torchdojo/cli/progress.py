"""A run while it goes on: what the script prints, and a bar with the latest loss."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


class RunDisplay:
    """Takes a grading's events and shows them. Safe to call from another thread."""

    def __init__(self, out: Console, *, silent: bool = False, show_output: bool = True) -> None:
        self._out = out
        self._silent = silent
        self._show_output = show_output
        self._lock = threading.Lock()
        self._rest = ""
        self._progress: Any = None
        self._task: Any = None

    def __enter__(self) -> RunDisplay:
        if not self._silent and self._out.is_terminal:
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

            self._progress = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[loss]}"),
                console=self._out,
                transient=True,
            )
            self._progress.start()
            self._task = self._progress.add_task("starting", total=None, loss="")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._progress is not None:
            self._progress.stop()
        if self._rest:
            self._line(self._rest)

    def take(self, event: Mapping[str, Any]) -> None:
        """Show one event."""
        if self._silent:
            return
        with self._lock:
            match event.get("type"):
                case "output" if self._show_output:
                    self._text(str(event["text"]))
                case "stage":
                    self._update(description=str(event["text"]))
                case "progress":
                    self._update(completed=event["done"], total=event["of"])
                    if "check" in event:
                        self._update(description=f"{event['done']} of {event['of']} checks")
                case "curve" if event["name"] == "train_loss":
                    self._update(loss=f"loss {event['y']:.4f}")

    def _text(self, text: str) -> None:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._line(line)

    def _line(self, line: str) -> None:
        self._out.print(line.rsplit("\r", 1)[-1], markup=False, soft_wrap=True)

    def _update(self, **fields: Any) -> None:
        if self._progress is not None:
            self._progress.update(self._task, **fields)
