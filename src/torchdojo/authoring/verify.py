"""`verify`: prove an exercise, a text or an interview, or say precisely what is wrong with it."""

from __future__ import annotations

import difflib
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

from torchdojo.authoring import computation
from torchdojo.authoring.bench import Bench, Grade, Progress
from torchdojo.authoring.board import Board, Standing
from torchdojo.authoring.code_blocks import check_code_blocks
from torchdojo.authoring.computation import Ask
from torchdojo.authoring.methods import METHODS
from torchdojo.authoring.scripts import RunScript, WarmScripts, as_readers_run, run_fresh
from torchdojo.authoring.texts import TextProver
from torchdojo.authoring.verification import Verification
from torchdojo.domain.blocks import BlockRun
from torchdojo.domain.errors import BadContent, BadInput
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.interview import Interview
from torchdojo.domain.knowledge import Guide, Question
from torchdojo.domain.proof import Claim
from torchdojo.library import Library, is_current, read_proof, write_proof

SEEDS = (11, 12, 13, 14, 15)

#: In front of an interview's name, which may be that of the exercise it is about.
INTERVIEW = "interview:"


def verify_content(
    library: Library,
    names: Sequence[str],
    grade: Grade,
    *,
    ask: Ask | None = None,
    run_block: Callable[[str], BlockRun] | None = None,
    quick: bool = False,
    write: bool = False,
    jobs: int | None = None,
    on_progress: Callable[[Standing], None] | None = None,
    cancel: threading.Event | None = None,
) -> list[Verification]:
    """Verify what is named, or everything; what cannot be read gives a verification that says why.

    Exercises, questions and guides go by their names, interviews by "interview:NAME".

    `jobs` gradings run at the same time, of several exercises if need be, so that no core waits for the last grading
    of one. `ask` makes the questions of computation families; `run_block` runs the programs of questions and guides
    where a reader's click runs them. Raises BadInput for a name that no folder has, or for options that do not go
    together; Cancelled.
    """
    if write and quick:
        raise BadInput("A quick verification proves too little to be written down.", "Leave out --quick or --write.")
    found = [_found(library, name) for name in names or _all_names(library)]
    texts = TextProver(library)
    board = Board(len(found), on_progress or (lambda standing: None))
    workers = jobs or os.cpu_count() or 1
    stopped = cancel or threading.Event()
    with WarmScripts() as scripts, ThreadPoolExecutor(workers, "grading") as pool:
        run_text: RunScript = scripts if run_block is None else as_readers_run(run_block)

        def one(known: Exercise | Question | Guide | Interview | Verification) -> Verification:
            if isinstance(known, Verification):
                result = known
            elif isinstance(known, Interview):
                result = texts.verify_interview(known)
            elif isinstance(known, (Question, Guide)):
                result = texts.verify(known, run_text)
            else:
                result = verify(
                    known,
                    grade,
                    ask=ask,
                    quick=quick,
                    write=write,
                    pool=pool,
                    run_script=scripts,
                    on_progress=partial(board.graded, known.id),
                    cancel=stopped,
                )
            board.ended(result)
            return result

        with ThreadPoolExecutor(workers, "exercise") as exercises:
            try:
                results = list(exercises.map(one, found))
            except BaseException:
                stopped.set()
                exercises.shutdown(cancel_futures=True)
                raise
    if not names:
        order = [Claim("curriculum", False, str(fault)) for fault in library.faults()]
        told = f"{len(library.names()) + len(library.base_names())} exercises, prerequisites in order"
        results.append(Verification("all exercises", tuple(order) or (Claim("curriculum", True, told),)))
        if texts.refuses:
            results.append(texts.verify_all())
    return results


def _all_names(library: Library) -> list[str]:
    knowledge = library.knowledge
    texts = [file.stem for file in (*knowledge.question_files(), *knowledge.guide_files())]
    interviews = [INTERVIEW + name for name in library.interview_names()]
    return list(dict.fromkeys((*library.names(), *library.base_names(), *texts, *interviews)))


def _found(library: Library, name: str) -> Exercise | Question | Guide | Interview | Verification:
    found: Exercise | Question | Guide | Interview | None
    try:
        if name.startswith(INTERVIEW):
            found = library.interview(name.removeprefix(INTERVIEW))
        else:
            found = library.find(name) or library.base(name) or library.question(name) or library.guide(name)
    except BadContent as fault:
        return Verification(name, (Claim("format", False, str(fault)),))
    if found is None:
        known = _all_names(library)
        near = difflib.get_close_matches(name, known) or known
        raise BadInput(
            f"There is no exercise, question, guide or interview {name!r}.", f"Did you mean {' or '.join(near)}?"
        )
    return found


