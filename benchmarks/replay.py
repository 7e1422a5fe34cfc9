"""How soon a 60-minute interview can be watched again, and how long the jump to another moment takes, in a browser."""

from __future__ import annotations

import base64
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from pycrdt import Doc, Text

from benchmarks.figures import Figure, median, quantile
from torchdojo.app.compose import Dojo, open_dojo
from torchdojo.app.invitations import Invitation, new_room
from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.interview.log import sealed

MINUTES = 60
OPEN_SECONDS = 1.0
SEEK_SECONDS = 0.2

SERVE = """
import sys
from torchdojo.app.compose import open_dojo
from torchdojo.web import serve
with open_dojo(database=sys.argv[1], with_grader=False) as dojo:
    announce = lambda address: print(address, flush=True)
    serve(dojo, host="127.0.0.1", port=0, open_browser=False, announce=announce)
"""

#: From the moment asked for until the text of it is drawn.
SEEK = """async (share) => {
  const scrubber = document.getElementById('scrubber');
  const began = performance.now();
  scrubber.value = share * Number(scrubber.max);
  scrubber.dispatchEvent(new Event('input'));
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  return (performance.now() - began) / 1000;
}"""


def measure(*, quick: bool) -> Iterator[Figure]:
    """The median time to open, and the slowest of many jumps to anywhere."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    opened: list[float] = []
    jumps: list[float] = []
    with tempfile.TemporaryDirectory() as folder, hour(Path(folder)) as (address, edits), sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        draw = random.Random(0)
        for _ in range(3 if quick else 7):
            page = browser.new_context().new_page()
            page.goto(address, wait_until="commit")
            page.locator("#play:enabled").wait_for()
            opened.append(page.evaluate("performance.getEntriesByName('replay-open')[0].startTime") / 1000)
            jumps += [page.evaluate(SEEK, draw.random()) for _ in range(10 if quick else 30)]
            page.close()
        browser.close()
    yield Figure(f"replay of {MINUTES} min ({edits} edits) opens, median", median(opened), OPEN_SECONDS, 1)
    yield Figure(f"replay, jump, median (n={len(jumps)})", median(jumps), SEEK_SECONDS, 1)
    yield Figure("replay, jump, 95th percentile", quantile(jumps, 0.95), SEEK_SECONDS, 1)


@contextmanager
def hour(folder: Path) -> Iterator[tuple[str, int]]:
    """A server with a synthetic interview of an hour: the address of its replay, and how many edits it has."""
    database = str(folder / "dojo.sqlite3")
    with open_dojo(database=database, with_grader=False) as dojo:
        made = new_room(dojo, "spiral-classifier", minutes=MINUTES)
        edits = write(dojo, made)
    server = subprocess.Popen([sys.executable, "-c", SERVE, database], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    address = server.stdout.readline().split("/?")[0]
    try:
        yield f"{address}{made.path(Actor.INTERVIEWER)}/replay", edits
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)


class Log:
    """Events after those that a room has, each `second` seconds after the start."""

    def __init__(self, before: Event) -> None:
        self._before = before
        self._last = before
        self.events: list[Event] = []

    def add(self, second: float, actor: Actor, kind: Happening, **data: object) -> None:
        """Seal one more."""
        at = self._before.at + timedelta(seconds=second)
        self._last = sealed(self._last.seal, Event(self._last.number + 1, at, second, actor, kind, data))
        self.events.append(self._last)


def write(dojo: Dojo, made: Invitation) -> int:
    """Three keystrokes a second, here and there in the text; a run every two minutes, a note every five."""
    draw = random.Random(1)
    last = dojo.store.room_events(made.room)[-1]
    log = Log(last)
    doc: Doc[Text] = Doc()
    doc.apply_update(base64.b64decode(last.data["update"]))
    text = doc.get("code", type=Text)
    # What is observed below counts bytes, which are letters here.
    length, place, updates = len(str(text).encode()), 0, []
    assert str(text).isascii()
    watch = doc.observe(lambda event: updates.append(event.update))
    log.add(0.0, Actor.INTERVIEWER, Happening.STARTED, minutes=MINUTES)
    for third in range(MINUTES * 60 * 3):
        second = third / 3
        if third % 60 == 0:
            place = draw.randrange(length)
        if place and draw.random() < 0.2:
            place, length = place - 1, length - 1
            del text[place : place + 1]
        else:
            text.insert(place, draw.choice("abcdefgh_ ()=\n"))
            place, length = place + 1, length + 1
        log.add(second, Actor.CANDIDATE, Happening.EDIT, update=base64.b64encode(updates.pop()).decode())
        if third % 360 == 359:
            run = third // 360 + 1
            log.add(second, Actor.CANDIDATE, Happening.RUN, run=run, source=str(text))
            for epoch in range(50):
                loss = 1 / (epoch + 1)
                printed = f"epoch {epoch}, loss {loss}\n"
                log.add(second, Actor.SYSTEM, Happening.OUTPUT, run=run, text=printed)
                log.add(second, Actor.SYSTEM, Happening.CURVE, run=run, name="train_loss", x=[epoch], y=[loss])
            log.add(second, Actor.SYSTEM, Happening.OUTPUT, run=run, text="The run ended.", ended=True)
        if third % 900 == 899:
            log.add(second, Actor.INTERVIEWER, Happening.NOTE, text=f"note {third}", tag="")
    doc.unobserve(watch)
    dojo.store.append_events(made.room, log.events)
    return sum(event.kind is Happening.EDIT for event in log.events)
