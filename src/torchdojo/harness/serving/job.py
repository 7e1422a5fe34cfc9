"""The candidate's job: load the submission as a module, then answer the judge until it says goodbye."""

from __future__ import annotations

import os
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import torch

from torchdojo.harness.serving.agent import Agent
from torchdojo.harness.serving.forbidden import watch_calls
from torchdojo.harness.serving.loading import load_module
from torchdojo.harness.serving.raised import described
from torchdojo.harness.tripwire import watch_script
from torchdojo.wire import Channel, WireError, signature

#: How long the job waits for the judge's next word; the sandbox's clock is the real limit.
PATIENCE_SECONDS = 3600.0


class Context(Protocol):
    """What the sandbox hands to a job."""

    request: dict[str, Any]
    channel: Any
    workdir: Path


def run(context: Context) -> int:
    """Serve the submission in the job's folder. `request`: "filename", "forbid" (names), "support" (text or null)."""
    channel = Channel(context.channel)
    channel.send({"type": "hello"})
    go = channel.receive(time.monotonic() + PATIENCE_SECONDS)
    key, numbers = str(go.header["key"]), count()

    def send(header: Any, tensors: Any = None) -> None:
        try:
            channel.send({**header, "signature": signature(key, next(numbers))}, tensors)
        except WireError as error:
            if not isinstance(error, WireError) or "too large" not in str(error):
                os._exit(0)  # Nobody listens any more.
            raise

    path = context.workdir / str(context.request["filename"])
    agent = Agent(send, lambda: channel.receive(time.monotonic() + PATIENCE_SECONDS), str(path))
    support = context.request.get("support")
    if support is not None:
        (context.workdir / "support.py").write_text(support, encoding="utf-8")
    hits = watch_calls([str(name) for name in context.request.get("forbid", ())], str(path))
    agent.forbidden = hits
    watch_script(lambda what, line: send({"type": "tampered", "what": what, "line": line}))
    try:
        module = load_module(path, path.stem)
        helper = None if support is None else load_module(context.workdir / "support.py", "support")
    except BaseException as error:
        send({"type": "raised", "error": described(error, str(path)), "forbidden": hits.taken()})
    else:
        agent.publish(module, torch, helper)
        send({"type": "loaded", "names": sorted(vars(module)), "forbidden": hits.taken()})
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
