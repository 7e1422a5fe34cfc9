"""A review in the terminal: one card at a time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from torchdojo.app import reviewing
from torchdojo.app.compose import Dojo
from torchdojo.app.reviewing import Desk, Showing
from torchdojo.app.running_blocks import blocks_of, run_block
from torchdojo.app.typed_answers import TypedAnswer, how_to_type, judge_typed
from torchdojo.cli.asking import END, ENTER, Replies
from torchdojo.cli.printing import console, print_markdown
from torchdojo.domain.card import Card, CardKind, Rating
from torchdojo.domain.errors import DojoError
from torchdojo.domain.judged import Outcome

if TYPE_CHECKING:
    from rich.console import Console

_COLOURS = {Rating.AGAIN: "red", Rating.HARD: "yellow", Rating.GOOD: "green", Rating.EASY: "cyan"}
_VERDICTS = {
    Outcome.RIGHT: ("✓ Right.", "bold green"),
    Outcome.WRONG: ("✗ Wrong.", "bold red"),
    Outcome.UNREADABLE: ("? Not read, so not counted.", "bold yellow"),
}
_TYPED = "Enter, then type the answer and Enter; nothing typed shows it."
_HELP = "Enter shows the answer · x runs the code on a card · u undo · s set aside · n note · q quit"


class Review:
    """One session at one terminal, until nothing is due, `limit` answers are given, or the learner has had enough."""

    def __init__(self, dojo: Dojo, replies: Replies, *, topic: str, limit: int) -> None:
        self._dojo = dojo
        self._replies = replies
        self._topic = topic
        self._limit = limit
        self._answered = 0
        self._noted: dict[str, str] = {}
        self._out: Console = console()

    def run(self) -> None:
        """The session, with a word at its end."""
        self._out.print(_HELP, style="dim")
        try:
            with self._replies:
                self._ask_what_is_due()
        except KeyboardInterrupt:
            self._out.print()
        self._out.print(f"{self._answered} answered. Everything is kept.", style="dim")

    def _ask_what_is_due(self) -> None:
        while self._answered < self._limit:
            desk = reviewing.desk(self._dojo, topic=self._topic)
            shown = reviewing.showing(self._dojo, desk)
            if shown is None:
                self._nothing_due(desk)
                break
            if not self._ask(desk, shown):
                break

    def _nothing_due(self, desk: Desk) -> None:
        self._out.print("Nothing more is due.", style="bold green")
        if desk.next_at is not None:
            self._out.print(f"The next card comes back in {reviewing.in_words(desk.next_at - desk.now)}.")
        if desk.queue.held_back:
            self._out.print(f"{desk.queue.held_back} more are kept for other days by your daily limits.", style="dim")

    def _ask(self, desk: Desk, shown: Showing) -> bool:
        """One card; False when the learner wants to stop."""
        left = min(len(desk.queue), self._limit - self._answered)
        self._out.rule(f"{left} left · {shown.card.topic}", style="dim", align="left")
        print_markdown(shown.card.front)
        for letter, option in zip("abcdefghijklm", shown.card.options, strict=False):
            self._out.print(f"  {letter}) ", end="", style="bold", highlight=False)
            print_markdown(option.text)
        if shown.card.typed:
            self._out.print(f"{how_to_type(shown)} {_TYPED}", style="dim")
        began = time.monotonic()
        chosen, typed = "", None
        while True:
            key = self._replies.key()
            if key == ENTER:
                typed = self._typed(shown) if shown.card.typed else None
                break
            if shown.card.options and key in "abcdefghijklm"[: len(shown.card.options)] and key != END:
                chosen = key
                break
            if key == "x" and shown.card.kind is CardKind.OUTPUT:
                self._out.print("Type first what it prints; after that x runs it.", style="yellow")
                continue
            done = self._aside_from_answering(key, shown)
            if done is not None:
                return done
        self._reveal(shown, chosen)
        return self._rate(shown, began, typed.suggested if typed else None)

    def _typed(self, shown: Showing) -> TypedAnswer | None:
        """The answer once it can be read, with its verdict said; None when nothing was typed."""
        while text := self._lines(len(shown.card.printed.strip().splitlines()) or 1):
            typed = judge_typed(shown, text)
            told, style = _VERDICTS[typed.judged.outcome]
            self._out.print(told, style=style, end=" ")
            self._out.print(typed.judged.said, markup=False)
            if typed.judged.mistake:
                self._out.print(f"That is what comes out when {typed.judged.mistake}.", markup=False)
            if typed.counts:
                return typed
        return None

    def _lines(self, most: int) -> str:
        """Up to `most` lines, fewer when one is empty."""
        lines: list[str] = []
        while len(lines) < most and (line := self._replies.line("> ").strip()):
            lines.append(line)
        return "\n".join(lines)

    def _reveal(self, shown: Showing, chosen: str) -> None:
        self._out.rule(style="dim", characters="·")
        if shown.card.options:
            self._print_options(shown.card, chosen)
        else:
            print_markdown(shown.card.back)
        if shown.card.kind is CardKind.DRILL:
            kind = shown.card.link.partition(":")[2]
            self._out.print(f"A fresh script with it: torchdojo drill --kinds {kind}", style="cyan", highlight=False)
        if note := self._noted.get(shown.card.id, shown.note):
            self._out.print("Your note", style="bold dim")
            print_markdown(note)
        if shown.card.source:
            self._out.print(f"From: {shown.card.source}", style="dim", markup=False)
        if shown.leech:
            self._out.print("Forgotten often: practise it another way.", style="yellow")

    def _print_options(self, card: Card, chosen: str) -> None:
        for letter, option in zip("abcdefghijklm", card.options, strict=False):
            sign, colour = ("✓", "green") if option.right else ("✗", "red")
            yours = "  (your choice)" if letter == chosen else ""
            self._out.print(f" {sign} {letter}{yours}", style=f"bold {colour}")
            print_markdown(f"{option.text}\n\n{option.why}")

    def _rate(self, shown: Showing, began: float, suggested: Rating | None) -> bool:
        from rich.text import Text

        line = Text()
        for rating, after in shown.after.items():
            mark = "→ " if rating is suggested else ""
            line.append(f"{mark}{int(rating)} {rating.spoken}", style=f"bold {_COLOURS[rating]}").append(f" {after}   ")
        self._out.print(line)
        while True:
            key = self._replies.key()
            if key in ("1", "2", "3", "4"):
                break
            done = self._aside_from_answering(key, shown)
            if done is not None:
                return done
        took = int((time.monotonic() - began) * 1000)
        told = reviewing.answer(self._dojo, shown.card.id, shown.place, Rating(int(key)), took_ms=took)
        self._answered += 1
        if told.set_aside:
            self._out.print(
                "Forgotten once too often: it is set aside. Practise it, then bring it back with", style="yellow"
            )
            self._out.print(f"  torchdojo review --bring-back {told.card}", style="yellow", highlight=False)
        elif not told.counted:
            self._out.print("This showing was answered elsewhere already.", style="yellow")
        return True

    def _aside_from_answering(self, key: str, shown: Showing) -> bool | None:
        """Run, undo, set aside, note, quit: whether to go on to a next card, None to go on with this one."""
        match key:
            case "q" | "":
                return False
            case "u":
                taken = reviewing.undo(self._dojo)
                self._answered = max(0, self._answered - (taken is not None))
                self._out.print("Taken back." if taken else "There is nothing to take back.", style="yellow")
                return True if taken else None
            case "s":
                reviewing.set_aside(self._dojo, shown.card.id)
                self._out.print(f"Set aside. torchdojo review --bring-back {shown.card.id}", style="yellow")
                return True
            case "x":
                self._run_blocks(shown.card)
                return None
            case "n":
                self._note(shown.card.id, self._replies.line("Your note (empty keeps what is there, - removes it): "))
                return None
        return None

    def _run_blocks(self, card: Card) -> None:
        blocks = blocks_of(card)
        if not blocks:
            self._out.print("There is no code to run on this card.", style="dim")
        for block in blocks:
            try:
                ran = run_block(self._dojo, card.id, block.source)
            except DojoError as error:
                self._out.print(f"{error.fact} {error.cure}", style="yellow", markup=False)
                return
            self._out.print(ran.printed.rstrip() or "It printed nothing.", markup=False)
            told = ran.told or ("" if ran.finished else "It ended with an error.")
            self._out.print(f"{told} {ran.seconds:.1f} s".strip(), style="dim")

    def _note(self, card: str, text: str) -> None:
        if not text.strip():
            self._out.print("Left as it is.", style="dim")
            return
        self._noted[card] = "" if text.strip() == "-" else text.strip()
        reviewing.save_note(self._dojo, card, self._noted[card])
        self._out.print("Noted." if self._noted[card] else "Removed.", style="dim")
