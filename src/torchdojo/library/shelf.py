"""Library: every exercise of every content root, in curriculum order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from torchdojo.domain.curriculum import Syllabus, Track
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Interview
from torchdojo.domain.knowledge import Guide, Question, Topic
from torchdojo.domain.proof import Proof
from torchdojo.library.answers import Answer, fake_answers, right_answers
from torchdojo.library.curriculum import Curriculum, read_curriculum
from torchdojo.library.folder import MANIFEST
from torchdojo.library.interviews import INTERVIEW, load_interview
from torchdojo.library.knowledge import Knowledge
from torchdojo.library.manifest import load_exercise
from torchdojo.library.proofs import is_current, read_proof
from torchdojo.library.roots import beside, shipped_root, user_root


class Library:
    """The content at hand. Nothing is read before it is asked for; a folder is read again when its manifest changes.

    `roots` are further content folders of the user; `shipped` replaces the exercises that come with torchdojo.
    `drills` is where the challenges lie that were made on this machine: found by name, never listed among exercises.
    A broken folder never hides the others: it is left out of `exercises` and told of in `faults`.
    """

    def __init__(self, roots: Sequence[Path] = (), *, shipped: Path | None = None, drills: Path | None = None) -> None:
        self._user_roots = tuple(roots)
        self._shipped = shipped
        self._drills = drills
        self._read: dict[Path, tuple[tuple[int, int], Exercise]] = {}

    @cached_property
    def roots(self) -> tuple[Path, ...]:
        """The content folders, shipped first. Raises BadContent when one does not exist."""
        shipped = shipped_root() if self._shipped is None else user_root(self._shipped)
        named = (shipped.resolve(), *(user_root(root) for root in self._user_roots))
        return tuple(dict.fromkeys(named))  # naming the shipped root again must not double every exercise

    @cached_property
    def knowledge(self) -> Knowledge:
        """The questions and guides beside the exercises."""
        return Knowledge(self.roots)

    def exercises(self) -> list[Exercise]:
        """Every sound exercise: by track, then prerequisites first, then level, then name."""
        return self._survey()[0]

    def faults(self) -> list[BadContent]:
        """What is wrong with the content, one entry for each folder or file that had to be left out."""
        return self._survey()[1] + self.knowledge.faults(self.names())

    def find(self, slug: str) -> Exercise | None:
        """The exercise of that name; None when no folder has it. Raises BadContent when its folder is broken."""
        folders = [folder for folder in self._folders() + self._drill_folders() if folder.name == slug]
        if len(folders) > 1:
            raise _duplicate(folders[0], folders[1])
        return self._load(folders[0]) if folders else None

    def names(self) -> list[str]:
        """The names of all exercise folders, broken ones included."""
        return sorted({folder.name for folder in self._folders()})

    def bases(self) -> list[Exercise]:
        """Every sound script that drills can be made from, by name; a broken one is left out (`verify` names it)."""
        found: dict[str, Exercise] = {}
        for folder in self._base_folders():
            try:
                found.setdefault(folder.name, self._load(folder))
            except BadContent:
                continue
        return [found[name] for name in sorted(found)]

    def base_names(self) -> list[str]:
        """The names of all folders of bases, broken ones included."""
        return sorted({folder.name for folder in self._base_folders()})

    def base(self, slug: str) -> Exercise | None:
        """The base of that name; None when no folder has it. Raises BadContent when its folder is broken."""
        folders = [folder for folder in self._base_folders() if folder.name == slug]
        return self._load(folders[0]) if folders else None

    @property
    def drills_folder(self) -> Path | None:
        """Where the challenges lie that are made on this machine; None where none can be kept."""
        return self._drills

    def drills(self) -> list[Exercise]:
        """The challenges made on this machine, the latest first; broken ones are left out."""
        found: list[Exercise] = []
        for folder in sorted(self._drill_folders(), key=lambda folder: (-folder.stat().st_mtime_ns, folder.name)):
            try:
                found.append(self._load(folder))
            except BadContent:
                continue
        return found

    def tracks(self) -> list[Track]:
        """The tracks of all roots in order; a track without an entry in a curriculum is called by its folder."""
        ordered: dict[str, Track] = {}
        for curriculum in self._curricula():
            for track in curriculum.tracks:
                ordered.setdefault(track.id, track)
        for folder in self._folders():
            ordered.setdefault(folder.parent.name, Track(folder.parent.name, folder.parent.name.capitalize(), ""))
        return list(ordered.values())

    def syllabi(self) -> list[Syllabus]:
        """The syllabi of all roots; of two with the same id the first."""
        found: dict[str, Syllabus] = {}
        for curriculum in self._curricula():
            for syllabus in curriculum.syllabi:
                found.setdefault(syllabus.id, syllabus)
        return list(found.values())

    def level_names(self) -> tuple[str, ...]:
        """What levels 1 to 5 are called; empty when no curriculum names them."""
        return next((curriculum.levels for curriculum in self._curricula() if curriculum.levels), ())

    def proof(self, exercise: Exercise) -> Proof | None:
        """The exercise's proof; None when there is none, it cannot be read, or the files have changed since."""
        try:
            proof = read_proof(exercise)
        except BadContent:
            return None  # `verify` says what is wrong with it; a learner loses nothing but the figures.
        return proof if proof is not None and is_current(exercise, proof) else None

    def right(self, exercise: Exercise) -> list[Answer]:
        """Its right answers."""
        return right_answers(exercise)

    def fake(self, exercise: Exercise) -> list[Answer]:
        """Its fake answers."""
        return fake_answers(exercise)

    def topics(self) -> list[Topic]:
        """The topics of the questions in order."""
        return self.knowledge.topics()

    def questions(self) -> list[Question]:
        """Every sound question: by topic, in its order."""
        return self.knowledge.questions()

    def question(self, slug: str) -> Question | None:
        """The question of that name; None when there is none. Raises BadContent when it is broken."""
        return self.knowledge.question(slug)

    def guides(self) -> list[Guide]:
        """Every sound guide in order."""
        return self.knowledge.guides()

    def guide(self, slug: str) -> Guide | None:
        """The guide of that name; None when there is none. Raises BadContent when it is broken."""
        return self.knowledge.guide(slug)

    def interviews(self) -> list[Interview]:
        """Every sound interview, by name; a broken one is left out (`verify` names it)."""
        found: dict[str, Interview] = {}
        for folder in self._interview_folders():
            try:
                found.setdefault(folder.name, load_interview(folder, self._sound_question))
            except BadContent:
                continue
        return [found[name] for name in sorted(found)]

    def interview_names(self) -> list[str]:
        """The names of all folders of interviews, broken ones included. They may be those of exercises, too."""
        return sorted({folder.name for folder in self._interview_folders()})

    def interview(self, slug: str) -> Interview | None:
        """The interview of that name; None when no folder has it. Raises BadContent when it is broken."""
        folder = next((folder for folder in self._interview_folders() if folder.name == slug), None)
        return None if folder is None else load_interview(folder, self._sound_question)

    def _sound_question(self, slug: str) -> Question | None:
        return self.knowledge.question(slug)

    def _survey(self) -> tuple[list[Exercise], list[BadContent]]:
        found: dict[str, Exercise] = {}
        faults: list[BadContent] = []
        for folder in self._folders():
            try:
                exercise = self._load(folder)
            except BadContent as fault:
                faults.append(fault)
                continue
            if (first := found.get(exercise.id)) is not None:
                faults.append(_duplicate(first.folder, folder))
            else:
                found[exercise.id] = exercise
        try:
            position = {track.id: number for number, track in enumerate(self.tracks())}
        except BadContent as fault:
            faults.append(fault)
            position = {}
        ordered, circular = _in_order(found, position)
        return ordered, faults + circular

    def _folders(self) -> list[Path]:
        return sorted(manifest.parent for root in self.roots for manifest in root.glob(f"*/*/{MANIFEST}"))

    def _base_folders(self) -> list[Path]:
        folders = [beside(root, "bases") for root in self.roots]
        return sorted(manifest.parent for folder in folders for manifest in folder.glob(f"*/*/{MANIFEST}"))

    def _interview_folders(self) -> list[Path]:
        folders = [beside(root, "interviews") for root in self.roots]
        return [manifest.parent for folder in folders for manifest in sorted(folder.glob(f"*/{INTERVIEW}"))]

    def _drill_folders(self) -> list[Path]:
        return [] if self._drills is None else [file.parent for file in self._drills.glob(f"*/*/{MANIFEST}")]

    def _curricula(self) -> list[Curriculum]:
        return [read_curriculum(root) for root in self.roots]

    def _load(self, folder: Path) -> Exercise:
        state = (folder / MANIFEST).stat()
        stamp = (state.st_mtime_ns, state.st_size)
        known = self._read.get(folder)
        if known is None or known[0] != stamp:
            known = self._read[folder] = (stamp, load_exercise(folder))
        return known[1]


