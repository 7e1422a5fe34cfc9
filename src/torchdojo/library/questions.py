"""questions/<topic>/<slug>.md into Question, and questions/topics.toml into topics."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torchdojo.domain.errors import BadContent
from torchdojo.domain.knowledge import FollowUp, Question, Topic
from torchdojo.library.cards import facts, quiz
from torchdojo.library.document import Document, Piece, read_document
from torchdojo.library.folder import SLUG
from torchdojo.library.front import covers, sources
from torchdojo.library.table import read_toml

TOPICS = "topics.toml"

#: The headings that every question has, or may have, and what each is called in `covers`.
SECTIONS = {
    "In two minutes": "answer",
    "In depth": "depth",
    "In code": "code",
    "Commonly said, and wrong": "wrong",
}
_OPTIONAL = ("wrong",)


def load_question(file: Path) -> Question:
    """Read one question. Raises BadContent for anything out of format."""
    if not SLUG.fullmatch(file.stem):
        raise BadContent(f"{file}: its name is no slug.", "Use lower-case words joined by hyphens: my-question.md")
    document = read_document(file)
    front = document.front
    texts, follow_ups = _sections(document)
    quizzes = tuple(quiz(document, piece) for piece in document.pieces if piece.special == "Quiz")
    tables = tuple(facts(document, piece) for piece in document.pieces if piece.special == "Facts")
    ids = {*texts, *(piece.id for piece in document.pieces if piece.id)}
    question = Question(
        slug=file.stem,
        topic=file.parent.name,
        title=front.text("title"),
        level=front.whole("level", low=1, high=5),
        summary=front.text("summary"),
        file=file,
        answer=texts["answer"],
        depth=texts["depth"],
        code=texts["code"],
        wrong=texts.get("wrong", ""),
        follow_ups=follow_ups,
        tables=tables,
        quizzes=quizzes,
        sources=sources(front),
        exercises=front.texts("exercises"),
        bugs=front.texts("bugs"),
        see=front.texts("see"),
        covers=covers(front, ids),
    )
    front.finish()
    return question


def _sections(document: Document) -> tuple[dict[str, str], tuple[FollowUp, ...]]:
    """The texts by their names in `covers`, and the follow-ups. A quiz stands in neither, a table where it is."""
    if document.lead:
        raise BadContent(f"{document.file}: there is text above the first heading.", "Move it below ## In two minutes.")
    texts: dict[str, str] = {}
    follow_ups: list[FollowUp] = []
    loose: list[Piece] = []
    for head, rest in _by_section(document):
        text = _joined(head, rest)
        if head.special == "Follow-up":
            if not text:
                raise document.fault(head.line, "a follow-up without an answer", "Write the full answer below it.")
            follow_ups.append(FollowUp(head.id, head.heading, text))
        elif head.special == "Facts":
            loose += [head, *rest]
        elif head.special == "Quiz":
            if any(not piece.special for piece in rest):
                raise document.fault(head.line, "a heading inside a quiz", "Begin it with ##, or leave it out.")
        else:
            _put(document, texts, head, text)
    for heading, name in SECTIONS.items():
        if name not in texts and name not in _OPTIONAL:
            raise BadContent(f"{document.file}: the section {heading!r} is missing.", f"Write ## {heading}")
    for piece in loose:
        # A table beside the sections belongs to what is behind the answer.
        texts["depth"] += f"\n\n#{piece.written}\n\n{piece.text.strip()}"
    return texts, tuple(follow_ups)


def _by_section(document: Document) -> list[tuple[Piece, list[Piece]]]:
    grouped: list[tuple[Piece, list[Piece]]] = []
    for piece in document.pieces:
        if piece.depth == 2:
            grouped.append((piece, []))
        elif not grouped:
            raise document.fault(
                piece.line, f"{piece.heading!r} stands below no ## heading", "Begin with ## In two minutes."
            )
        elif piece.special == "Follow-up":
            raise document.fault(piece.line, "a follow-up below another section", "Begin it with ##.")
        else:
            grouped[-1][1].append(piece)
    return grouped


def _joined(head: Piece, rest: list[Piece]) -> str:
    parts = [head.text.strip("\n")]
    parts += [f"{piece.written}\n\n{piece.text.strip()}" for piece in rest if piece.special != "Quiz"]
    return "\n\n".join(parts).strip()


def _put(document: Document, texts: dict[str, str], head: Piece, text: str) -> None:
    if head.heading not in SECTIONS:
        known = "; ".join([*SECTIONS, "Follow-up: …", "Quiz: …", "Facts: …"])
        raise document.fault(head.line, f"{head.heading!r} is no section of a question", f"There are: {known}.")
    name = SECTIONS[head.heading]
    if name in texts:
        raise document.fault(head.line, f"a second section {head.heading!r}", "Join the two.")
    if not text:
        raise document.fault(head.line, f"nothing below {head.heading!r}", "Write it.")
    texts[name] = text


@dataclass(frozen=True, slots=True)
class TopicOrder:
    """A topic, and the questions that come first in it, in order."""

    topic: Topic
    questions: tuple[str, ...]


def read_topics(folder: Path) -> list[TopicOrder]:
    """The topics of a folder of questions in order; none when it has no topics.toml. Raises BadContent."""
    file = folder / TOPICS
    if not file.is_file():
        return []
    table = read_toml(file)
    found: list[TopicOrder] = []
    for entry in table.tables("topic", "id"):
        topic = Topic(entry.text("id"), entry.text("title"), entry.text("summary", ""))
        order = TopicOrder(topic, entry.texts("questions"))
        entry.finish()
        if not SLUG.fullmatch(topic.id):
            raise entry.fault(f"`id` is {topic.id!r}", 'Write the name of a folder, e.g. id = "training".')
        if any(known.topic.id == topic.id for known in found):
            raise entry.fault(f"two topics have the id {topic.id!r}", "Keep one of them.")
        if len(set(order.questions)) != len(order.questions):
            raise entry.fault("`questions` names one twice", "Keep one of them.")
        found.append(order)
    table.finish()
    return found
