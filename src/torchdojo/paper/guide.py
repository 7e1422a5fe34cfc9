"""The interviewer's guide: everything that is needed to hold an interview with paper and pencil."""

from __future__ import annotations

from collections.abc import Iterator

from torchdojo.domain.exercise import Exercise, Kind, spoken_metric
from torchdojo.domain.interview import Criterion, Interview, Nudge, Probing, Round, Signal, Stage
from torchdojo.paper.sheet import (
    BLANK,
    BOX,
    Asked,
    Block,
    Bullets,
    Fields,
    Grid,
    Heading,
    Kept,
    Listing,
    Prose,
    Rules,
    Sheet,
    Speech,
)

_RATE = f"{BOX} weak  {BOX} medium  {BOX} strong"


def interviewer_guide(interview: Interview, exercise: Exercise | None, handed_out: str = "") -> Sheet:
    """The sheet for one interview; `handed_out`, the candidate's file, is printed at the end with line numbers."""
    kind = "debug or implement" if interview.round is Round.ANY else interview.round
    about = f"Interviewer's guide · {kind} round · {interview.minutes} minutes"
    if exercise is not None and exercise.title not in interview.title:
        about += f" · {exercise.title}"
    blocks = [
        *_cover(interview, exercise),
        *_stages(interview, exercise),
        *_bug_table(interview, exercise),
        *_probing(interview, exercise),
        *_anchors(interview),
        *_scoring_sheet(interview, exercise),
        *_file(exercise, handed_out),
    ]
    return Sheet(interview.title, about, f"{interview.title} · for the interviewer only", tuple(blocks))


def _cover(interview: Interview, exercise: Exercise | None) -> Iterator[Block]:
    yield Prose(interview.summary)
    open_choice = exercise is None and interview.round.kinds
    yield Fields(("Candidate", "Date and time", "Interviewer", "Exercise and seed" if open_choice else "Position"))
    yield Heading(2, "To begin with")
    yield Speech(interview.handout)
    yield Heading(2, "Timetable")
    rows, at = [], 0
    for stage in interview.stages:
        rows.append(
            (stage.title, str(stage.minutes), f"{_clock(at)} – {_clock(at + stage.minutes)}", f"{BLANK} : {BLANK}")
        )
        at += stage.minutes
    rows.append(("**Together**", f"**{at}**", "", ""))
    yield Grid(("Stage", "minutes", "planned", "begun at"), tuple(rows), (1, 0, 0, 0), by_hand=True)
    yield Heading(2, "What you need")
    yield Bullets(
        "Before the candidate comes", tuple((item, "") for item in _preparations(interview, exercise)), ticks=True
    )


def _preparations(interview: Interview, exercise: Exercise | None) -> Iterator[str]:
    if interview.round is Round.CONCEPTS:
        yield "Paper for both of you. There is no file."
    elif interview.round is Round.DIAGNOSIS or interview.begins_with_looks:
        if interview.begins_with_looks:
            yield "In a room (`torchdojo interview new`) the page hides the script and shows the looks; without one:"
        name = "ID" if exercise is None else exercise.id
        yield f"An exercise with a hidden script: `torchdojo look {name} --hide`, or `torchdojo drill --hidden`."
        yield f"`torchdojo look {name}` lists the looks and their prices; `torchdojo look {name} LOOK` opens one."
    elif exercise is None:
        yield "An exercise that the candidate does not know: `torchdojo list`, or a fresh one: `torchdojo drill`."
    else:
        yield f"The file `{exercise.filename}` for the candidate: `torchdojo start {exercise.id}` writes it."
        if exercise.kind is Kind.DEBUG:
            yield f"It runs by itself: `python {exercise.filename}`."
        yield f"What is proved so far, at any time: `torchdojo grade {exercise.id} {exercise.filename}`."
        yield f"The reference: `torchdojo solution {exercise.id} --yes`."
    yield "No network and no GPU are needed. Remotely, share an editor and a terminal, and keep this guide to yourself."
    yield "Same script, same exercise and same questions for all candidates that you compare."


