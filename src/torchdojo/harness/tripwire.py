"""Notices a script that reaches for the process it runs in: the heap, other frames, raw memory, tracing.

Whatever is recorded in the script's own process can be changed by a script that gets hold of the recorder. It cannot
get hold of it unnoticed: the interpreter reports these accesses to an audit hook *before* they happen, and an audit
hook cannot be taken out again. So the alarm is out of the process before anything could be changed. No honest script
needs any of this; libraries do, and are let through.
"""

from __future__ import annotations

import re
import sys
import sysconfig
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

#: Told what was done and on which line of the script (0 when unknown). Must get it out of the process at once.
Alarm = Callable[[str, int], None]

_HEAP = frozenset({"gc.get_objects", "gc.get_referrers", "gc.get_referents"})
_FRAMES = frozenset({"sys._getframe", "sys._current_frames", "sys._current_exceptions"})
_TRACING = frozenset({"sys.settrace", "sys.setprofile", "sys.addaudithook"})
_DIRECT = _HEAP | _FRAMES | _TRACING

#: Attributes that lead from an exception or a generator to frames.
_FRAME_ATTRIBUTES = frozenset({"tb_frame", "gi_frame", "cr_frame", "ag_frame"})

#: Library functions that hand frames to whoever calls them.
_FRAME_GIVERS = frozenset(
    {"currentframe", "stack", "getouterframes", "getinnerframes", "trace", "walk_stack", "walk_tb"}
)

_RAW_MEMORY = re.compile(r"/proc/(self|thread-self|\d+)/(task/\d+/)?(mem|fd/.*)$")

#: How far a call into ctypes may be from the script that made it.
_CTYPES_DEPTH = 3

_LIBRARY_FOLDERS = (
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    str(Path(__file__).parents[1]),
)

#: As spelt and as resolved: inside the sandbox a path may no longer resolve to what it did when this was imported.
_LIBRARY_ROOTS = (*_LIBRARY_FOLDERS, *(str(Path(folder).resolve()) for folder in _LIBRARY_FOLDERS))

_WATCHED = _DIRECT | {"object.__getattr__", "object.__setattr__", "open"}

_frame_at = sys._getframe
_this_thread = threading.get_ident


def watch_script(alarm: Alarm, *, pass_frames_of: Mapping[str, Any] | None = None) -> None:
    """From now on, and for the rest of the process, tell `alarm` of each kind of access once.

    Frames with the globals `pass_frames_of` may be had by everybody, at the price of one comparison: the recorder looks
    at its own frame at every event.
    """
    # What the hook uses lives in its own cells: nobody gets there by way of this module's names.
    watched, frame_attributes = _WATCHED, _FRAME_ATTRIBUTES
    frame_at, this_thread = _frame_at, _this_thread
    told: set[str] = set()
    looking: set[int] = set()
    library: dict[str, bool] = {}

    def is_library(frame: FrameType) -> bool:
        file = frame.f_code.co_filename
        known = library.get(file)
        if known is None:
            known = library[file] = file.startswith(("<frozen ", "<__array_function__")) or (
                file.startswith("/")
                and (file.startswith(_LIBRARY_ROOTS) or str(Path(file).resolve()).startswith(_LIBRARY_ROOTS))
            )
        return known

    def accessed(event: str, args: tuple[Any, ...], caller: FrameType) -> bool:
        if event in _DIRECT:
            return asked_by_script(caller)
        if event == "object.__getattr__":
            return asked_by_script(caller)
        if event == "object.__setattr__":
            return args[1] == "__code__" and not is_library(caller)
        if event == "open":
            return isinstance(args[0], str) and _RAW_MEMORY.match(args[0]) is not None
        return event.startswith("ctypes.") and called_from_script(caller)

    def asked_by_script(caller: FrameType) -> bool:
        frame: FrameType | None = caller
        while frame is not None and is_library(frame) and frame.f_code.co_name in _FRAME_GIVERS:
            frame = frame.f_back
        return frame is not None and not is_library(frame)

    def called_from_script(caller: FrameType) -> bool:
        frame: FrameType | None = caller
        for _ in range(_CTYPES_DEPTH):
            if frame is None:
                return False
            if not is_library(frame):
                return True
            frame = frame.f_back
        return False

    def line_of(caller: FrameType) -> int:
        frame: FrameType | None = caller
        while frame is not None and is_library(frame):
            frame = frame.f_back
        return 0 if frame is None else frame.f_lineno

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event not in watched and not event.startswith("ctypes."):
            return
        if event == "object.__getattr__":
            if args[1] not in frame_attributes:
                return
        elif event == "sys._getframe" and args[0].f_globals is pass_frames_of:
            return
        thread = this_thread()
        if thread in looking:
            return  # Looking at frames is itself an event.
        looking.add(thread)
        try:
            caller = frame_at(1)
            if accessed(event, args, caller):
                what = str(args[1]) if event == "object.__getattr__" else event
                if what not in told:
                    told.add(what)
                    alarm(what, line_of(caller))
        finally:
            looking.discard(thread)

    sys.addaudithook(hook)
