"""Proves a base of drills: the script is sound, and at each of its places the right probe sees the right bug.

Its proof lists every place with what happened there; drills are made only of places that were seen alone.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Sequence
from dataclasses import replace

from torchdojo.authoring.bench import Bench, Case
from torchdojo.authoring.claiming import holds, texts_are_written
from torchdojo.authoring.judging import Reports, in_time, metric_range, of_role, states, times
from torchdojo.authoring.proving import make_proof
from torchdojo.bugs import Place, breakable_places, broken_at, bug_kinds
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.proof import Claim, Proof
from torchdojo.domain.report import BugState, Verdict
from torchdojo.drills import read_atlas, with_bugs
from torchdojo.library import check_script_names, read_proof

#: A drill is run many times while it is made: its base has to be quick.
MOST_SECONDS = 3.0

#: Fewer kinds than this make a base that is soon known by heart.
LEAST_KINDS = 6

#: Places that a quick verification tries again.
SAMPLED = 1

_ALONE_SEEDS = 1


def reading_claims(base: Exercise) -> list[Claim]:
    """The claims about a base whose manifest could be read."""
    return [
        Claim("manifest", True, f"level {base.level}, {len(base.decoys)} decoys, every key known and filled in"),
        holds("texts are written", lambda: texts_are_written(base)),
        holds("solution has the names", lambda: _names(base)),
        holds("decoys", lambda: _decoys(base)),
        holds("places to break", lambda: _places(base)),
    ]


def run(base: Exercise, seeds: Sequence[int], alone_seeds: Sequence[int], bench: Bench, quick: bool) -> Reports:
    """Grade the sound script under every seed, and broken at each place under the first.

    Once it is graded as what is left when the bugs of all places are mended: a bug whose absence cannot be seen could
    never be solved.
    """
    sound = with_bugs(base, [])
    tried = breakable_places(base.solution)
    if quick:
        known = [place for place in tried if str(place) in _proved_places(base)]
        tried = random.Random(base.id).sample(known, min(SAMPLED, len(known)))
    alone = alone_seeds[:_ALONE_SEEDS]
    to_come = (len(tried) + 1) * len(alone)
    reports = bench.run(sound, {Case("solution", "", seed): base.solution for seed in seeds}, to_come=to_come)
    for place in tried:
        to_come -= len(alone)
        source = broken_at(base.solution, [place])
        cases = {Case("alone", str(place), seed): source for seed in alone}
        reports |= bench.run(with_bugs(base, [place]), cases, to_come=to_come)
    mended = {Case("mended", "", seed): base.solution for seed in alone}
    return reports | bench.run(with_bugs(base, tried), mended)


def run_claims(base: Exercise, reports: Reports, quick: bool) -> list[Claim]:
    """The claims that rest on the runs."""
    runs = of_role(reports, "solution")
    failed = [r for r in runs if r.verdict is not Verdict.PASSED]
    passes = Claim(
        "solution passes",
        not failed,
        f"seed {failed[0].seed}: {failed[0].message}" if failed else f"{times(runs)}, {metric_range(runs)}",
    )
    claims = [passes, in_time(base, reports)]
    names = list(dict.fromkeys(case.name for case in reports if case.role == "alone"))
    seen = [name for name in names if seen_alone(name, reports)]
    if quick:
        return [*claims, *(_still(base, name, reports) for name in names)]
    # On a busy machine any run may be slow, but hardly all of them.
    fastest = min(r.seconds.get("run", 0.0) for r in runs)
    took = f"the fastest run took {fastest:.1f} s" if fastest > MOST_SECONDS else f"within {MOST_SECONDS:g} s"
    claims.append(Claim("solution is quick", fastest <= MOST_SECONDS, took))
    kinds = {Place.parse(name).kind for name in seen}
    enough = len(kinds) >= LEAST_KINDS
    told = f"{len(kinds)} kinds at {len(seen)} of {len(names)} places are seen alone"
    return [*claims, Claim("drills can be made", enough, told if enough else f"{told}; {LEAST_KINDS} kinds are needed")]


def prove(base: Exercise, reports: Reports, claims: Sequence[Claim]) -> Proof:
    """The proof, with an entry for each place."""
    names = dict.fromkeys(case.name for case in reports if case.role == "alone")
    proof = make_proof(with_bugs(base, [Place.parse(name) for name in names]), reports, claims)
    verdicts = {name: tuple(report.verdict for report in of_role(reports, "alone", name)) for name in names}
    others = {name: _intruders(name, reports) for name in names}
    return replace(
        proof,
        bugs=tuple(
            replace(
                bug,
                verdicts=verdicts[bug.id],
                others=others[bug.id],
                state=bug.state if _is_seen_mended(bug.id, reports) else BugState.NO_EVIDENCE,
            )
            for bug in proof.bugs
        ),
    )


def seen_alone(name: str, reports: Reports) -> bool:
    """Whether the bug at this place was seen in every run, nothing else was, and mending it is seen too."""
    runs = of_role(reports, "alone", name)
    shows = all(states(r).get(name) is BugState.OPEN for r in runs) and not _intruders(name, reports)
    return shows and _is_seen_mended(name, reports)


def _is_seen_mended(name: str, reports: Reports) -> bool:
    return all(states(r).get(name) is BugState.FIXED for r in of_role(reports, "mended"))


def _proved_places(base: Exercise) -> set[str]:
    """The places where the base's proof has seen a bug alone."""
    try:
        proof = read_proof(base)
    except BadContent:
        return set()
    return set() if proof is None else {str(entry.place) for entry in read_atlas(base, proof).entries}


def _intruders(name: str, reports: Reports) -> tuple[str, ...]:
    """Kinds other than the planted one that a run showed."""
    found: set[str] = set()
    for report in of_role(reports, "alone", name):
        for check in report.checks:
            if check.outcome == "failed" and check.name.startswith("no new bug ("):
                found.add(check.name.removeprefix("no new bug (").removesuffix(")"))
    return tuple(sorted(found))


def _still(base: Exercise, name: str, reports: Reports) -> Claim:
    runs = of_role(reports, "alone", name)
    broke = [r for r in runs if r.verdict in (Verdict.INTERNAL_ERROR, Verdict.PASSED)]
    told = f"seed {broke[0].seed}: {broke[0].verdict} {broke[0].message}" if broke else times(runs)
    return Claim(f"{name} is graded", not broke, told)


def _names(base: Exercise) -> str:
    check_script_names(base)
    return "solution.py defines what the manifest names"


def _decoys(base: Exercise) -> str:
    for decoy in base.decoys:
        if decoy.looks_like not in bug_kinds():
            raise BadContent(f"A decoy looks like {decoy.looks_like!r}, which is no bug kind.", "Name a kind's slug.")
    return f"{len(base.decoys)}, each a line of solution.py"


def _places(base: Exercise) -> str:
    found = breakable_places(base.solution)
    for place in found:
        ast.parse(broken_at(base.solution, [place]))
    return f"{len(found)} places of {len({place.kind for place in found})} kinds"
