"""The words of a report, each with a title and a page of Markdown."""

from __future__ import annotations

from torchdojo.domain.report import BugState, RestsOn, Verdict

_VERDICTS = {
    Verdict.PASSED: (
        "Passed",
        "Debugging: every planted bug is gone, shown by what the run did, and the goal was met on rows the grader made "
        "itself. Implementing: every check passed, on inputs drawn for this run.\n\n"
        "Read the debrief (`torchdojo solution ID`): it has the questions an interviewer asks about this.",
    ),
    Verdict.WRONG_ANSWER: (
        "Wrong answer",
        "Implementing: at least one check failed. Look at the first of them: it shows the call, its input, what came "
        "out and what was expected; the others often fail for the same reason.\n\n"
        "Debugging: the script ran to its end, and at least one bug is not shown to be fixed, or the goal was missed. "
        "Look at the bugs marked `open` first: each names the line and what was seen there. Then at those with "
        "`no_evidence`: the run never came to the place where they show.",
    ),
    Verdict.RUNTIME_ERROR: (
        "Runtime error",
        "The script stopped with an exception, or Python could not read it. The message names the line.\n\n"
        "Whatever would have come after that line could not be observed, so bugs there have `no_evidence`. A script "
        "that Python cannot read is not counted as an attempt.",
    ),
    Verdict.IMPORT_ERROR: (
        "Import error",
        "The script imports something that is not there.\n\n"
        "Submissions run with the packages of the Python that runs torchdojo, without a network and without your "
        "other files. Remove the import, or install the package into the same environment.",
    ),
    Verdict.TIME_LIMIT: (
        "Time limit",
        "The script was stopped because it took longer than the exercise allows; `torchdojo show ID` says how long.\n\n"
        "Usually a loop that does not end, or much more training than the task asks for.",
    ),
    Verdict.MEMORY_LIMIT: (
        "Memory limit",
        "The script was stopped because it needed more memory than the exercise allows.\n\n"
        "Look for something that grows with every step: a list of losses that still carry their graphs is the usual "
        "one (see `torchdojo explain loss-kept-with-graph`).",
    ),
    Verdict.FORBIDDEN: (
        "Forbidden",
        "The script tried what the sandbox refuses (network, other processes, files elsewhere), or it changed what the "
        "recording relies on.\n\n"
        "A training script needs none of that. The message says what was tried.",
    ),
    Verdict.INTERNAL_ERROR: (
        "Internal error",
        "The grader broke, not you. The run is not counted and nothing about it is kept.\n\n"
        "Run it again. If it happens twice, `torchdojo doctor` says what is wrong with this machine's set-up; else "
        "report it together with your script and the message.",
    ),
}

_STATES = {
    BugState.FIXED: (
        "Fixed",
        "Positive evidence that the bug is gone: there were enough occasions on which it would have shown, and it "
        "did not show on any. The evidence says how many.",
    ),
    BugState.OPEN: (
        "Open",
        "The bug was seen at work during the run. The evidence says where and how often.",
    ),
    BugState.NO_EVIDENCE: (
        "No evidence",
        "This run could neither show nor rule out the bug: the script stopped earlier, or left out the part where it "
        "would show (an evaluation that was deleted, an epoch count that was cut).\n\n"
        "It never counts as fixed. Get the script to run through, then look again.",
    ),
}

_GROUNDS = {
    RestsOn.EVENTS: (
        "Rests on events",
        "The statement rests on what was recorded while the script ran: model calls, losses, backward passes, "
        "updates, batches.",
    ),
    RestsOn.VALUES: (
        "Rests on values",
        "The statement rests on numbers checked from outside the script's process: the grader made the rows and the "
        "weights, and computed what has to come out.",
    ),
    RestsOn.BOTH: (
        "Rests on both",
        "What was recorded in the script's process and what was computed outside it agree.",
    ),
}

_ISOLATION = {
    "full": (
        "Full isolation",
        "Submissions run in namespaces of their own, under Landlock and seccomp, with limits on time, memory, output "
        "and disk. They see no file of yours, no network and no other process.",
    ),
    "partial": (
        "Partial isolation",
        "This system does not let an ordinary user make namespaces, so some walls are missing; Landlock, seccomp and "
        "the limits still stand. `torchdojo doctor` names what is missing.",
    ),
    "none": (
        "No isolation",
        "Only time and memory are limited here. Run nothing but code you trust. `torchdojo doctor` says why.",
    ),
}

#: Title and Markdown by the word as it stands in a report.
WORDS: dict[str, tuple[str, str]] = {
    **{str(word): page for word, page in _VERDICTS.items()},
    **{str(word): page for word, page in _STATES.items()},
    **{str(word): page for word, page in _GROUNDS.items()},
    **_ISOLATION,
}
