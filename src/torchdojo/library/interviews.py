"""interviews/<slug>/ into Interview: interview.toml has what is scored, script.md what happens."""

from __future__ import annotations

from pathlib import Path

from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Kind
from torchdojo.domain.interview import Band, Bonus, Criterion, Interview, Round, Shares, Signal
from torchdojo.library.folder import SLUG
from torchdojo.library.front import covers
from torchdojo.library.interview_script import SCRIPT, FindQuestion, Script, read_script
from torchdojo.library.table import Table, read_toml

INTERVIEW = "interview.toml"

#: What [covers] may name besides stages, criteria, bands, bonuses, look-fors, nudges and questions.
_COVERABLE = ("handout", "guide", "scoring", "bug-table", "probing")


def load_interview(folder: Path, find: FindQuestion) -> Interview:
    """Read one interview; `find` looks questions up that the script draws on. Raises BadContent."""
    if not SLUG.fullmatch(folder.name):
        raise BadContent(f"{folder} is no valid name.", "Use lower-case words joined by hyphens, a letter first.")
    file = folder / INTERVIEW
    table = read_toml(file)
    _refuse_strangers(folder)
    script = read_script(folder / SCRIPT, find)
    criteria = _criteria(table)
    _check_script(folder / SCRIPT, script, criteria)
    bands, bonuses = _bands(table), _bonuses(table)
    interview_round = Round(table.one_of("round", list(Round)))
    interview = Interview(
        slug=folder.name,
        title=table.text("title"),
        summary=table.text("summary"),
        file=file,
        round=interview_round,
        exercise=table.text("exercise", ""),
        handout=script.handout,
        criteria=criteria,
        stages=script.stages,
        bands=bands,
        bonuses=bonuses,
        covers=covers(table, _ids(script, criteria, bands, bonuses)),
        shares=_shares(table, interview_round),
        nudge_price=table.whole("nudge_price", 3, low=0, high=20),
        bonus_questions=table.texts("bonus_questions"),
        begins_with_looks=table.flag("begins_with_looks"),
    )
    minutes = table.whole("minutes", low=5, high=600)
    table.finish()
    if minutes != interview.minutes:
        told = " + ".join(str(stage.minutes) for stage in interview.stages)
        raise table.fault(
            f"`minutes` is {minutes}, and the stages take {told} = {interview.minutes}", "Make the two agree."
        )
    if interview.begins_with_looks and interview_round.kinds != {Kind.DEBUG}:
        told = f"`begins_with_looks` in a round of {interview_round!r}, which need not have a run to look at"
        raise table.fault(told, f"Leave it out, or write round = {str(Round.DIAGNOSIS)!r} or {str(Round.DEBUG)!r}.")
    if interview.exercise and not interview_round.kinds:
        raise table.fault("a round of concepts with an exercise", "Leave `exercise` out.")
    return interview


def _refuse_strangers(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.name not in (INTERVIEW, SCRIPT) and not path.name.startswith("."):
            raise BadContent(f"{path} has no role in an interview.", f"Remove it; there are {INTERVIEW} and {SCRIPT}.")


def _criteria(table: Table) -> tuple[Criterion, ...]:
    found = []
    for entry in table.tables("criterion", "id"):
        found.append(
            Criterion(
                id=_id(entry),
                title=entry.text("title"),
                weight=entry.whole("weight", low=1, high=5),
                about=entry.text("about"),
                anchors={signal: entry.text(signal.value) for signal in Signal},
                green=entry.texts("green"),
                red=entry.texts("red"),
            )
        )
        entry.finish()
    _refuse_doubles(table, "criterion", [criterion.id for criterion in found])
    return tuple(found)


def _bands(table: Table) -> tuple[Band, ...]:
    found = []
    for entry in table.tables("band", "id"):
        found.append(
            Band(
                id=_id(entry),
                title=entry.text("title"),
                least=entry.whole("least", low=0, high=100),
                reading=entry.text("reading"),
                needs_all=entry.flag("needs_all"),
            )
        )
        entry.finish()
    _refuse_doubles(table, "band", [band.id for band in found])
    least = [band.least for band in found]
    if not least or least != sorted(set(least), reverse=True) or least[-1] != 0:
        raise table.fault(f"the bands begin at {least}", "Write the best [[band]] first, the last with least = 0.")
    if any(band.needs_all for band in found[1:]):
        raise table.fault("`needs_all` stands in a lower band", "Only the best band may need everything proved.")
    return tuple(found)


def _bonuses(table: Table) -> tuple[Bonus, ...]:
    found = []
    for entry in table.tables("bonus", "id"):
        found.append(Bonus(_id(entry), entry.text("text"), entry.whole("points", low=1, high=10)))
        entry.finish()
    _refuse_doubles(table, "bonus", [bonus.id for bonus in found], required=False)
    return tuple(found)


def _shares(table: Table, interview_round: Round) -> Shares:
    entry = table.table("shares", required=True)
    shares = Shares(*(entry.whole(name, low=0, high=100) for name in ("work", "answers", "criteria")))
    entry.finish()
    if shares.work + shares.answers + shares.criteria != 100:
        raise entry.fault(f"they add up to {shares.work + shares.answers + shares.criteria}", "Make them 100.")
    if bool(shares.work) != bool(interview_round.kinds):
        told = "nothing is graded in this round" if shares.work else "the grader's part is worth nothing"
        raise entry.fault(f"`work` is {shares.work}, and {told}", "Give `work` points only where there is an exercise.")
    return shares


def _check_script(file: Path, script: Script, criteria: tuple[Criterion, ...]) -> None:
    known = {criterion.id for criterion in criteria}
    for stage in script.stages:
        for look_for in stage.look_fors:
            if look_for.criterion not in known:
                raise BadContent(
                    f"{file}, line {_line_of(file, look_for.id)}: {look_for.id!r} names the criterion "
                    f"{look_for.criterion!r}, which is not in {INTERVIEW}.",
                    f"There are: {', '.join(sorted(known))}.",
                )


def _line_of(file: Path, name: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if f"{{#{name} " in line), 1)


def _ids(
    script: Script, criteria: tuple[Criterion, ...], bands: tuple[Band, ...], bonuses: tuple[Bonus, ...]
) -> set[str]:
    ids = {*_COVERABLE, *(criterion.id for criterion in criteria)}
    ids |= {band.id for band in bands} | {bonus.id for bonus in bonuses}
    for stage in script.stages:
        ids |= {stage.id} | {look_for.id for look_for in stage.look_fors}
        ids |= {nudge.id for nudge in stage.nudges} | {question.id for question in stage.questions}
    return ids


def _id(entry: Table) -> str:
    name = entry.text("id")
    if not SLUG.fullmatch(name):
        raise entry.fault(f"`id` is {name!r}", "Use lower-case words joined by hyphens.")
    return name


def _refuse_doubles(table: Table, key: str, ids: list[str], *, required: bool = True) -> None:
    if required and not ids:
        raise table.fault(f"there is no [[{key}]]", f"Write one [[{key}]] at least.")
    for name in ids:
        if ids.count(name) > 1:
            raise table.fault(f"two [[{key}]] have the id {name!r}", "Keep one of them.")
