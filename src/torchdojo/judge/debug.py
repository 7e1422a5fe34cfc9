"""Fallback debug judge (main run, device runs, goal, transplant)."""

from __future__ import annotations

import importlib.util
import math
import random
import sys
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from torchdojo.domain.exercise import BugSpec, Exercise
from torchdojo.domain.report import (
    BugResult, BugState, CheckOutcome, CheckResult, Curve, GoalResult, Report, RestsOn, Verdict,
)
from torchdojo.domain.trace import Place, Trace
from torchdojo.judge.session import CandidateJob, Session
from torchdojo.probes import Expected, probes
from torchdojo.wire import TensorData, WireError

DEVICE_KINDS = {"hardcoded-cpu", "model-not-moved"}


def pack(t: torch.Tensor) -> TensorData:
    t = t.detach().contiguous()
    return TensorData(str(t.dtype)[6:], tuple(t.shape), t.numpy().tobytes())


def unpack(d: TensorData) -> torch.Tensor:
    dtype = getattr(torch, d.dtype)
    return torch.frombuffer(bytearray(d.data), dtype=dtype).reshape(d.shape) if d.data else torch.empty(d.shape, dtype=dtype)


class Collected:
    def __init__(self) -> None:
        self.trace = Trace([], [])
        self.ended: Mapping[str, Any] | None = None


def collect(session: Session, job: CandidateJob, deadline: float, watch: bool = False) -> Collected:
    got = Collected()
    events: list[Any] = []
    places: list[Place] = []
    got.trace = Trace(events, places)
    step = 0
    try:
        hello = job.next_frame(deadline)
        if hello.type != "hello":
            return got
        job.send({"type": "go"})
        for frame in job.frames(deadline):
            if frame.type == "events":
                places.extend(Place(int(a), str(b)) for a, b in frame.header["places"])
                for e in frame.header["events"]:
                    events.append(e)
                    if watch and e["t"] == "backward":
                        step += 1
                        if e.get("value") is not None:
                            session.progress({"type": "curve", "name": "train_loss", "x": step, "y": e["value"]})
            elif frame.type == "ended":
                got.ended = frame.header
                break
    except WireError:
        pass
    got.trace = Trace(tuple(events), tuple(places))
    return got


