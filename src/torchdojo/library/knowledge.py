"""Knowledge: every question and guide of every content root, in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from torchdojo.domain.errors import BadContent
from torchdojo.domain.knowledge import Guide, Question, Topic
from torchdojo.library.guides import load_guide
from torchdojo.library.questions import TOPICS, TopicOrder, load_question, read_topics
from torchdojo.library.roots import beside

_Text = TypeVar("_Text", bound=Question | Guide)


class Knowledge:
    """Reads nothing before it is asked; a file is read again when it changes. A broken file never hides the others."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = roots
        self._questions: _Read[Question] = _Read(load_question)
        self._guides: _Read[Guide] = _Read(load_guide)

    def topics(self) -> list[Topic]:
        """The topics that have questions, in order; an unlisted one is called by its folder and comes last."""
        listed = {order.topic.id: order.topic for order in self._orders()[0]}
        used = dict.fromkeys(file.parent.name for file in self.question_files())
        known = [topic for topic in listed.values() if topic.id in used]
        return known + [Topic(name, name.replace("-", " ").capitalize()) for name in used if name not in listed]

    def questions(self) -> list[Question]:
        """Every sound question: by topic, first those that the topic lists, then by level and title."""
        topics = {topic.id: number for number, topic in enumerate(self.topics())}
        listed = [slug for order in self._orders()[0] for slug in order.questions]
        place = {slug: number for number, slug in enumerate(listed)}
        return sorted(
            self._questions.sound(self.question_files()),
            key=lambda q: (topics[q.topic], place.get(q.slug, len(place)), q.level, q.title),
        )

    def guides(self) -> list[Guide]:
        """Every sound guide: by `order`, then name."""
        return sorted(self._guides.sound(self.guide_files()), key=lambda guide: (guide.order, guide.slug))

    def question(self, slug: str) -> Question | None:
        """The question of that name; None when there is none. Raises BadContent when it is broken."""
        file = next((file for file in self.question_files() if file.stem == slug), None)
        return None if file is None else self._questions(file)

    def guide(self, slug: str) -> Guide | None:
        """The guide of that name; None when there is none. Raises BadContent when it is broken."""
        file = next((file for file in self.guide_files() if file.stem == slug), None)
        return None if file is None else self._guides(file)

    def question_files(self) -> list[Path]:
        """Every file of a question, broken ones included."""
        return self._files("questions", "*/*.md")

    def guide_files(self) -> list[Path]:
        """Every file of a guide, broken ones included."""
        return self._files("guides", "*.md")

    def faults(self, taken: Collection[str] = ()) -> list[BadContent]:
        """What had to be left out, and names that are used twice; `taken` are the names of exercises."""
        faults = self._questions.faults(self.question_files()) + self._guides.faults(self.guide_files())
        faults += self._orders()[1]
        seen: dict[str, Path] = {}
        for file in (*self.question_files(), *self.guide_files()):
            if (first := seen.setdefault(file.stem, file)) is not file:
                faults.append(BadContent(f"{file} has the same name as {first}.", "Rename one of them."))
            elif file.stem in taken:
                faults.append(BadContent(f"{file} has the same name as an exercise.", "Rename the file."))
        slugs = {file.stem for file in self.question_files()}
        for order in self._orders()[0]:
            for slug in order.questions:
                if slug not in slugs:
                    told = f"{TOPICS}: the topic {order.topic.id!r} lists {slug!r}, which is no question."
                    faults.append(BadContent(told, "Remove it, or write the question."))
        return faults

    def _orders(self) -> tuple[list[TopicOrder], list[BadContent]]:
        orders: list[TopicOrder] = []
        faults: list[BadContent] = []
        for root in self._roots:
            try:
                orders += read_topics(beside(root, "questions"))
            except BadContent as fault:
                faults.append(fault)
        return orders, faults

    def _files(self, folder: str, pattern: str) -> list[Path]:
        found = [file for root in self._roots for file in beside(root, folder).glob(pattern)]
        return sorted(file for file in found if not file.name.startswith("."))


class _Read(Generic[_Text]):
    """Files read once for each state they are in."""

    def __init__(self, load: Callable[[Path], _Text]) -> None:
        self._load = load
        self._known: dict[Path, tuple[tuple[int, int], _Text | BadContent]] = {}

    def __call__(self, file: Path) -> _Text:
        """What the file holds. Raises BadContent."""
        found = self._read(file)
        if isinstance(found, BadContent):
            raise found
        return found

    def sound(self, files: Sequence[Path]) -> list[_Text]:
        """What the sound ones of these files hold; of two with one name the first."""
        found: dict[str, _Text] = {}
        for file in files:
            read = self._read(file)
            if not isinstance(read, BadContent):
                found.setdefault(file.stem, read)
        return list(found.values())

    def faults(self, files: Sequence[Path]) -> list[BadContent]:
        """What is wrong with the others."""
        return [read for file in files if isinstance(read := self._read(file), BadContent)]

    def _read(self, file: Path) -> _Text | BadContent:
        state = file.stat()
        stamp = (state.st_mtime_ns, state.st_size)
        known = self._known.get(file)
        if known is None or known[0] != stamp:
            try:
                read: _Text | BadContent = self._load(file)
            except BadContent as fault:
                read = fault
            known = self._known[file] = (stamp, read)
        return known[1]
