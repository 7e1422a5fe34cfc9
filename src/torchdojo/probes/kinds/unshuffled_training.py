"""Training batches that hold the same company in every epoch, or rows of one kind."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import accumulate, groupby, pairwise

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.batches import (
    Batch,
    Meetings,
    distinct_rows,
    epochs,
    meeting_rate,
    training_batches,
    unmistakable_rows,
)
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "unshuffled-training"
WATCHERS = ("carried_states",)

#: A batch with so many of the rows makes their order meaningless.
WHOLE = 0.9
#: How far above an independent shuffle rows may meet again: absolutely, and relative to chance.
SLACK, FACTOR = 0.15, 2.5
#: And by so many standard deviations: few pairs meet again often, now and then.
DEVIATIONS = 4.0
#: Of the rows of an epoch at least this share came in the epoch before, too.
COME_AGAIN = 0.6
#: Batches that have more than this in common by chance, of very few sorts of rows, tell nothing.
ALIKE = 0.75
#: Where the same batches come again, at least this share is not new; shuffled rows make fewer than the other.
SAME_BATCHES, SAME_BY_CHANCE = 0.2, 0.05
#: So many of them are no accident.
FEW = 5
#: An epoch is compared with so many before it, so that alternating between a few orders shows.
LOOK_BACK = 4
#: So many rows with changing targets are no mix-up of a few duplicates.
LABEL_SLACK = 0.05
#: Where so many of the batches that could be were handed over with a state, the stream is read in order on purpose.
CARRIED = 0.5
#: Training that asks its rows several questions in turn asks no more than these.
MOST_QUESTIONS = 4


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Follow rows by fingerprint: do batch-mates meet again, do labels cluster, does each row keep its target?"""
    batches = training_batches(trace)
    if not batches:
        return Observation(KIND, 0, "No training batch was seen.")
    rows = distinct_rows(batches)
    findings = []
    if mixed := _targets_change(trace, batches):
        findings.append(mixed)
    if all(b.size >= WHOLE * rows for b in batches):
        return Observation(KIND, len(batches), f"Each step saw all {rows:,} rows at once.", tuple(findings))
    passes = epochs(batches)
    clustered = _single_kind(trace, batches)
    if clustered:
        findings.append(clustered)
    compared = _compare(passes)
    harmful = clustered is not None
    if not harmful and expected.training_rows is None and _reads_a_stream(trace):
        said = "The model was given its own state with the next batch: a stream, which is read in order."
        return Observation(KIND, len(batches), said, tuple(findings))
    repeated = _repeated(trace, compared, passes, harmful=harmful) or _same_batches(trace, batches, harmful=harmful)
    if repeated:
        findings.append(repeated)
    if expected.training_rows is not None and not unmistakable_rows(passes):
        # Most rows have equals. Where an epoch begins can be known nevertheless.
        new = _in_new_company(_by_iterations(trace, batches) or _by_number(batches, expected.training_rows))
        said = "Most rows have equals, so nothing can be said about the order."
        if new:
            said = f"Over {counted(len(batches), 'training batch', 'training batches')}, rows came in new company."
        return Observation(KIND, len(batches) if new or findings else 0, said, tuple(findings))
    summary = "No row was seen twice, so nothing can be said about the order."
    if compared:
        summary = (
            f"Rows that shared a batch met again in {_average(compared):.0%} of the cases from one epoch to another "
            f"(an independent shuffle gives {_average_chance(compared):.0%}), over {counted(len(passes), 'epoch')}."
        )
    return Observation(KIND, len(batches) if compared or findings else 0, summary, tuple(findings))


def _by_iterations(trace: Trace, batches: Sequence[Batch]) -> list[list[tuple[int, ...]]]:
    """The rows of each batch, by iterations of a loader; empty when there are not several."""
    held = {batch.forward["id"]: batch.rows for batch in batches}
    found: list[list[tuple[int, ...]]] = [[]]
    for event in trace.of("iter", "forward"):
        if event["t"] == "iter":
            found.append([])
        elif event["id"] in held:
            found[-1].append(held[event["id"]])
    passes = [each for each in found if len(each) > 1]
    return passes if len(passes) > 1 else []


def _by_number(batches: Sequence[Batch], rows: int) -> list[list[tuple[int, ...]]]:
    """The same, by how many batches make up so many rows."""
    length = max(2, round(rows / max(batch.size for batch in batches)))
    held = [batch.rows for batch in batches]
    return [held[i : i + length] for i in range(0, len(held) - length + 1, length)]


