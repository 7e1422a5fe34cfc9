"""The candidate's job: load the submission as a module, then answer the judge until it says goodbye."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import torch

from torchdojo.harness.serving.agent import Agent
from torchdojo.harness.serving.forbidden import Asking, watch_calls
from torchdojo.harness.serving.helpers import sealed
from torchdojo.harness.serving.line import Alarm, open_line
from torchdojo.harness.serving.loading import load_module
from torchdojo.harness.serving.raised import described
from torchdojo.harness.tripwire import watch_script
from torchdojo.wire import Channel, WireError

#: How long the job waits for the judge's next word; the sandbox's clock is the real limit.
PATIENCE_SECONDS = 3600.0

#: The file name of the checks' helpers: none that could be written or imported.
HELPERS = "<support>"


class Context(Protocol):
    """What the sandbox hands to a job."""

    request: dict[str, Any]
    channel: Any
    workdir: Path


def run(context: Context) -> int:
    """Serve the submission in the job's folder. `request`: "filename", "forbid" (names), "support" (text or null)."""
    channel = Channel(context.channel)
    channel.send({"type": "hello"})
    go = channel.receive(time.monotonic() + PATIENCE_SECONDS).header
    _stay_on(go.get("core"))
    send, alarm = open_line(context.channel, str(go["key"]))
    path = context.workdir / str(context.request["filename"])
    support = context.request.get("support")
    asking = Asking()
    agent = Agent(send, lambda: channel.receive(time.monotonic() + PATIENCE_SECONDS), str(path), asking)
    agent.handed = watch_calls(
        [str(name) for name in context.request.get("forbid", ())],
        lambda name, line: alarm("forbidden", name, line),
        asking,
        HELPERS,
        frozenset({Agent.answer.__code__, Agent.ask_judge.__code__}),
    )
    watch_script(lambda what, line: alarm("tampered", what, line), reserved=frozenset({HELPERS}))
    try:
        # The submission finds the helpers neither as a file nor, while it is loaded, as a module.
        helper = None if support is None else load_module(str(support), HELPERS, "support")
        look = None if helper is None else _looking(sealed(helper), alarm)
        sys.modules.pop("support", None)
        module = load_module(path.read_text(encoding="utf-8"), str(path), path.stem)
        if helper is not None and look is not None:
            sys.modules["support"], agent.look = helper, look
    except BaseException as error:
        send({"type": "raised", "error": described(error, str(path))})
    else:
        agent.publish(module, torch, helper)
        send({"type": "loaded", "names": sorted(name for name in vars(module) if type(name) is str)})
        try:
            agent.serve()
        except WireError:
            pass
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # The submission closed or replaced it.
    # No exit handler of the submission runs, no thread of it is waited for.
    os._exit(0)


def _stay_on(core: int | None) -> None:
    if core is not None:
        with suppress(OSError):  # It may be taken away from us at any time.
            os.sched_setaffinity(0, {core})


def _looking(replaced: Callable[[], str], alarm: Alarm) -> Callable[[], None]:
    def look() -> None:
        if name := replaced():
            alarm("tampered", f"the helper {name}", 0)

    return look
