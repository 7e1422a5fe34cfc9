"""right/*.py, fake/*.py and wrong/*.py: whole scripts whose header says what the grader has to make of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import Verdict

_HEADER = re.compile(r"#\s*(style|open|verdict|caught by)\s*:\s*(.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer with its promise: the verdict it gets, and why.

    A fake answer names the bugs that stay not fixed, a wrong one the first check that fails ("" for a file that
    cannot even be loaded).
    """

    file: Path
    style: str
    open: tuple[str, ...]
    verdict: Verdict
    caught_by: str = ""

    @property
    def name(self) -> str:
        """The file as it is called inside the exercise folder, e.g. "fake/zero_after_step.py"."""
        return f"{self.file.parent.name}/{self.file.name}"

    @property
    def source(self) -> str:
        """The script."""
        return self.file.read_text(encoding="utf-8")


def right_answers(exercise: Exercise) -> list[Answer]:
    """Every right answer, by name. Raises BadContent for a header out of format."""
    return [_answer(exercise, path) for path in _scripts(exercise, "right")]


def fake_answers(exercise: Exercise) -> list[Answer]:
    """Every fake answer, by name. Raises BadContent for a header out of format."""
    return [_answer(exercise, path) for path in _scripts(exercise, "fake")]


def wrong_answers(exercise: Exercise) -> list[Answer]:
    """Every wrong answer of an implement exercise, by name. Raises BadContent for a header out of format."""
    return [_answer(exercise, path) for path in _scripts(exercise, "wrong")]


def _scripts(exercise: Exercise, role: str) -> list[Path]:
    folder = exercise.folder / role
    return sorted(path for path in folder.glob("*.py") if not path.name.startswith("."))


def _answer(exercise: Exercise, path: Path) -> Answer:
    header = _header(path)
    style = header.get("style", "")
    if not style:
        raise BadContent(f"{path}: the first line says no style.", "Write e.g. `# style: NLLLoss on log-softmax`.")
    if path.parent.name == "right":
        for key in ("open", "verdict", "caught by"):
            if key in header:
                raise BadContent(f"{path}: a right answer declares `{key}`.", "Remove the line, or the file.")
        return Answer(path, style, (), Verdict.PASSED)
    if path.parent.name == "wrong":
        return _wrong(path, style, header)
    if "caught by" in header:
        raise BadContent(f"{path}: a fake answer declares `caught by`.", "Write `# open: bug-id, bug-id` instead.")
    if "open" not in header:
        raise BadContent(f"{path}: the header lists no bugs.", "Write `# open: bug-id, bug-id`, or `# open: none`.")
    return Answer(path, style, _open(exercise, path, header["open"]), _verdict(path, header.get("verdict")))


def _wrong(path: Path, style: str, header: dict[str, str]) -> Answer:
    if "open" in header:
        raise BadContent(f"{path}: a wrong answer declares `open`.", "Write `# caught by: test_name` instead.")
    verdict, caught_by = _verdict(path, header.get("verdict")), header.get("caught by", "")
    if verdict is Verdict.IMPORT_ERROR and caught_by:
        raise BadContent(f"{path}: no check runs after an import error.", "Remove the line `# caught by:`.")
    if verdict is not Verdict.IMPORT_ERROR and not caught_by:
        raise BadContent(f"{path}: the header names no check.", "Write `# caught by: test_name`, the first that fails.")
    return Answer(path, style, (), verdict, caught_by)


def _header(path: Path) -> dict[str, str]:
    """The `# key: value` lines at the very top, which end at the first line that is none."""
    header: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise BadContent(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from error
    for line in lines:
        if (match := _HEADER.match(line)) is None:
            break
        if match[1] in header:
            raise BadContent(f"{path}: `# {match[1]}:` stands twice.", "Keep one of them.")
        header[match[1]] = match[2]
    return header


def _open(exercise: Exercise, path: Path, text: str) -> tuple[str, ...]:
    if text == "none":
        return ()
    known = [bug.id for bug in exercise.bugs]
    named = [name.strip() for name in text.split(",") if name.strip()]
    if not named:
        raise BadContent(f"{path}: `# open:` is empty.", "Write `# open: bug-id, bug-id`, or `# open: none`.")
    for name in named:
        if name not in known:
            raise BadContent(f"{path}: `# open:` names {name!r}.", f"The bugs of {exercise.id}: {', '.join(known)}.")
    return tuple(bug for bug in known if bug in named)


def _verdict(path: Path, text: str | None) -> Verdict:
    allowed = [str(v) for v in Verdict if v not in (Verdict.PASSED, Verdict.INTERNAL_ERROR)]
    if text is None:
        return Verdict.WRONG_ANSWER
    if text not in allowed:
        raise BadContent(f"{path}: `# verdict:` is {text!r}.", f"Write one of: {', '.join(allowed)}.")
    return Verdict(text)