def _in_order(found: dict[str, Exercise], position: dict[str, int]) -> tuple[list[Exercise], list[BadContent]]:
    """Sort so that prerequisites come first within a track; leave out what can never come first."""
    waiting = sorted(found.values(), key=lambda e: (position.get(e.track, len(position)), e.level, e.id))
    ordered: list[Exercise] = []
    faults: list[BadContent] = []
    for exercise in list(waiting):
        for slug in exercise.prerequisites:
            if slug not in found:
                faults.append(
                    BadContent(
                        f"{exercise.folder / MANIFEST}: `prerequisites` names {slug!r}, which is no sound exercise.",
                        f"Known: {', '.join(sorted(found))}.",
                    )
                )
                if exercise in waiting:
                    waiting.remove(exercise)
    placed: set[str] = set()
    while waiting:
        ready = next((e for e in waiting if placed.issuperset(e.prerequisites)), None)
        if ready is None:
            circle = ", ".join(e.id for e in waiting)
            faults.append(
                BadContent(
                    f"`prerequisites` can never be met by: {circle}.",
                    "They wait for each other or for an exercise that was left out; remove one of the entries.",
                )
            )
            break
        waiting.remove(ready)
        placed.add(ready.id)
        ordered.append(ready)
    return ordered, faults


def _duplicate(first: Path, second: Path) -> BadContent:
    return BadContent(f"{second} has the same name as {first}.", "Names are unique over all tracks; rename one folder.")