def verify(
    exercise: Exercise,
    grade: Grade,
    *,
    ask: Ask | None = None,
    quick: bool = False,
    write: bool = False,
    seeds: Sequence[int] = SEEDS,
    alone_seeds: Sequence[int] | None = None,
    jobs: int | None = None,
    pool: Executor | None = None,
    run_script: RunScript = run_fresh,
    on_progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Verification:
    """Check every claim about one exercise: first by reading, and if that holds, by grading all its scripts.

    `quick` uses the first seed only, of the mutants a few, and a sample of what a current proof says already. In a
    debug exercise `alone_seeds` are the seeds of "each bug alone", by default the same as `seeds`. `write` puts the
    proof beside the exercise when every claim holds; without it, proof.json has to be there and made from the present
    files. Gradings run in `pool`, or else `jobs` at a time. Raises Cancelled.
    """
    if pool is None:
        with ThreadPoolExecutor(jobs or os.cpu_count() or 1, "grading") as own:
            return verify(
                exercise,
                grade,
                ask=ask,
                quick=quick,
                write=write,
                seeds=seeds,
                alone_seeds=alone_seeds,
                pool=own,
                run_script=run_script,
                on_progress=on_progress,
                cancel=cancel,
            )
    began = time.monotonic()
    if exercise.kind is Kind.COMPUTE:
        return _verify_family(
            exercise, ask, quick=quick, write=write, run_script=run_script, cancel=cancel or threading.Event()
        )
    method = METHODS[exercise.kind]
    claims = [*method.read(exercise), _code(exercise, run_script)]
    if not all(claim.ok for claim in claims):
        return Verification(exercise.id, tuple(claims), seconds=time.monotonic() - began)
    chosen = seeds[:1] if quick else seeds
    bench = Bench(
        grade,
        pool=pool,
        on_progress=on_progress or (lambda done, of, what: None),
        cancel=cancel or threading.Event(),
    )
    reports = method.run(exercise, chosen, chosen if alone_seeds is None or quick else alone_seeds, bench, quick)
    claims += method.judge(exercise, reports, quick)
    proof = method.prove(exercise, reports, claims)
    if not write:
        claims.append(_proof_is_current(exercise))
    elif proof.ok:
        write_proof(exercise, proof)
    return Verification(exercise.id, tuple(claims), proof, bench.done, time.monotonic() - began)


def _verify_family(
    exercise: Exercise, ask: Ask | None, *, quick: bool, write: bool, run_script: RunScript, cancel: threading.Event
) -> Verification:
    if ask is None:
        raise TypeError(f"{exercise.id} is a computation family: `ask` makes its questions")
    began = time.monotonic()
    claims = [*computation.reading_claims(exercise), _code(exercise, run_script)]
    if not all(claim.ok for claim in claims):
        return Verification(exercise.id, tuple(claims), seconds=time.monotonic() - began)
    claims += computation.instance_claims(exercise, ask, quick=quick, cancel=cancel)
    proof = computation.make_proof(exercise, claims, quick=quick)
    if not write:
        claims.append(_proof_is_current(exercise))
    elif proof.ok:
        write_proof(exercise, proof)
    return Verification(exercise.id, tuple(claims), proof, 0, time.monotonic() - began)


def _code(exercise: Exercise, run_script: RunScript) -> Claim:
    try:
        return Claim("code in the texts", True, check_code_blocks(exercise, run_script))
    except BadContent as fault:
        return Claim("code in the texts", False, str(fault))


def _proof_is_current(exercise: Exercise) -> Claim:
    cure = f"Write it: torchdojo verify {exercise.id} --write"
    try:
        proof = read_proof(exercise)
    except BadContent as fault:
        return Claim("proof.json", False, str(fault))
    if proof is None:
        return Claim("proof.json", False, f"there is none. {cure}")
    if not is_current(exercise, proof):
        return Claim("proof.json", False, f"it was made from other files than the present ones. {cure}")
    return Claim("proof.json", proof.ok, f"{len(proof.claims)} claims, made from the present files")