def _in_new_company(passes: Sequence[Sequence[Sequence[int]]]) -> bool:
    """Whether batches share as little with those of the epoch before as shuffled ones would, whatever rows are equal.

    It is not known of rows that do not come again, as those that are changed at random each time.
    """
    if len(passes) < 2 or not all(_come_again(*both) for both in pairwise(passes)):
        return False
    by_chance = _in_common([_shuffled(each, seed) for seed, each in enumerate(passes)])
    return by_chance <= ALIKE and _in_common(passes) <= by_chance + SLACK


def _come_again(before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> bool:
    """Whether most rows of a pass were in the one before."""
    known = {row for batch in before for row in batch}
    again = [row in known for batch in after for row in batch]
    return sum(again) >= COME_AGAIN * len(again)


def _shuffled(batches: Sequence[Sequence[int]], seed: int) -> list[list[int]]:
    """The same rows in other batches of the same sizes."""
    rows = [row for batch in batches for row in batch]
    random.Random(seed).shuffle(rows)
    ends = list(accumulate(map(len, batches)))
    return [rows[end - len(batch) : end] for batch, end in zip(batches, ends, strict=True)]


def _in_common(passes: Sequence[Sequence[Sequence[int]]]) -> float:
    """The share of a batch that it has in common with the most similar one of the pass before, on average."""
    shares = []
    for before, after in pairwise(passes):
        known = [Counter(batch) for batch in before]
        for batch in after:
            own = Counter(batch)
            shares.append(max((own & other).total() for other in known) / len(batch))
    return sum(shares) / len(shares)


def _reads_a_stream(trace: Trace) -> bool:
    """Whether a state goes from batch to batch: shuffled, it would be that of other rows."""
    looked = [e["carried"] for e in trace.notes(WATCHERS[0], "looked") if e["forward"] in trace.trained_ids]
    return len(looked) >= FEW and sum(looked) >= CARRIED * len(looked)


def _compare(passes: Sequence[Sequence[Batch]]) -> list[tuple[int, Meetings]]:
    """Each epoch (its index) and how it meets the most similar of the epochs just before it."""
    found = []
    for index in range(1, len(passes)):
        met = [meeting_rate(passes[j], passes[index]) for j in range(max(0, index - LOOK_BACK), index)]
        known = [each for each in met if each is not None]
        if known:
            found.append((index, max(known, key=lambda each: each.rate)))
    return found


def _average(compared: Sequence[tuple[int, Meetings]]) -> float:
    return sum(met.rate for _, met in compared) / len(compared)


def _average_chance(compared: Sequence[tuple[int, Meetings]]) -> float:
    return sum(met.chance for _, met in compared) / len(compared)


def _suspicious(met: Meetings) -> bool:
    often = met.rate > met.chance + SLACK or met.rate > FACTOR * met.chance + 0.03
    return often and met.rate > met.chance + DEVIATIONS * met.noise


def _repeated(
    trace: Trace, compared: Sequence[tuple[int, Meetings]], passes: Sequence[Sequence[Batch]], *, harmful: bool
) -> Finding | None:
    same = [(index, met) for index, met in compared if _suspicious(met)]
    if not same or len(same) < 0.2 * len(compared):
        return None
    message = (
        f"In {share(len(same), len(compared))} epochs, rows that shared a batch before met again {_average(same):.0%} "
        f"of the time; an independent shuffle gives {_average_chance(same):.0%}."
    )
    events = [batch.forward for batch in passes[same[0][0]]]
    severity = Severity.BUG if harmful else Severity.STYLE
    return Finding(KIND, severity, Certainty.EVENT, message, distinct_places(trace, events, most=1))


def _same_batches(trace: Trace, batches: Sequence[Batch], *, harmful: bool) -> Finding | None:
    """The same rows together again, batch for batch: shows a fixed order also where many rows are equal."""
    # One after the other they are several steps on one batch.
    turns = [next(same) for _, same in groupby(batches, key=lambda batch: batch.rows)]
    known: set[tuple[int, ...]] = set()
    again = [batch.forward for batch in turns if _seen_again(batch.rows, known)]
    if len(again) < max(FEW, SAME_BATCHES * len(turns)):
        return None
    shuffled = [row for batch in turns for row in batch.rows]
    random.Random(0).shuffle(shuffled)
    known, at = set(), 0
    by_chance = 0
    for batch in turns:
        by_chance += _seen_again(shuffled[at : at + len(batch.rows)], known)
        at += len(batch.rows)
    if by_chance > SAME_BY_CHANCE * len(turns):
        return None
    message = f"{share(len(again), len(turns))} training batches held exactly the rows of an earlier one."
    severity = Severity.BUG if harmful else Severity.STYLE
    return Finding(KIND, severity, Certainty.EVENT, message, distinct_places(trace, again, most=1))


def _seen_again(rows: Sequence[int], known: set[tuple[int, ...]]) -> bool:
    """Whether these rows, in any order, are known; they are from now on."""
    held = tuple(sorted(rows))
    again = held in known
    known.add(held)
    return again


def _single_kind(trace: Trace, batches: Sequence[Batch]) -> Finding | None:
    """Batches of fewer classes than their size should give, when there are few classes overall.

    Each stage of the training and each question is looked at alone: a later one may be about other classes.
    """
    stages = _stages(trace)
    parts: dict[Hashable, list[Batch]] = {}
    for batch in batches:
        if len(batch.targets) >= 8:
            parts.setdefault((stages.get(batch.forward["id"], 0), batch.question), []).append(batch)
    return next((found for part in parts.values() if (found := _dominated(trace, part))), None)


def _dominated(trace: Trace, labelled: Sequence[Batch]) -> Finding | None:
    overall = Counter(t for b in labelled for t in b.targets)
    total = sum(overall.values())
    if len(labelled) < 5 or not 2 <= len(overall) <= 50 or overall.most_common(1)[0][1] > 0.8 * total:
        return None
    lopsided = [b.forward for b in labelled if _lopsided(b.targets, overall, total)]
    if len(lopsided) < 0.1 * len(labelled):
        return None
    message = f"{share(len(lopsided), len(labelled))} training batches were dominated by one class."
    return Finding(KIND, Severity.BUG, Certainty.STATISTICAL, message, distinct_places(trace, lopsided, most=1))


def _lopsided(targets: Sequence[int], overall: Counter[int], total: int) -> bool:
    """Whether one class has far more of the batch than its share of all rows (about five standard deviations)."""
    size = len(targets)
    for label, number in Counter(targets).items():
        p = overall[label] / total
        if number > size * p + 5 * (size * p * (1 - p)) ** 0.5 + 1:
            return True
    return False


def _targets_change(trace: Trace, batches: Sequence[Batch]) -> Finding | None:
    """The same row with another row's target in another epoch: inputs and targets went separate ways.

    A target that no other row had before is a new one: of a teacher that learns, of a value that is estimated again.
    With a new optimizer another stage begins, which may ask the same rows another question. Rows of which the data
    have several, each with a target of its own, are left out.
    """
    asked: dict[Hashable, list[Batch]] = {}
    stages = _stages(trace)
    for batch in batches:
        if len(batch.targets) != len(batch.rows) or len(set(batch.targets)) == 1 or batch.forward.get("beside"):
            # One target for the whole batch belongs to the batch, not to its rows; and where rows have further
            # parts (a user and an item, two sentences), the same first part may well have another target.
            continue
        if list(batch.targets) == list(range(len(batch.targets))):
            # So does the number of the row within the batch, which is what contrastive losses ask for.
            continue
        asked.setdefault((stages.get(batch.forward["id"], 0), batch.question), []).append(batch)
    rows: set[int] = set()
    changed: dict[int, Event] = {}
    for each in asked.values():
        single = unmistakable_rows(epochs(each))
        rows |= single
        if single and not _take_turns(each):
            changed = {row: event for row, event in _changed(each).items() if row in single} | changed
    if len(changed) <= max(3.0, LABEL_SLACK * len(rows)):
        return None
    message = f"{share(len(changed), len(rows))} rows came with different targets at different times."
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, list(changed.values()), most=1))