def _stages(interview: Interview, exercise: Exercise | None) -> Iterator[Block]:
    yield Heading(1, "The stages", breaks=True)
    at = 0
    for stage in interview.stages:
        heading = Heading(2, stage.title, f"{stage.minutes} min · {_clock(at)} – {_clock(at + stage.minutes)}")
        at += stage.minutes
        parts: list[tuple[Block, ...]] = [
            (heading, *_stage(interview, stage), *_from_the_exercise(interview, stage, exercise)),
            *((_asked(question),) for question in stage.questions),
        ]
        parts[-1] += (Rules("Notes", max(3, stage.minutes // 3)),)
        yield from map(Kept, parts)


def _stage(interview: Interview, stage: Stage) -> Iterator[Block]:
    titles = {criterion.id: criterion.title for criterion in interview.criteria}
    yield Speech(stage.say)
    if stage.look_fors:
        seen = tuple((each.text, titles[each.criterion]) for each in stage.look_fors)
        yield Bullets("Look for", seen, ticks=True)
    if stage.conclusions:
        yield Bullets("To conclude", tuple((text, "") for text in stage.conclusions))
    if stage.nudges:
        yield Bullets("Nudges, if needed", tuple(_nudge(nudge) for nudge in stage.nudges), ticks=True)


def _from_the_exercise(interview: Interview, stage: Stage, exercise: Exercise | None) -> Iterator[Block]:
    if exercise is not None and not exercise.bugs:
        yield from _hints(interview, stage, exercise)
        return
    if stage.bugs:
        yield Prose("*The bug table further on has every bug with its nudge: tick there what is found and mended.*")
    if stage.probing:
        yield Prose("*The probing questions further on belong here: choose some for each bug that you discuss.*")


def _hints(interview: Interview, stage: Stage, exercise: Exercise) -> Iterator[Block]:
    """Where they are needed first; later stages point there, so that none is ticked and paid for twice."""
    hints = [nudge for nudge in interview.nudges(exercise) if nudge.id.startswith("hint-")]
    if not stage.bugs or not hints:
        return
    first = next(each for each in interview.stages if each.bugs)
    if stage is first:
        yield Bullets("Hints of the exercise, in this order", tuple(_nudge(hint) for hint in hints), ticks=True)
    else:
        yield Prose(f"*The hints of the exercise stand under {first.title}.*")


def _nudge(nudge: Nudge) -> tuple[str, str]:
    return nudge.text, f"−{nudge.price}"


def _asked(question: Probing) -> Asked:
    bonus = ", bonus" if question.bonus else ""
    return Asked(question.question, question.answer, f"{question.level}{bonus}   {_RATE}")


def _bug_table(interview: Interview, exercise: Exercise | None) -> Iterator[Block]:
    if exercise is None:
        if interview.round.kinds:
            yield Heading(1, "Bugs or checks", breaks=True)
            command = f"torchdojo interview guide {interview.slug} --exercise ID --pdf FILE"
            yield Prose(f"They come from the exercise you choose. This prints them here:\n\n```text\n{command}\n```")
            numbers = tuple((str(number), "", BOX, BOX, f"{BLANK} min") for number in range(1, 9))
            yield Grid(("", "What", "found", "mended", "at"), numbers, (0, 1, 0, 0, 0), by_hand=True)
        return
    if not exercise.bugs:
        return
    yield Heading(1, "The bugs", f"{len(exercise.bugs)} in all", breaks=True)
    if exercise.goal is not None:
        goal = exercise.goal
        yield Prose(f"**Goal:** {goal.description} ({spoken_metric(goal.name)}). Reached: {BOX}")
    rows = tuple(
        (
            str(number),
            f"**{bug.title}** ({bug.category}, {bug.difficulty}), in `{bug.location}`",
            bug.effect,
            f"{BOX} {bug.nudge} (−{interview.nudge_price})",
            f"{BOX} found  \n{BOX} mended at {BLANK} min",
        )
        for number, bug in enumerate(exercise.bugs, start=1)
    )
    yield Grid(("", "Bug", "What happens", "Nudge", "Seen"), rows, (0, 5, 8, 5, 3), wide=True)
    categories = [bug.category for bug in exercise.bugs]
    counts = ", ".join(f"{categories.count(name)} {name}" for name in dict.fromkeys(categories))
    yield Prose(f"By their first category: {counts}. New bugs that came in: {BLANK}")


def _probing(interview: Interview, exercise: Exercise | None) -> Iterator[Block]:
    if exercise is None or not any(bug.probing for bug in exercise.bugs):
        return
    asked = sum(len(bug.probing) for bug in exercise.bugs)
    yield Heading(1, "Probing questions", f"{asked} in all", breaks=len(exercise.bugs) > 2)
    for number, bug in enumerate(exercise.bugs, start=1):
        questions = [_asked(question) for question in interview.questions_about(bug)]
        yield Kept((Heading(3, f"{number}. {bug.title}"), *questions[:1]))
        yield from questions[1:]


def _anchors(interview: Interview) -> Iterator[Block]:
    yield Heading(1, "What weak, medium and strong sound like", breaks=True)
    yield Prose("Choose by the words, before you look at the sum. Without a good fit, take the lower one.")
    for criterion in interview.criteria:
        heading = Heading(3, criterion.title, f"weight {criterion.weight}")
        anchors = Grid(
            ("weak", "medium", "strong"),
            (tuple(criterion.anchors[signal] for signal in Signal),),
            (1, 1, 1),
            wide=True,
        )
        yield Kept((heading, Prose(criterion.about), anchors, *_flags(criterion)))


def _flags(criterion: Criterion) -> Iterator[Block]:
    told = [
        f"**{name}:** {' '.join(flags)}"
        for name, flags in (("Green flag", criterion.green), ("Red flag", criterion.red))
        if flags
    ]
    if told:
        yield Prose("  \n".join(told))


def _scoring_sheet(interview: Interview, exercise: Exercise | None) -> Iterator[Block]:
    shares = interview.shares
    yield Heading(1, "Scoring sheet", breaks=True)
    yield Fields(("Candidate", "Date"))
    yield Heading(3, "Criteria", f"{shares.criteria} points: weak 0, medium ½, strong 1, times the weight")
    rows = tuple((criterion.title, str(criterion.weight), BOX, BOX, BOX, "") for criterion in interview.criteria)
    head = ("Criterion", "weight", "weak", "medium", "strong", "one piece of evidence")
    yield Grid(head, rows, (4, 0, 0, 0, 0, 7), by_hand=True)
    yield Heading(3, "The sum")
    yield Grid(("", "how", "points"), tuple(_sum_rows(interview, exercise)), (3, 10, 2), by_hand=True)
    if interview.bonuses:
        bonuses = tuple((bonus.text, f"+{bonus.points}") for bonus in interview.bonuses)
        yield Bullets("Bonus: worth saying, never required", bonuses, ticks=True)
    yield Heading(3, "Band", "a reading of the sum, not the decision")
    bands = tuple(
        (f"{BOX} {band.title}", f"from {band.least}" + (", everything proved" if band.needs_all else ""), band.reading)
        for band in interview.bands
    )
    yield Grid(("Band", "points", "reading"), bands, (3, 3, 8))
    yield Rules("Decision, and what it rests on", 4)


def _sum_rows(interview: Interview, exercise: Exercise | None) -> Iterator[tuple[str, str, str]]:
    shares = interview.shares
    if shares.work and exercise is not None and exercise.bugs:
        each = shares.work * (0.9 if exercise.goal else 1.0) / len(exercise.bugs)
        yield "Bugs", f"mended {BLANK} × {each:.1f}, late or without evidence {BLANK} × {each / 2:.1f}", BLANK
        if exercise.goal is not None:
            most = shares.work / 10
            yield "Goal", f"reached: {most:.1f} with every bug mended, {most / 2:.1f} with some left", BLANK
    elif shares.work:
        yield "Work", f"share proved in time {BLANK} × {shares.work}; what came late counts half", BLANK
    if shares.answers:
        yield (
            "Questions",
            f"strong {BLANK}, medium {BLANK} of {BLANK} rated: (strong + ½ medium) / rated × {shares.answers}",
            BLANK,
        )
    weights = sum(criterion.weight for criterion in interview.criteria)
    yield "Criteria", f"sum of weight × signal {BLANK} / {weights} × {shares.criteria}", BLANK
    yield "Bonus", "ticked below; bonus questions 2 or 1; at most 10", f"+ {BLANK}"
    yield "Nudges", "their prices, each once; at most 25", f"− {BLANK}"
    if (exercise is None and interview.round.kinds) or (exercise is not None and exercise.bugs):
        yield "New bugs", f"{BLANK} × 5", f"− {BLANK}"
    yield "**Together**", "between 0 and 100", BLANK


def _file(exercise: Exercise | None, handed_out: str) -> Iterator[Block]:
    if exercise is None or not handed_out:
        return
    told = "as it is handed out" if exercise.kind is Kind.DEBUG else "the reference solution"
    yield Heading(1, f"`{exercise.filename}`", told, breaks=True)
    yield Listing(handed_out)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