def reference(exercise: Exercise) -> Any:
    spec = importlib.util.spec_from_file_location("reference_solution", exercise.folder / "solution.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["reference_solution"] = module
    spec.loader.exec_module(module)
    return module


def seed_all(seed: int) -> None:
    random.seed(seed); np.random.seed(seed % 2**32); torch.manual_seed(seed)


def measure(exercise: Exercise, job: CandidateJob, module: Any, seed: int) -> float | None:
    assert exercise.goal
    seed_all(seed)
    x, y = getattr(module, exercise.entries.data)()
    try:
        answer = job.ask({"type": "predict"}, {"x": pack(x)}, time.monotonic() + 20)
    except WireError:
        return None
    if answer.type != "prediction":
        return None
    p = unpack(answer.tensors["y"])
    if exercise.goal.metric == "accuracy":
        if p.dim() != 2 or p.shape[0] != y.shape[0]:
            return None
        return float((p.argmax(1) == y).float().mean())
    if p.numel() != y.numel():
        return None
    value = float(((p.reshape(-1).double() - y.reshape(-1).double()) ** 2).mean())
    return value if math.isfinite(value) else None


def judge_debug(session: Session, exercise: Exercise, request: Mapping[str, Any]) -> Report:
    seed, secret = int(request["seed"]), int(request["secret_seed"])
    deadline = time.monotonic() + exercise.limits.wall_seconds + 30
    base = {"filename": exercise.filename, "seed": seed}
    job = session.start("run", {**base, "sample": 24})
    kinds = {b.kind for b in exercise.bugs}
    devices: dict[str, CandidateJob] = {}
    if kinds & DEVICE_KINDS:
        for name in ("cuda", "mps", "none"):
            devices[name] = session.start(f"device-{name}", {**base, "accelerator": name, "stop_after": {"steps": 3}}, wall_seconds=20)
    main = collect(session, job, deadline, watch=True)
    ref_job = session.start("reference", {**base, "source": exercise.solution})
    ref = collect(session, ref_job, deadline)
    ref_job.send({"type": "bye"})
    device_traces = {n: collect(session, j, deadline).trace for n, j in devices.items()}
    for j in devices.values():
        j.send({"type": "bye"})
    trace = main.trace
    rows = {r for f in ref.trace.training_forwards for r in f.get("rows", ())}
    held = max(({r for f in p for r in f.get("rows", ())} for p in ref.trace.evaluation_passes), key=len, default=set())
    leaves = max((f["train_leaves"] + f["eval_leaves"] for f in ref.trace.training_forwards), default=0)
    expected = Expected(len(rows), len(held), leaves)
    module = reference(exercise)
    measured = measure(exercise, job, module, secret) if main.ended else None
    goal = exercise.goal
    assert goal
    met = measured is not None and goal.met_by(measured)
    results = []
    for bug in exercise.bugs:
        results.append(_bug(session, exercise, bug, trace, ref.trace, device_traces, expected, module, base, deadline, secret))
    end = trace.end
    outcome = job.ended
    job.send({"type": "bye"})
    verdict, message, where = _verdict(trace, job, results, met, deadline)
    fixed = sum(r.fixed for r in results)
    checks = [CheckResult("runs to the end", CheckOutcome.PASSED if end and end["how"] == "finished" else CheckOutcome.FAILED, message, where),
              CheckResult("goal", CheckOutcome.PASSED if met else CheckOutcome.FAILED, f"{goal.name} {measured if measured is not None else 'not measured'}, wanted {goal.target}")]
    xs, ys = [], []
    n = 0
    for e in trace.of("backward"):
        n += 1
        if e.get("value") is not None:
            xs.append(float(n)); ys.append(float(e["value"]))
    return Report(exercise.id, "debug", verdict, (fixed + met) / (len(results) + 1), message, tuple(checks), tuple(results),
                  GoalResult(goal.name, goal.target, measured, met), (Curve("train_loss", tuple(xs), tuple(ys)),))


def _bug(session: Session, exercise: Exercise, bug: BugSpec, trace: Trace, ref: Trace, devices: Mapping[str, Trace], expected: Expected, module: Any, base: Mapping[str, Any], deadline: float, secret: int) -> BugResult:
    probe = probes()[bug.kind]
    events = RestsOn.EVENTS
    if bug.kind in DEVICE_KINDS:
        seen = {n: probe.observe(devices[n], expected) for n in ("cuda", "mps")}
        good = [o for o in seen.values() if o.applicable and not o.findings]
        none = devices["none"].end
        runs_plain = none is not None and not (none["how"] == "exception" and any(w in (none.get("message") or "").lower() for w in ("cuda", "mps", "device")))
        if good and runs_plain:
            return BugResult(bug.id, BugState.FIXED, events, good[0].summary)
        if not runs_plain and none is not None:
            return BugResult(bug.id, BugState.OPEN, events, f"Without an accelerator the script fails: {none.get('message')}")
        bad = [o for o in seen.values() if o.findings]
        if bad:
            return BugResult(bug.id, BugState.OPEN, events, bad[0].findings[0].message, bad[0].findings[0].where)
        return BugResult(bug.id, BugState.NO_EVIDENCE, events, "Not observable yet.")
    seen_ = probe.observe(trace, expected)
    clean = probe.observe(ref, expected)
    if seen_.findings:
        return BugResult(bug.id, BugState.OPEN, events, seen_.findings[0].message, seen_.findings[0].where)
    if seen_.applicable >= max(1, 0.5 * clean.applicable):
        if bug.kind == "learning-rate-too-high":
            return _transplant(session, exercise, bug, trace, ref, module, base, deadline, secret)
        return BugResult(bug.id, BugState.FIXED, events, seen_.summary)
    return BugResult(bug.id, BugState.NO_EVIDENCE, events, f"Not observable in this run. {seen_.summary}")


def _transplant(session: Session, exercise: Exercise, bug: BugSpec, trace: Trace, ref: Trace, module: Any, base: Mapping[str, Any], deadline: float, secret: int) -> BugResult:
    opts = list(trace.of("optimizer"))
    refs = list(ref.of("optimizer"))
    lrs = [s["lrs"] for s in trace.steps]
    if opts and refs and opts[-1]["hyper"] == refs[-1]["hyper"] and opts[-1]["cls"] == refs[-1]["cls"] and all(v == refs[-1]["groups"][0]["lr"] for g in lrs for v in g):
        return BugResult(bug.id, BugState.FIXED, RestsOn.EVENTS, "The optimizer settings are those of the reference.")
    if opts and opts[-1]["module"].startswith("torch.optim"):
        o = {"cls": opts[-1]["cls"], "module": opts[-1]["module"], "hyper": opts[-1]["hyper"]}
    else:
        o = {"cls": "SGD", "module": "torch.optim.sgd", "hyper": {"lr": 0.1}}
    top = max((max(g) for g in lrs if g), default=0.0)
    for label, seq in (("recorded", lrs), ("highest", [[top]])):
        good = []
        for k in range(3):
            j = session.start(f"lr-{label}-{k}", {**base, "seed": base["seed"] + k, "source": exercise.solution, "optimizer": {**o, "lrs": seq}})
            got = collect(session, j, deadline)
            m = measure(exercise, j, module, secret + k) if got.ended else None
            j.send({"type": "bye"})
            good.append(m is not None and exercise.goal is not None and exercise.goal.met_by(m))
            if good.count(True) == 2 or good.count(False) == 2:
                break
        if good.count(True) < 2:
            return BugResult(bug.id, BugState.OPEN, RestsOn.VALUES, f"With your optimizer settings ({label} rate, {top:g} at most) the reference script misses the goal.")
    return BugResult(bug.id, BugState.FIXED, RestsOn.VALUES, f"The reference script reaches the goal with your optimizer settings (rate {top:g} at most).")


def _verdict(trace: Trace, job: CandidateJob, results: list[BugResult], met: bool, deadline: float) -> tuple[Verdict, str, str]:
    end = trace.end
    if end is None:
        try:
            outcome = job.outcome(min(deadline, time.monotonic() + 5))
        except WireError:
            job.kill(); outcome = {"status": "time_limit", "message": ""}
        status = outcome["status"]
        table = {"time_limit": Verdict.TIME_LIMIT, "memory_limit": Verdict.MEMORY_LIMIT, "output_limit": Verdict.RUNTIME_ERROR, "forbidden": Verdict.FORBIDDEN, "internal_error": Verdict.INTERNAL_ERROR}
        return table.get(status, Verdict.RUNTIME_ERROR), f"The run was cut off: {status}. {outcome['message']}", ""
    if end["how"] == "exception":
        kind = Verdict.IMPORT_ERROR if end["error"] in ("ImportError", "ModuleNotFoundError") else Verdict.MEMORY_LIMIT if end["error"] == "MemoryError" else Verdict.RUNTIME_ERROR
        return kind, f"{end['error']}: {end['message']}", f"line {end['line']}"
    ok = met and all(r.fixed for r in results) and end["how"] == "finished"
    return (Verdict.PASSED if ok else Verdict.WRONG_ANSWER), "", ""
