"""script.md of an interview into stages. Every fault is named by file and line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from torchdojo.domain.errors import BadContent
from torchdojo.domain.interview import QUESTION_LEVELS, LookFor, Nudge, Probing, Stage
from torchdojo.domain.knowledge import Question
from torchdojo.library.document import fault_at, without_fences
from torchdojo.library.folder import SLUG
from torchdojo.library.table import PLACEHOLDER

SCRIPT = "script.md"

#: Finds a question of the library by its name.
FindQuestion = Callable[[str], Question | None]

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)(?:[ \t]+\{(#[^{}]*)\})?[ \t]*")
_ITEM = re.compile(r"- (.*)")
_MARKED = re.compile(r"(.*?)[ \t]+\{(#[^{}]*)\}", re.DOTALL)
_STAGE_EXAMPLE = "## Title {#id minutes=5}"
_PARTS = ("Say", "Look for", "Conclude", "Nudges")
_ASK = "Ask:"


@dataclass(frozen=True, slots=True)
class Script:
    """What is handed out and said first, and the stages."""

    handout: str
    stages: tuple[Stage, ...]


def read_script(file: Path, find: FindQuestion) -> Script:
    """Take the script apart. Raises BadContent for anything out of format."""
    try:
        text = file.read_text(encoding="utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        raise BadContent(f"{file} is missing.", "An interview has interview.toml and script.md.") from None
    except UnicodeDecodeError as error:
        raise BadContent(f"{file} is not UTF-8 text ({error}).", "Save it as UTF-8.") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if PLACEHOLDER in line:
            raise fault_at(file, number, f"it still reads {line.strip()!r}", "Replace it with what it asks for.")
    return _Reader(file, find).script(text)


@dataclass(slots=True)
class _Marks:
    """What stands in braces behind a heading or an item: an id, names with values, and words."""

    id: str
    values: dict[str, str]
    words: list[str]
    line: int


@dataclass(slots=True)
class _Part:
    """A heading with the lines below it."""

    line: int
    depth: int
    heading: str
    marks: _Marks | None
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


class _Reader:
    """Reads one script; knows which ids were taken, and where."""

    def __init__(self, file: Path, find: FindQuestion) -> None:
        self._file = file
        self._find = find
        self._ids: dict[str, int] = {}

    def script(self, text: str) -> Script:
        lead, parts = self._parts(text)
        if not lead:
            raise self._fault(1, "there is no text above the first stage", "Write there what is said and handed out.")
        if not parts:
            raise self._fault(1, "there is no stage", f"Write {_STAGE_EXAMPLE}.")
        groups: list[list[_Part]] = []
        for part in parts:
            if part.depth == 2:
                groups.append([part])
            elif part.depth == 3 and groups:
                groups[-1].append(part)
            else:
                raise self._fault(
                    part.line, f"a heading of depth {part.depth} here", f"Stages are {_STAGE_EXAMPLE}, their parts ###."
                )
        return Script(lead, tuple(self._stage(*group) for group in groups))

    def _parts(self, text: str) -> tuple[str, list[_Part]]:
        lines = text.splitlines()
        found = [
            (number, match) for number, line in without_fences(text) if (match := _HEADING.fullmatch(line)) is not None
        ]
        ends = [*(number for number, _ in found), len(lines)]
        parts = []
        for (number, match), end in zip(found, ends[1:], strict=True):
            marks = self._marks(match[3], number + 1) if match[3] is not None else None
            parts.append(_Part(number + 1, len(match[1]), match[2], marks, lines[number + 1 : end]))
        return "\n".join(lines[: ends[0]]).strip(), parts

    def _stage(self, head: _Part, *parts: _Part) -> Stage:
        marks = self._required(head.marks, head.line, head.heading, _STAGE_EXAMPLE)
        minutes = self._number(marks, "minutes", low=1, high=240)
        bugs, probing = self._word(marks, "bugs"), self._word(marks, "probing")
        self._finish(marks)
        self._no_text(head, "Write it below ### Say.")
        seen: dict[str, _Part] = {}
        questions = []
        for part in parts:
            if part.heading.startswith(_ASK):
                questions.append(self._question(part))
            elif part.heading not in _PARTS:
                known = ", ".join(f"### {name}" for name in _PARTS)
                raise self._fault(part.line, f"{part.heading!r} is no part of a stage", f"Known: {known}, ### Ask: …")
            elif part.heading in seen:
                raise self._fault(part.line, f"a second {part.heading!r} in one stage", "Join the two.")
            else:
                self._no_marks(part)
                seen[part.heading] = part
        if "Say" not in seen or not seen["Say"].text:
            raise self._fault(head.line, f"the stage {head.heading!r} has nothing to say", "Write ### Say below it.")
        return Stage(
            id=marks.id,
            title=head.heading,
            minutes=minutes,
            say=seen["Say"].text,
            conclusions=tuple(text for text, _ in self._items(seen.get("Conclude"), marked=False)),
            look_fors=tuple(self._look_for(*item) for item in self._items(seen.get("Look for"), marked=True)),
            nudges=tuple(self._nudge(*item) for item in self._items(seen.get("Nudges"), marked=True)),
            questions=tuple(questions),
            bugs=bugs,
            probing=probing,
        )

    def _look_for(self, text: str, marks: _Marks | None) -> LookFor:
        assert marks is not None
        if len(marks.words) != 1 or marks.values:
            raise self._fault(marks.line, f"the look-for {marks.id!r} names no criterion", "Write {#id criterion}.")
        return LookFor(marks.id, text, marks.words[0])

    def _nudge(self, text: str, marks: _Marks | None) -> Nudge:
        assert marks is not None
        price = self._number(marks, "price", low=0, high=20)
        bug = marks.values.pop("bug", "")
        self._finish(marks)
        return Nudge(marks.id, text, price, bug)

    def _question(self, part: _Part) -> Probing:
        asked = part.heading.removeprefix(_ASK).strip()
        marks = self._required(part.marks, part.line, part.heading, "### Ask: question {#id level=senior}")
        level = marks.values.pop("level", "middle")
        if level not in QUESTION_LEVELS:
            raise self._fault(part.line, f"`level` is {level!r}", f"Write one of: {', '.join(QUESTION_LEVELS)}.")
        bug, bonus = marks.values.pop("bug", ""), self._word(marks, "bonus")
        self._finish(marks)
        answer = part.text
        if asked.startswith("question:"):
            self._no_text(part, "The answer is in the question's own file.")
            asked, answer = self._from_library(asked, part.line)
        if not asked:
            raise self._fault(part.line, "nothing is asked", "Write ### Ask: question {#id}.")
        if not answer:
            raise self._fault(part.line, "a question without an answer", "Write below it what to expect.")
        return Probing(marks.id, asked, answer, level, bug, bonus)

    def _from_library(self, reference: str, line: int) -> tuple[str, str]:
        slug, _, place = reference.removeprefix("question:").partition("#")
        question = self._find(slug)
        if question is None:
            raise self._fault(line, f"there is no question {slug!r}", "Mend the name: torchdojo questions")
        if not place:
            return question.title, question.answer
        for follow_up in question.follow_ups:
            if follow_up.id == place:
                return follow_up.question, follow_up.answer
        known = ", ".join(follow_up.id for follow_up in question.follow_ups)
        raise self._fault(line, f"the question {slug!r} has no follow-up {place!r}", f"There are: {known}.")

    def _items(self, part: _Part | None, *, marked: bool) -> Iterator[tuple[str, _Marks | None]]:
        """The items of a list with their marks; what is indented below an item belongs to it."""
        if part is None:
            return
        items: list[tuple[int, list[str]]] = []
        for number, line in enumerate(part.lines, start=part.line + 1):
            if (match := _ITEM.fullmatch(line)) is not None:
                items.append((number, [match[1].strip()]))
            elif line.startswith("  ") and line.strip() and items:
                items[-1][1].append(line.strip())
            elif line.strip():
                raise self._fault(number, f"{line.strip()!r} is no item of a list", "Write one item a line: - text")
        if not items:
            raise self._fault(part.line, f"{part.heading!r} is empty", "Write a list below it, or leave it out.")
        for number, lines in items:
            text = " ".join(lines)
            match = _MARKED.fullmatch(text)
            if marked and match is None:
                raise self._fault(number, f"the item {text!r} has no id", "Write - text {#id …}.")
            if not marked and match is not None:
                raise self._fault(number, "a conclusion with an id", "Nothing refers to it; leave the braces out.")
            yield (match[1], self._marks(match[2], number)) if match is not None else (text, None)

    def _marks(self, inside: str, line: int) -> _Marks:
        first, *rest = inside.split()
        name = first.removeprefix("#")
        self._slug(name, line, f"{{{inside}}}")
        if (taken := self._ids.setdefault(name, line)) != line:
            raise self._fault(line, f"the id {name!r} stands in line {taken} too", "Ids are unique in a script.")
        values: dict[str, str] = {}
        words: list[str] = []
        for word in rest:
            key, equals, value = word.partition("=")
            if equals:
                values[key] = value
            else:
                words.append(word)
        return _Marks(name, values, words, line)

    def _slug(self, name: str, line: int, written: str) -> None:
        if not SLUG.fullmatch(name):
            raise self._fault(line, f"{written} has no proper id", "Use lower-case words joined by hyphens: {#my-id}.")

    def _number(self, marks: _Marks, key: str, *, low: int, high: int) -> int:
        written = marks.values.pop(key, "")
        if not written.isascii() or not written.isdigit() or not low <= int(written) <= high:
            told = f"`{key}` is {written!r}" if written else f"`{key}` is missing"
            raise self._fault(marks.line, told, f"Write {key}= and a whole number from {low} to {high}.")
        return int(written)

    def _word(self, marks: _Marks, word: str) -> bool:
        found = word in marks.words
        if found:
            marks.words.remove(word)
        return found

    def _finish(self, marks: _Marks) -> None:
        for left in (*marks.values, *marks.words):
            raise self._fault(marks.line, f"{left!r} means nothing here", "Leave it out; docs/decisions/0011 has all.")

    def _required(self, marks: _Marks | None, line: int, heading: str, example: str) -> _Marks:
        if marks is None:
            raise self._fault(line, f"the heading {heading!r} has no id", f"Write {example}.")
        return marks

    def _no_marks(self, part: _Part) -> None:
        if part.marks is not None:
            raise self._fault(part.line, f"an id behind {part.heading!r}", "Leave it out.")

    def _no_text(self, part: _Part, cure: str) -> None:
        if part.text:
            raise self._fault(part.line, f"text right below {part.heading!r}", cure)

    def _fault(self, line: int, what: str, cure: str) -> BadContent:
        return fault_at(self._file, line, what, cure)
