"""Proves a question, a guide or an interview: links lead somewhere, code prints what it says, no error is taught."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from torchdojo.authoring.code_blocks import Tally, check_block, code_blocks
from torchdojo.authoring.interviews import interview_claims
from torchdojo.authoring.links import broken_references
from torchdojo.authoring.refusals import all_patterns, refused_elsewhere, refused_in_file
from torchdojo.authoring.scripts import RunScript
from torchdojo.authoring.verification import Verification
from torchdojo.bugs import bug_kinds
from torchdojo.domain.errors import BadContent
from torchdojo.domain.interview import Interview
from torchdojo.domain.knowledge import Guide, Question
from torchdojo.domain.proof import Claim
from torchdojo.library import SCRIPT, Library, Refused, body_of


class TextProver:
    """Verifies texts against everything else in the library. Safe to use from threads once it was used."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def verify(self, text: Question | Guide, run: RunScript) -> Verification:
        """Every claim about one text."""
        began = time.monotonic()
        claims = [
            Claim("format", True, _told(text)),
            *_claims("names in the front matter", self._unknown_names(text), "all exist"),
            *_claims("links", self._broken_links(text), "all lead somewhere"),
            *_code(text, run),
        ]
        if self.refuses:
            claims += _claims("common errors", refused_in_file(text.file, self._patterns), "none is taught")
        return Verification(text.slug, tuple(claims), seconds=time.monotonic() - began)

    def verify_interview(self, interview: Interview) -> Verification:
        """Every claim about one interview."""
        began = time.monotonic()
        script = interview.file.with_name(SCRIPT)
        broken = broken_references(script, (), self._pages, script.parent)
        refused = refused_in_file(script, self._patterns) + refused_in_file(interview.file, self._patterns)
        claims = [
            *interview_claims(interview, self._library),
            *_claims("links", broken, "all lead somewhere"),
            *(_claims("common errors", refused, "none is taught") if self.refuses else ()),
        ]
        return Verification(f"interview:{interview.slug}", tuple(claims), seconds=time.monotonic() - began)

    @property
    def refuses(self) -> bool:
        """Whether any guide says what must not be said."""
        return bool(self._patterns)

    def verify_all(self) -> Verification:
        """That no prompt, debrief or page of a bug kind teaches a common error."""
        seen, faults = refused_elsewhere(self._library, self._patterns)
        return Verification(
            "all texts",
            tuple(_claims("common errors", faults, f"{len(self._patterns)} patterns, none in {seen} further texts")),
        )

    @cached_property
    def _patterns(self) -> Sequence[Refused]:
        return all_patterns(self._library.knowledge.guide_files())

    @cached_property
    def _pages(self) -> Mapping[str, Mapping[str, Collection[str]]]:
        questions, guides = self._library.questions(), self._library.guides()
        return {
            "question": {question.slug: places(question) for question in questions},
            "guide": {guide.slug: places(guide) for guide in guides},
            "exercise": dict.fromkeys((exercise.id for exercise in self._library.exercises()), ()),
            "kind": dict.fromkeys(bug_kinds(), ()),
        }

    def _broken_links(self, text: Question | Guide) -> list[BadContent]:
        folder = text.file.parent if isinstance(text, Guide) else text.file.parents[2] / "guides"
        return broken_references(text.file, places(text), self._pages, folder / "pictures")

    def _unknown_names(self, text: Question | Guide) -> list[BadContent]:
        named = {"exercise": ("exercises", text.exercises)}
        if isinstance(text, Question):
            named |= {"kind": ("bugs", text.bugs), "question": ("see", text.see)}
        return [
            BadContent(f"{text.file}: `{key}` names {slug!r}, and there is no such {kind}.", "Mend or remove it.")
            for kind, (key, slugs) in named.items()
            for slug in slugs
            if slug not in self._pages[kind] or (kind == "question" and slug == text.slug)
        ]


def places(text: Question | Guide) -> Collection[str]:
    """The ids on a text's page that a link can lead to."""
    if isinstance(text, Guide):
        return {section.id for section in text.sections}
    ids = {"answer", "depth", "code"} | ({"wrong"} if text.wrong else set())
    ids |= {follow_up.id for follow_up in text.follow_ups} | {table.id for table in text.tables}
    return ids | {quiz.id for quiz in text.quizzes}


def _told(text: Question | Guide) -> str:
    pieces = f"{len(text.quizzes)} quizzes, {len(text.tables)} tables"
    if isinstance(text, Guide):
        return f"{len(text.sections)} sections, {pieces}"
    return f"{len(text.follow_ups)} follow-ups, {pieces}"


def _claims(name: str, faults: Sequence[BadContent], sound: str) -> list[Claim]:
    return [Claim(name, False, str(fault)) for fault in faults] or [Claim(name, True, sound)]


def _code(text: Question | Guide, run: RunScript) -> list[Claim]:
    tally, faults = Tally(), []
    for block in code_blocks(body_of(text.file)):
        try:
            tally += check_block(text.file, block, run)
        except BadContent as fault:
            faults.append(fault)
    return _claims("code", faults, str(tally))
