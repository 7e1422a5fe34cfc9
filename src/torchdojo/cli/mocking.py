"""A mock interview in the terminal: prompts by the clock, one's own answer first, then what was expected."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from torchdojo.app import rehearsing
from torchdojo.app.candidate_tasks import candidate_task
from torchdojo.app.interview_runs import ask_run, carry_out
from torchdojo.app.interviewing import LiveRoom, Step
from torchdojo.app.rehearsal_file import WorkFile, work_file
from torchdojo.app.room_looks import ask_look, exhibits_of, look_up, open_look
from torchdojo.cli.asking import END, ENTER, Replies
from torchdojo.cli.exhibits import print_exhibit
from torchdojo.cli.mock_result import print_result
from torchdojo.cli.printing import console, print_markdown
from torchdojo.domain.errors import BadInput, DojoError
from torchdojo.domain.interview import Actor, Criterion, Happening, Probing, Signal, Stage
from torchdojo.domain.looks import Look
from torchdojo.interview.alone import Flow

if TYPE_CHECKING:
    from rich.console import Console

#: How often saves and the clock are looked at while no key is pressed.
TICK_SECONDS = 0.25

_RATINGS = {"w": Signal.WEAK, "m": Signal.MEDIUM, "s": Signal.STRONG}


class _Left(Exception):
    """The candidate has gone, or the input has ended."""


class Mock:
    """One sitting at one rehearsal. Time is the room's; whatever happens is in its log before it is told.

    There is no `file` while the script is hidden; once it is open, it is written in `directory`.
    """

    def __init__(self, room: LiveRoom, replies: Replies, file: WorkFile | None, directory: Path | None = None) -> None:
        self._room = room
        self._replies = replies
        self._file = file
        self._directory = directory
        self._told_over = False
        # Read once: it is asked for with every tick, and a folder that changes meanwhile is not this interview.
        self._read: Flow = rehearsing.flow_of(room)
        self._out: Console = console()
        self._keys: dict[str, Callable[[], None]] = {
            "d": self._done,
            "a": self._ask,
            "n": self._nudge,
            "p": self._pause,
            "t": self._task,
            "e": self._end,
            ENTER: self._status,
        }
        if file is not None:
            self._keys["r"] = self._run
        if room.state.begins_with_looks:
            self._keys["l"] = self._look

    def run(self) -> None:
        """Until the end, q or Ctrl-C; gone on with later, it stands where it was left."""
        try:
            with self._replies:
                self._begin()
                while not self._room.state.clock.ended:
                    self._tick()
                self._last_words()
        except (_Left, KeyboardInterrupt):
            rehearsing.leave(self._room)
            self._out.print()
            if self._room.state.clock.ended:
                print_result(self._room, self._out)
            else:
                self._say("Everything is kept. Go on with: torchdojo mock --resume", "yellow")
            return
        print_result(self._room, self._out)

    @property
    def _flow(self) -> Flow:
        return replace(self._read, state=self._room.state)

    # ---- beginning, clock, keys ----

    def _begin(self) -> None:
        flow = self._flow
        minutes = self._room.state.clock.minutes
        self._out.rule(f"[bold]{flow.interview.title}[/]  {minutes:g} minutes", align="left")
        if self._room.fault:
            self._say(f"This log was changed after it was written: {self._room.fault}.", "red")
        if flow.state.clock.ended:
            return
        if flow.state.clock.started:
            self._say(f"You left at {_time(self._room.elapsed)}. Enter goes on.", "bold")
            self._wait()
            self._resume()
            for stage in flow.owed:
                self._prompt(stage)
        else:
            print_markdown(flow.interview.handout)
            self._say("Enter starts the clock.", "bold")
            self._wait()
            self._do("start")
            self._task()
            self._prompt_now()
        self._legend()

    def _wait(self) -> None:
        while (key := self._replies.key()) != ENTER:
            if key in (END, "q"):
                raise _Left

    def _tick(self) -> None:
        self._take_file()
        self._on_time()
        key = self._replies.key_within(TICK_SECONDS)
        if key is None:
            return
        if key in (END, "q"):
            raise _Left
        # What was saved before the key counts for it.
        self._take_file()
        try:
            self._keys.get(key, self._legend)()
        except BadInput as error:
            self._say(f"{error.fact} {error.cure}", "yellow")

    def _on_time(self) -> None:
        """The next prompt when its time has come, asked for or not."""
        flow = self._flow
        if flow.state.clock.paused:
            return
        if flow.may_go_on(self._room.elapsed):
            self._say("Time for the next part.", "bold")
            self._next()
        elif flow.following is None and not self._told_over and flow.left(self._room.elapsed) <= 0:
            self._told_over = True
            self._say("The time is up. d answers what is left, e ends; a fix counts half from now on.", "bold")

    def _take_file(self) -> None:
        if self._file is None:
            return
        try:
            if self._file.take():
                self._say(f"{_time(self._room.elapsed)}  saved", "dim")
        except BadInput as error:
            self._say(f"{error.fact} {error.cure}", "yellow")

    def _legend(self) -> None:
        told = {
            "l": "look",
            "r": "run",
            "d": "done: answer",
            "a": "ask me",
            "n": "nudge",
            "p": "pause",
            "t": "task",
            "e": "end",
        }
        keys = [f"[bold]{key}[/] {word}" for key, word in told.items() if key in self._keys]
        self._out.print(" · ".join([*keys, "[bold]q[/] leave", "[bold]Enter[/] time"]))

    def _status(self) -> None:
        clock, flow = self._room.state.clock, self._flow
        left = clock.minutes * 60 - self._room.elapsed
        told = f"{_time(left)} left" if left >= 0 else f"{_time(-left)} over time"
        stage = flow.stage
        here = f"; {stage.title}: {_time(flow.left(self._room.elapsed))}" if stage else ""
        self._say(f"{told}{here}{'; paused' if clock.paused else ''}", "bold")
        self._legend()

    # ---- what one asks for ----

    def _done(self) -> None:
        for stage in self._flow.owed:
            # Thinking takes time, comparing does not.
            self._resume()
            self._say(stage.title, "bold")
            text = self._replies.line("Your answer, in a line or aloud (Enter): ")
            self._do("answer", stage=stage.id, text=text)
            self._compare(stage)
        self._rate_due()
        if self._flow.following is None:
            self._say("That was the last part. a asks what is left, e ends.", "bold")
            self._resume()
        else:
            self._next()

    def _compare(self, stage: Stage) -> None:
        """The clock stands still meanwhile."""
        if stage.conclusions:
            self._say("Expected:", "bold")
            print_markdown(_list(stage.conclusions))
        for look_for in stage.look_fors:
            print_markdown(look_for.text)
            if self._yes("Did you? y/n"):
                self._do("look_for", look_for=look_for.id, seen=True)

    def _rate_due(self) -> None:
        for criterion in self._flow.unrated:
            self._rate_criterion(criterion)

    def _rate_criterion(self, criterion: Criterion) -> None:
        self._say(f"{criterion.title}: {criterion.about}", "bold")
        print_markdown(_list(f"**{signal}**: {text}" for signal, text in criterion.anchors.items()))
        rating = self._rating()
        if rating:
            self._do("signal", criterion=criterion.id, signal=rating, evidence="")

    def _ask(self) -> None:
        flow = self._flow
        question = next((each for each in flow.questions if not flow.is_answered(each)), None)
        if question is None:
            self._say("There is no question for now.", "yellow")
            return
        self._pose(question)
        self._resume()

    def _pose(self, question: Probing) -> None:
        self._say("Question (a bonus)" if question.bonus else f"Question ({question.level})", "bold")
        print_markdown(question.question)
        text = self._replies.line("Your answer, in a line or aloud (Enter): ")
        self._do("answer", question=question.id, text=text)
        self._say("Expected:", "bold")
        print_markdown(question.answer)
        rating = self._rating()
        if rating:
            self._do("asked", question=question.id, rating=rating)

    def _nudge(self) -> None:
        nudge = self._flow.nudge
        if nudge is None:
            self._say("There is no nudge left for this part.", "yellow")
        elif self._yes(f"A nudge costs {nudge.price} {'point' if nudge.price == 1 else 'points'}. Take it? y/n"):
            self._do("nudge")
            print_markdown(nudge.text)

    def _pause(self) -> None:
        if self._room.state.clock.paused:
            self._resume()
            self._say("The clock goes on.", "bold")
        else:
            self._do("pause")
            self._say("Paused. p goes on.", "bold")

    def _task(self) -> None:
        exercise = self._flow.exercise
        if exercise is not None:
            print_markdown(candidate_task(exercise))
        if self._file is not None:
            self._out.print(f"Your file: {self._file.path}", style="bold", markup=False, soft_wrap=True)

    def _end(self) -> None:
        if self._yes("End the interview? y/n"):
            self._do("end")

    def _look(self) -> None:
        opened = {each.look: each for each in self._room.state.looks}
        for number, look in enumerate(Look, 1):
            price = "open" if look in opened else f"{look.minutes} min"
            self._out.print(f"[bold]{number}[/] {look.heading:<18} {price:>6}  {look.shows}", soft_wrap=True)
        spent = sum(each.minutes for each in opened.values())
        self._say(f"Spent so far: {spent:g} min. Which number? Enter opens none.", "bold")
        key = self._replies.key()
        if key == END:
            raise _Left
        if key not in [str(number) for number in range(1, len(Look) + 1)]:
            return
        look = list(Look)[int(key) - 1]
        if look not in opened and not self._opens(look):
            return
        (found,) = [each for each in self._room.state.looks if each.look == look]
        for exhibit in exhibits_of(found):
            print_exhibit(exhibit)
        if look is Look.SCRIPT:
            self._take_up_script()

    def _opens(self, look: Look) -> bool:
        """Whether it could be opened; if not, it is said why, and nothing is counted."""
        cancel = threading.Event()
        asked = ask_look(self._room, Actor.CANDIDATE, look)
        try:
            with self._out.status("Looking ..."):
                exhibits = look_up(self._room.dojo, asked, cancel=cancel)
            open_look(self._room, asked, exhibits)
        except KeyboardInterrupt:
            cancel.set()
            self._say("Stopped. Nothing was counted.", "yellow")
            return False
        except DojoError as error:
            self._say(f"{error.fact} {error.cure}", "yellow")
            return False
        return True

    def _take_up_script(self) -> None:
        exercise = self._flow.exercise
        if exercise is not None and self._file is None:
            self._file = work_file(self._room, exercise, self._directory)
            self._keys["r"] = self._run
        if self._file is not None:
            self._out.print(f"Your file: {self._file.path}", style="bold", markup=False, soft_wrap=True)
        self._legend()

    def _run(self) -> None:
        asked = ask_run(self._room, Actor.CANDIDATE)
        cancel = threading.Event()
        self._say(f"{_time(self._room.elapsed)}  run {asked.number}", "dim")

        def record(steps: list[Step]) -> None:
            for event in self._room.append(*steps):
                if event.kind is Happening.OUTPUT:
                    self._out.print(str(event.data["text"]).rstrip("\n"), markup=False, soft_wrap=True)

        try:
            carry_out(self._room.dojo, asked, record, cancel=cancel, gives_time_back=True)
        except KeyboardInterrupt:
            cancel.set()
            stopped = {"run": asked.number, "text": "Stopped. Nothing was counted.", "ended": True}
            self._room.append((Actor.SYSTEM, Happening.OUTPUT, stopped))
            self._say("Stopped. Nothing was counted.", "yellow")

    # ---- the end ----

    def _last_words(self) -> None:
        """What is due only now: criteria, bonus points."""
        self._rate_due()
        for bonus in self._flow.interview.bonuses:
            if bonus.id not in self._room.state.bonuses:
                print_markdown(f"Bonus: {bonus.text}")
                if self._yes("Did you? y/n"):
                    self._do("bonus", bonus=bonus.id, seen=True)

    # ---- small things ----

    def _next(self) -> None:
        self._do("next")
        self._prompt_now()

    def _resume(self) -> None:
        if self._room.state.clock.paused:
            self._do("resume")

    def _prompt_now(self) -> None:
        stage = self._flow.stage
        if stage is not None:
            self._prompt(stage)

    def _prompt(self, stage: Stage) -> None:
        minutes = round(self._flow.length(stage) / 60, 1)
        self._out.rule(f"{_time(self._room.elapsed)}  [bold]{stage.title}[/]  {minutes:g} min", align="left")
        print_markdown(stage.say)
        waiting = sum(not self._flow.is_answered(question) for question in self._flow.questions)
        if waiting:
            self._say(f"{waiting} {'question waits' if waiting == 1 else 'questions wait'}: a asks one.", "dim")

    def _do(self, name: str, **data: object) -> None:
        rehearsing.act_alone(self._room, {"act": name, **data})

    def _yes(self, question: str) -> bool:
        self._say(question, "bold")
        key = self._replies.key()
        if key == END:
            raise _Left
        return key == "y"

    def _rating(self) -> str:
        self._say("Yours was: w weak, m medium, s strong; Enter leaves it open.", "bold")
        while (key := self._replies.key()) not in _RATINGS:
            if key == END:
                raise _Left
            if key == ENTER:
                return ""
        return str(_RATINGS[key])

    def _say(self, text: str, style: str) -> None:
        self._out.print(text, style=style, markup=False, soft_wrap=True)


def _list(texts: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _time(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
