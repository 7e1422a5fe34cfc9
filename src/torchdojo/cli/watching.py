"""The watch loop: save, see the verdict; keys for everything else."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from torchdojo.app import practice
from torchdojo.app.catalogue import list_exercises
from torchdojo.app.compose import Dojo
from torchdojo.app.guidance import hints, open_hint
from torchdojo.app.overview import following_exercise
from torchdojo.app.workspace import start_exercise
from torchdojo.cli.keys import Keys
from torchdojo.cli.printing import console, print_board, print_curve, print_report
from torchdojo.cli.progress import RunDisplay
from torchdojo.domain.errors import Cancelled, DojoError
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.report import CheckOutcome, Report, Verdict

LEGEND = "[bold]n[/] next  [bold]h[/] hint  [bold]e[/] all evidence  [bold]r[/] reset  [bold]l[/] list  [bold]q[/] quit"

#: How long the loop waits for a key before it looks for saves and results.
TICK_SECONDS = 0.1


@dataclass
class Grading:
    """One run in the background. Its result arrives on the queue, unless it was cancelled."""

    display: RunDisplay
    cancel: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


class Watch:
    """One watch session in one terminal."""

    def __init__(self, dojo: Dojo, exercise: Exercise, directory: Path) -> None:
        self._dojo = dojo
        self._directory = directory
        self._out = console()
        self._results: queue.Queue[tuple[Grading, Callable[[], None]]] = queue.Queue()
        self._grading: Grading | None = None
        self._last: Report | None = None
        self._changed = ""
        self._stamp: tuple[int, int] | None = None
        self._open(exercise)

    def run(self) -> None:
        """Until q or Ctrl-C. The terminal is restored and a running grading stopped."""
        with Keys() as keys:
            try:
                while self._tick(keys):
                    pass
            except KeyboardInterrupt:
                pass
            finally:
                self._stop()
        self._out.print("Your file is where it was:", str(self._path), style="dim")

    def _open(self, exercise: Exercise) -> None:
        self._stop()
        self._exercise = exercise
        self._last = None
        workspace = start_exercise(self._dojo, exercise.id, self._directory)
        self._path = workspace.path
        self._stamp = None
        if workspace.created:
            self._stamp = self._stamped()
            self._draw(f"Wrote {self._path}. Open it in your editor; every save is judged.")

    def _tick(self, keys: Keys) -> bool:
        stamp = self._stamped()
        if stamp != self._stamp and stamp is not None:
            self._stamp = stamp
            self._start()
        while not self._results.empty():
            grading, show = self._results.get()
            if grading is self._grading:
                grading.display.__exit__(None, None, None)
                self._grading = None
                show()
        match keys.pressed(TICK_SECONDS):
            case "q":
                return False
            case "n":
                self._next()
            case "h":
                self._hint()
            case "e":
                self._evidence()
            case "r":
                self._reset(keys)
            case "l":
                self._list()
        return True

    def _stamped(self) -> tuple[int, int] | None:
        try:
            seen = os.stat(self._path)
        except OSError:
            return None  # Editors that write a new file and rename it leave a gap.
        return seen.st_mtime_ns, seen.st_ino

    def _start(self) -> None:
        self._stop()
        self._screen()
        grading = Grading(RunDisplay(self._out, show_output=False))
        grading.display.__enter__()
        self._grading = grading
        grading.thread = threading.Thread(target=self._grade, args=(grading,), daemon=True)
        grading.thread.start()

    def _grade(self, grading: Grading) -> None:
        try:
            source = practice.read_submission(self._path)
            attempt = practice.grade(
                self._dojo,
                self._exercise.id,
                source,
                origin="watch",
                on_event=grading.display.take,
                cancel=grading.cancel,
            )
            report = attempt.report
            self._results.put((grading, lambda: self._show(report)))
        except Cancelled:
            pass
        except DojoError as error:
            told = str(error)
            self._results.put((grading, lambda: self._tell(told)))

    def _stop(self) -> None:
        grading, self._grading = self._grading, None
        if grading is not None:
            grading.cancel.set()
            grading.display.__exit__(None, None, None)
            if grading.thread is not None:
                grading.thread.join(timeout=10)

    def _screen(self) -> None:
        self._out.clear()
        self._out.rule(f"[bold]{self._exercise.title}[/]  {self._path}", align="left")

    def _draw(self, *told: str, style: str = "") -> None:
        """The screen as it stands: the last verdict, then what there is to say, then the keys."""
        self._screen()
        if self._last is not None:
            if self._out.size.height > 30:
                print_curve(self._last, self._out)
            print_board(self._last, self._titles(), self._out, path=self._shown_path())
            if self._changed:
                self._out.print(self._changed, style="bold", markup=False)
        for text in told:
            self._out.print(text, style=style, markup=False)
        self._out.rule(LEGEND, align="left")

    def _titles(self) -> dict[str, str]:
        return {bug.id: bug.title for bug in self._exercise.bugs}

    def _shown_path(self) -> str:
        try:
            return str(self._path.resolve().relative_to(Path.cwd()))
        except ValueError:
            return str(self._path)

    def _tell(self, text: str) -> None:
        self._draw(text, style="red")

    def _show(self, report: Report) -> None:
        before, self._last = self._last, report
        self._changed = "" if before is None else changes(before, report, self._titles())
        if report.verdict is Verdict.PASSED:
            told = f"Passed. Press n for the next exercise; 'torchdojo solution {self._exercise.id}' has the debrief."
            self._draw(told, style="green")
        else:
            self._draw()

    def _evidence(self) -> None:
        if self._last is None:
            self._draw("Nothing was judged yet; save the file.")
            return
        self._screen()
        print_report(self._last, self._titles(), self._out, path=self._shown_path())
        self._out.rule(LEGEND, align="left")

    def _next(self) -> None:
        following = following_exercise(self._dojo, self._exercise.id)
        if following is None:
            self._draw("There is no other exercise left to do. Well done.", style="green")
        else:
            self._open(following)

    def _hint(self) -> None:
        state = hints(self._dojo, self._exercise.id)
        if len(state.opened) < state.total:
            state = open_hint(self._dojo, self._exercise.id)
        number = len(state.opened)
        self._draw(f"Hint {number} of {state.total}: {state.opened[-1]}")

    def _reset(self, keys: Keys) -> None:
        self._draw("Start over? Your file is kept as a backup. y/n", style="yellow")
        while not (answer := keys.pressed(60.0)):
            pass
        if answer != "y":
            self._draw("Left as it is.")
            return
        self._stop()
        workspace = start_exercise(self._dojo, self._exercise.id, self._directory, reset=True)
        self._stamp = self._stamped()
        self._last = None
        self._draw(f"Back to the starter. What you had is in {workspace.backup}.")

    def _list(self) -> None:
        rows = []
        for row in list_exercises(self._dojo):
            sign = "✓" if row.progress.passed else "·"
            here = "  <- here" if row.exercise.id == self._exercise.id else ""
            rows.append(f" {sign} {row.exercise.id}  {row.exercise.title}{here}")
        self._draw(*rows)


def changes(before: Report, now: Report, titles: Mapping[str, str]) -> str:
    """What this save changed, in one line; "" when no bug or check changed its state."""
    was = {bug.id: bug.fixed for bug in before.bugs}
    gained = [titles.get(b.id, b.id) for b in now.bugs if b.fixed and not was.get(b.id, False)]
    lost = [titles.get(b.id, b.id) for b in now.bugs if not b.fixed and was.get(b.id, False)]
    words = ("new since the last save: fixed ", "came back: ")
    if now.kind == Kind.IMPLEMENT:
        passed = {check.name for check in before.checks if check.outcome is CheckOutcome.PASSED}
        gained = [c.spoken for c in now.checks if c.outcome is CheckOutcome.PASSED and c.name not in passed]
        lost = [c.spoken for c in now.checks if c.failed and c.name in passed]
        words = ("new since the last save: ", "passed before, fails now: ")
    told = [word + _few(names) for word, names in zip(words, (gained, lost), strict=True) if names]
    return "; ".join(told)


def _few(names: list[str]) -> str:
    """At most two of them, so that a line or two is enough."""
    rest = len(names) - 2
    return ", ".join(names[:2]) + (f" and {rest} more" if rest > 0 else "")
