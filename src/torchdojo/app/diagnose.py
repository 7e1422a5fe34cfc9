"""Run a user's own script and tell what its training does wrong."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from torchdojo.app.catalogue import suggestion
from torchdojo.app.diagnosis_process import run_diagnosed
from torchdojo.app.diagnosis_settings import project_settings
from torchdojo.app.torch_presence import require_torch
from torchdojo.domain.diagnosis import Diagnosis, End, Meaning, Told
from torchdojo.domain.errors import BadInput
from torchdojo.domain.finding import Certainty, Finding, Observation, Severity

#: A script runs no longer than this when nothing is said.
DEFAULT_SECONDS = 300.0

_ORDER = (Severity.BUG, Severity.PERFORMANCE, Severity.STYLE)


def diagnose(
    script: str,
    argv: Sequence[str] = (),
    *,
    only: Sequence[str] = (),
    ignore: Sequence[str] = (),
    steps: int | None = None,
    seconds: float | None = None,
    stdout: int | None = None,
) -> Diagnosis:
    """Run `script` with `argv`, at most so many updates or seconds (0: no limit), and judge what was seen.

    Raises BadInput for what cannot be run at all, before anything is.
    """
    _require_python(Path(script))
    require_torch()
    settings = project_settings(Path(script))
    chosen, ignored = tuple(only) or settings.only, {**settings.ignored, **dict.fromkeys(ignore, "--ignore")}
    _require_kinds([*only, *ignore], "")
    _require_kinds([*settings.only, *settings.ignored], f"{settings.file}: ")
    steps = steps if steps is not None else settings.steps
    seconds = next(limit for limit in (seconds, settings.seconds, DEFAULT_SECONDS) if limit is not None)
    dossier, status = run_diagnosed(script, argv, steps=steps or None, seconds=seconds or None, stdout=stdout)
    if dossier is None:
        return Diagnosis(script, End("died", message=_cause(status), code=status))
    return _diagnosis(script, dossier, chosen, ignored)


def _require_python(script: Path) -> None:
    """What Python itself would say of the file, said before anything is run."""
    if script.is_dir():
        raise BadInput(f"{script} is a folder.", "Name the script in it that trains.")
    try:
        source = script.read_bytes()
    except FileNotFoundError:
        raise BadInput(f"There is no file {script}.", "Name the script as you would after 'python'.") from None
    except OSError as error:
        raise BadInput(f"{script} cannot be read: {error.strerror}.") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, str(script), "exec", dont_inherit=True)
    except SyntaxError as error:
        line = f", line {error.lineno}: {(error.text or '').strip()}" if error.lineno else ""
        raise BadInput(f"{script} is not Python that can be read: {error.msg}{line}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise BadInput(f"{script} is not Python that can be read: {error}.") from error


def _require_kinds(kinds: Collection[str], where: str) -> None:
    if not kinds:
        return
    from torchdojo.bugs import bug_kinds

    for kind in kinds:
        if kind not in bug_kinds():
            raise BadInput(f"{where}There is no kind of bug called {kind!r}.", suggestion(kind, list(bug_kinds())))
        if bug_kinds()[kind].needs_reference:
            raise BadInput(
                f"{where}{kind} shows only in comparison with a sound run, so it cannot be diagnosed.",
                f"What it is: torchdojo explain {kind}",
            )


def _cause(status: int) -> str:
    if status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        return f"The process was ended by {name}."
    return f"The process left at once, with status {status} (os._exit does that), so nothing of the run is known."


def _diagnosis(script: str, dossier: Mapping[str, Any], only: Collection[str], ignored: Mapping[str, str]) -> Diagnosis:
    observations = [
        observation
        for observation in map(_observation, dossier.get("observations", ()))
        if not only or observation.kind in only
    ]
    told = [
        Told(finding, _meaning(finding.kind), ignored.get(finding.kind, ""))
        for observation in observations
        for finding in observation.findings
    ]
    told.sort(key=lambda each: _ORDER.index(each.finding.severity))
    return Diagnosis(
        script=script,
        end=_end(dossier["end"]),
        torch=str(dossier.get("torch", "")),
        watched=dict(dossier.get("watched", {})),
        found=tuple(each for each in told if not each.reason),
        ignored=tuple(each for each in told if each.reason),
        observations=tuple(observations),
        compiled=bool(dossier.get("compiled")),
        transformed=bool(dossier.get("transformed")),
        children_seconds=float(dossier.get("children_seconds", 0.0)),
        patched=tuple(dossier.get("patched", ())),
        gap=str(dossier.get("gap") or ""),
        problems=tuple(dossier.get("problems", ())),
    )


def _observation(said: Mapping[str, Any]) -> Observation:
    findings = tuple(
        Finding(f["kind"], Severity(f["severity"]), Certainty(f["certainty"]), f["message"], f["where"])
        for f in said["findings"]
    )
    return Observation(said["kind"], said["applicable"], said["summary"], findings)


def _end(said: Mapping[str, Any]) -> End:
    where = ""
    if said.get("line"):
        where = f"{said.get('file')}:{said['line']}"
    return End(
        how=said["how"],
        seconds=float(said.get("seconds") or 0.0),
        error=str(said.get("error") or ""),
        message=str(said.get("message") or ""),
        where=where,
        limit=str(said.get("limit") or ""),
        code=int(said.get("code") or 0),
        deaf=bool(said.get("deaf")),
    )


def _meaning(kind: str) -> Meaning:
    from torchdojo.bugs import bug_kind

    found = bug_kind(kind)
    if found is None:
        return Meaning(kind, "", "", "")
    documentation = found.documentation()
    return Meaning(found.title, found.summary, documentation.get("Why it is bad", ""), documentation.get("Fix", ""))