def _changed(batches: Sequence[Batch]) -> dict[int, Event]:
    """The rows that came with another row's target, and where they first did."""
    known: dict[int, int] = {}
    owners: dict[int, int] = {}
    changed: dict[int, Event] = {}
    for batch in batches:
        for row, target in zip(batch.rows, batch.targets, strict=True):
            if known.setdefault(row, target) != target and owners.get(target, row) != row:
                changed.setdefault(row, batch.forward)
            owners.setdefault(target, row)
    return changed


def _take_turns(batches: Sequence[Batch]) -> bool:
    """Whether a few questions take turns: each batch answers one of them just as an earlier one did, row by row."""
    questions: list[dict[int, int]] = []
    confirmed: set[int] = set()
    for batch in batches:
        answers = dict(zip(batch.rows, batch.targets, strict=True))
        for known in questions:
            if all(known.get(row, target) == target for row, target in answers.items()):
                confirmed.update(row for row in answers if row in known)
                known.update(answers)
                break
        else:
            if len(questions) == MOST_QUESTIONS:
                return False
            questions.append(answers)
    return len(confirmed) >= 0.5 * len({row for known in questions for row in known})


def _stages(trace: Trace) -> dict[int, int]:
    """How many optimizers had been built before each forward."""
    found: dict[int, int] = {}
    built = 0
    for event in trace.of("optimizer", "forward"):
        if event["t"] == "optimizer":
            built += 1
        else:
            found[event["id"]] = built
    return found
