"""`torchdojo.recording()`: the same diagnosis for a part of a program, and for a notebook."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import FrameType, TracebackType
from typing import Any

import torch  # noqa: F401  first: inside `torchdojo diagnose` its import is what the rest of this room waits for

from torchdojo.diagnosis.files import OwnFiles
from torchdojo.diagnosis.judging import distinct, observe
from torchdojo.diagnosis.session import Session, log_of_files
from torchdojo.domain.finding import Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.harness.executing import told
from torchdojo.harness.recorder.watchers import watcher_names

_recording_now: list[Recording] = []


class Recording:
    """Records the training inside a `with` block; afterwards `findings` says what is wrong with it."""

    def __init__(self, named: Callable[[str], str | None]) -> None:
        self._named = named
        self._session: Session | None = None
        self._observations: tuple[Observation, ...] | None = None
        self._trace: Trace | None = None
        #: Faults of ours: what they concern may be missing in the findings.
        self.problems: list[str] = []

    def __enter__(self) -> Recording:
        if self._session is not None or self._trace is not None:
            raise RuntimeError("this recording was used already: call torchdojo.recording() again for another")
        if _recording_now:
            raise RuntimeError("something is being recorded already: recordings cannot lie inside each other")
        session = Session(log_of_files(self._named), watcher_names())
        try:
            session.begin()
        except BaseException:
            session.leave()
            raise
        self._session = session
        _recording_now.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        _recording_now.remove(self)
        how: dict[str, Any] = {}
        if error is not None:
            how = {"how": "exception", "error": type(error).__name__, "message": told(error)}
        self._trace = session.end(**how)
        if session.recorder.log.problem is not None:
            self.problems.append(f"an event was not recorded: {session.recorder.log.problem}")

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What each probe watched, with numbers, and what it found."""
        if self._trace is None:
            raise RuntimeError("nothing can be said before the 'with' block has ended")
        if self._observations is None:
            self._observations = tuple(observe(self._trace, self.problems))
        return self._observations

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong, bugs first. Each has kind, severity, certainty, message and where."""
        order = list(Severity)
        found = distinct(finding for observation in self.observations for finding in observation.findings)
        return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))

    @property
    def not_applicable(self) -> tuple[str, ...]:
        """The kinds of bugs for which nothing happened that could have shown them."""
        return tuple(o.kind for o in self.observations if not o.applicable and not o.findings)

    def __repr__(self) -> str:
        if self._trace is None:
            return "<torchdojo recording, still open>" if self._session is not None else "<torchdojo recording, unused>"
        lines = []
        for finding in self.findings:
            lines.append(f"{finding.severity} ({finding.certainty}): {finding.kind}  {finding.where}".rstrip())
            lines.append(f"    {finding.message}")
            lines.append(f"    torchdojo explain {finding.kind}")
        applied = len(self.observations) - len(self.not_applicable)
        if not lines:
            lines.append(f"None of the {applied} probes that applied found anything.")
        lines.append(f"Watched: {len(self._trace.steps):,} updates. Not seen, so nothing is said of: ")
        lines[-1] += (", ".join(self.not_applicable) or "nothing") + "."
        return "\n".join(lines)


def recording(caller: FrameType) -> Recording:
    """A recording whose places are lines of the caller's program, or of the cells of its notebook."""
    file = caller.f_globals.get("__file__")
    cells = _cells()
    own = OwnFiles(file if isinstance(file, str) else "a notebook in this folder")
    return Recording(lambda filename: cells(filename) or own.name(filename))


def _cells() -> Callable[[str], str | None]:
    """Gives the cell of a notebook or an IPython session that a file name of the interpreter's stands for."""
    shell = _shell()
    if shell is None:
        return lambda filename: None

    def cell(filename: str) -> str | None:
        names: Mapping[str, Any] = getattr(shell.compile, "_filename_map", {})
        return f"In[{names[filename]}]" if filename in names else None

    return cell


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()
