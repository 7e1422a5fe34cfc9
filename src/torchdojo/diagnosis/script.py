"""Runs a script as Python itself would, recorded from the moment it imports torch. Nothing here imports torch."""

from __future__ import annotations

import builtins
import importlib.machinery
import os
import resource
import sys
import threading
from types import ModuleType
from typing import TYPE_CHECKING, Any

from torchdojo.diagnosis.arrival import when_torch_is_there
from torchdojo.diagnosis.files import OwnFiles
from torchdojo.diagnosis.limits import Limits
from torchdojo.diagnosis.shadows import own_imports
from torchdojo.harness.executing import Stopped, patient_collector, raised_at, show, told

if TYPE_CHECKING:
    from torchdojo.diagnosis.session import Session


class Diagnosed:
    """One script, run once in this process; `dossier` then tells how it ended and what was seen."""

    def __init__(self, script: str, argv: list[str], limits: Limits) -> None:
        self._script = script
        self._path = os.path.abspath(script)
        self._folder = os.path.dirname(os.path.realpath(script))
        self._argv = argv
        self._limits = limits
        self._files = OwnFiles(script)
        self._session: Session | None = None
        self._problems: list[str] = []
        self._torch = ""
        self._end: dict[str, Any] = {"how": "finished"}
        self._process = os.getpid()

    @property
    def forked(self) -> bool:
        """Whether this is a child that the script forked."""
        return os.getpid() != self._process

    def run(self) -> BaseException | None:
        """Run it to its end, whatever that is; what it raised is returned."""
        main = self._become_main()
        raised: BaseException | None = None
        when_torch_is_there(self._begin, coming=self._limits.pause)
        with patient_collector():
            try:
                try:
                    with open(self._path, "rb") as file:
                        code = compile(file.read(), self._path, "exec", dont_inherit=True)
                    self._limits.begin()
                    exec(code, main.__dict__)
                except BaseException as error:
                    raised = error
                self._limits.end()
            except Stopped as late:
                # The script was just over when it was to be stopped.
                self._limits.end()
                raised = raised or late
        if not self.forked:
            self._note_end(raised)
        elif raised is not None and not isinstance(raised, SystemExit):
            show(raised, self._files.__contains__)
        return raised

    def give_up(self) -> None:
        """The script listens to nothing: what was seen so far is all there will be."""
        self._end = {"how": "stopped", "limit": self._limits.reached, "deaf": True}

    def dossier(self) -> dict[str, Any]:
        """What is to be told of the run. Recording ends here."""
        end = self._end
        told_of: dict[str, Any] = {"end": end, "torch": self._torch, "problems": self._problems}
        told_of["children_seconds"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        session, self._session = self._session, None
        if session is None:
            return told_of
        from torchdojo.diagnosis.judging import as_json, counts, observe

        trace = session.end(how=end["how"], error=end.get("error"), message=end.get("message"), line=end.get("line"))
        observations = observe(trace, self._problems)
        if session.recorder.log.problem is not None:
            told_of["gap"] = session.recorder.log.problem
        assert trace.end is not None
        end["seconds"] = trace.end["seconds"]
        return told_of | {
            "compiled": session.compiled,
            "transformed": session.transformed,
            "patched": trace.end["patched"],
            "watched": counts(trace),
            "observations": [as_json(observation) for observation in observations],
        }

    def _become_main(self) -> ModuleType:
        main = ModuleType("__main__")
        main.__file__ = self._path
        main.__loader__ = importlib.machinery.SourceFileLoader("__main__", self._path)
        main.__dict__.update(__builtins__=builtins, __cached__=None, __annotations__={})
        sys.modules["__main__"] = main
        sys.argv = [self._script, *self._argv]
        sys.path.insert(0, self._folder)
        return main

    def _begin(self) -> None:
        """torch has just been imported by the script."""
        if self.forked or threading.current_thread() is not threading.main_thread():
            return
        try:
            with own_imports(self._folder):
                import torch

                from torchdojo.diagnosis import judging  # noqa: F401  while it can still be found
                from torchdojo.diagnosis.session import Session, log_of_files
                from torchdojo.harness.recorder.watchers import watcher_names
                from torchdojo.probes import probes

                probes()
                self._torch = str(torch.__version__)
                session = Session(log_of_files(self._files.name), watcher_names())
                session.begin(self._limits.after_update)
            self._session = session
        except Exception as error:
            self._problems.append(f"the recorder could not begin: {type(error).__name__}: {error}")
        self._limits.begin_anew()

    def _note_end(self, raised: BaseException | None) -> None:
        end = self._end
        if isinstance(raised, Stopped) or (raised is not None and self._limits.reached):
            end.update(how="stopped", limit=self._limits.reached)
            _end_children()
        elif isinstance(raised, SystemExit):
            end.update(how="exit", message=str(raised.code), code=_status(raised.code), **self._where(raised))
        elif isinstance(raised, BaseException):
            end.update(how="exception", error=type(raised).__name__, message=told(raised), **self._where(raised))
            if sys.excepthook is not sys.__excepthook__:
                sys.excepthook(type(raised), raised, raised.__traceback__)
            else:
                show(raised, self._files.__contains__)

    def _where(self, error: BaseException) -> dict[str, Any]:
        found = raised_at(error, self._files.__contains__)
        if "file" in found:
            found["file"] = self._files.name(found["file"])
        return found


def _status(code: Any) -> int:
    """What the process would have ended with."""
    return code if isinstance(code, int) else 0 if code is None else 1


def _end_children() -> None:
    """A script that is stopped does not get to the line where it ends its processes."""
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing is not None:
        for child in multiprocessing.active_children():
            child.terminate()
