"""Notices a script that reaches for the process it runs in: the heap, other frames, raw memory, tracing.

Whatever is recorded in the script's own process can be changed by a script that gets hold of the recorder. It cannot
get hold of it unnoticed: the interpreter reports these accesses to an audit hook *before* they happen, and an audit
hook cannot be taken out again. So the alarm is out of the process before anything could be changed. No honest script
needs any of this; libraries do, and are let through.
"""

from __future__ import annotations

import py_compile
import re
import sys
import threading
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from torchdojo.harness.library_files import library_test

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

#: Code that gets a file name; a name of a library would let it do what libraries may.
_NAMING = frozenset({"compile", "code.__new__"})

_WATCHED = _DIRECT | _NAMING | {"marshal.loads", "object.__getattr__", "object.__setattr__", "open"}

_frame_at = sys._getframe
_this_thread = threading.get_ident


def watch_script(
    alarm: Alarm, *, pass_frames_of: Mapping[str, Any] | None = None, reserved: frozenset[str] = frozenset()
) -> None:
    """From now on, and for the rest of the process, tell `alarm` of each kind of access once.

    Frames with the globals `pass_frames_of` may be had by everybody, at the price of one comparison: the recorder looks
    at its own frame at every event. Code of the script may not take the file names `reserved`, nor those of libraries.
    """
    # What the hook uses lives in its own cells: nobody gets there by way of this module's names, or Python's.
    watched, frame_attributes = _WATCHED, _FRAME_ATTRIBUTES
    frame_at, this_thread, is_library = _frame_at, _this_thread, library_test()
    is_a, text, raw_memory = isinstance, str, _RAW_MEMORY.match
    by_order = ("<frozen importlib", py_compile.__file__)
    direct, naming, frame_givers, ctypes_depth = _DIRECT, _NAMING, _FRAME_GIVERS, range(_CTYPES_DEPTH)
    told: set[str] = set()
    looking: set[int] = set()

    def accessed(event: str, args: tuple[Any, ...], caller: FrameType) -> bool:
        if event in direct:
            return asked_by_script(caller)
        if event == "object.__getattr__":
            return asked_by_script(caller)
        if event == "object.__setattr__":
            return args[1] == "__code__" and not is_library(caller.f_code.co_filename)
        if event == "marshal.loads":
            return named_by_script(caller)
        if event in naming:
            return is_a(args[1], text) and (args[1] in reserved or is_library(args[1])) and named_by_script(caller)
        if event == "open":
            return is_a(args[0], text) and (raw_memory(args[0]) is not None or is_foreign_bytecode(args[0]))
        return event.startswith("ctypes.") and called_from_script(caller)

    def asked_by_script(caller: FrameType) -> bool:
        frame: FrameType | None = caller
        while frame is not None and is_library(frame.f_code.co_filename) and frame.f_code.co_name in frame_givers:
            frame = frame.f_back
        return frame is not None and not is_library(frame.f_code.co_filename)

    def is_foreign_bytecode(path: str) -> bool:
        # Compiled code says itself which file it comes from; scripts leave none behind.
        return path.endswith(".pyc") and not is_library(path)

    def named_by_script(caller: FrameType) -> bool:
        # A module that is imported gets its own name; py_compile and the loaders' methods give any.
        frame: FrameType | None = caller
        while frame is not None and is_library(frame.f_code.co_filename):
            if frame.f_code.co_name == "_find_and_load":
                return False
            frame = frame.f_back if frame.f_code.co_filename.startswith(by_order) else None
        return frame is not None

    def called_from_script(caller: FrameType) -> bool:
        frame: FrameType | None = caller
        for _ in ctypes_depth:
            if frame is None:
                return False
            if not is_library(frame.f_code.co_filename):
                return True
            frame = frame.f_back
        return False

    def line_of(caller: FrameType) -> int:
        frame: FrameType | None = caller
        while frame is not None and is_library(frame.f_code.co_filename):
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
                what = text(args[1]) if event == "object.__getattr__" else event
                if what not in told:
                    told.add(what)
                    alarm(what, line_of(caller))
        finally:
            looking.discard(thread)

    sys.addaudithook(hook)
