"""Explain a word: a kind of bug, a verdict, a state."""

from __future__ import annotations

from dataclasses import dataclass

from torchdojo.app.catalogue import suggestion
from torchdojo.app.compose import Dojo
from torchdojo.domain.errors import BadInput

#: What every verdict and state means, in the learner's words.
_WORDS = {
    "passed": "Every planted bug is fixed and the goal is met, both measured by us.",
    "wrong-answer": "The script ran, and something is not fixed or the goal is missed. The entries say what was seen.",
    "runtime-error": "Your script raised an exception, left early, or cannot be read by Python. Its own traceback "
    "stands in the output.",
    "import-error": "The script imports something that is not installed here. Only Python's standard library, PyTorch "
    "and NumPy are needed.",
    "time-limit": "The run took longer than the exercise allows and was ended. Look for a loop that never ends.",
    "memory-limit": "The run took more memory than the exercise allows and was ended.",
    "forbidden": "The script tried what the sandbox refuses, or tampered with the recording of its own run.",
    "internal-error": "We broke. It is not your fault, no attempt is counted; run it again, and report it if it stays.",
    "fixed": "There is positive evidence that the bug is gone: its invariant held on enough occasions, and nothing "
    "that the reference run does went missing.",
    "open": "The bug was seen in this run. The evidence says how often and where.",
    "no-evidence": "This run could not show whether the bug is fixed: the script stopped earlier, or skipped the part "
    "in which it would be seen. That is never a pass.",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One explained word; `markdown` begins with its own heading."""

    title: str
    markdown: str


def explain(dojo: Dojo, slug: str) -> Explanation:
    """What `slug` means. Raises BadInput with the nearest words for one that is not known."""
    from torchdojo.bugs import bug_kinds, kind_page

    wanted = slug.strip().lower().replace("_", "-").replace(" ", "-")
    kinds = bug_kinds()
    if wanted in kinds:
        return Explanation(kinds[wanted].title, kind_page(kinds[wanted]))
    if wanted in _WORDS:
        title = wanted.replace("-", " ").capitalize()
        return Explanation(title, f"# {title}\n\n{_WORDS[wanted]}\n")
    raise BadInput(f"There is nothing called {slug!r} to explain.", suggestion(slug, sorted([*kinds, *_WORDS])))
