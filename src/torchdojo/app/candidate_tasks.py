"""The task as a candidate in an interview reads it: no advice that is a priced nudge there, no count of bugs."""

from __future__ import annotations

import re

from torchdojo.domain.exercise import Exercise, Kind

#: What a prompt says besides its beginning that is the task, not a way to do it.
_SECTIONS = frozenset(
    {
        "the task",
        "the rules",
        "what counts",
        "what is wrong",
        "what it should do",
        "what it should print",
        "what a sound run prints",
    }
)

_COUNT = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+)"
_THERE_ARE = re.compile(rf"\b(?:is|are) (\**){_COUNT} (bug|fault|mistake)s?\b", re.IGNORECASE)
_PLANTED = re.compile(rf"\b{_COUNT} (bug|fault|mistake)s? (?:has|have) been\b", re.IGNORECASE)
_FIND_IT = re.compile(r"\bFind it\b")


def candidate_task(exercise: Exercise) -> str:
    """The prompt of an exercise for an interview, in Markdown. Of an exercise to implement it is all of it."""
    return shortened(exercise.prompt) if exercise.kind is Kind.DEBUG else exercise.prompt


def shortened(prompt: str) -> str:
    """The beginning and the sections that say what the task is, without a count of bugs."""
    beginning, *sections = re.split(r"^## ", prompt, flags=re.MULTILINE)
    kept = [section for section in sections if section.partition("\n")[0].strip().lower() in _SECTIONS]
    return _uncounted("## ".join([beginning, *kept])).rstrip() + "\n"


def _uncounted(text: str) -> str:
    text = _THERE_ARE.sub(r"are \1\2s", text)
    text = _PLANTED.sub(lambda found: f"{found[1].capitalize()}s have been", text)
    return _FIND_IT.sub("Find what is wrong", text)
