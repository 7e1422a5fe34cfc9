"""A diagnosis as JSON: for programs, and as SARIF for editors and CI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torchdojo import __version__
from torchdojo.domain.diagnosis import Diagnosis, Told
from torchdojo.domain.finding import Severity

_LEVEL = {Severity.BUG: "error", Severity.PERFORMANCE: "warning", Severity.STYLE: "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_data(diagnosis: Diagnosis) -> dict[str, Any]:
    """Everything that the terminal tells, and more exactly."""
    end = diagnosis.end
    return {
        "format": 1,
        "script": diagnosis.script,
        "findings": [_finding(told) for told in diagnosis.found],
        "ignored": [{**_finding(told), "reason": told.reason} for told in diagnosis.ignored],
        "watched": [{"kind": o.kind, "applicable": o.applicable, "summary": o.summary} for o in diagnosis.observations],
        "not_seen": [observation.kind for observation in diagnosis.not_applicable],
        "run": {
            "how": end.how,
            "limit": end.limit,
            "error": end.error,
            "message": end.message,
            "where": end.where,
            "code": end.code,
            "seconds": end.seconds,
            "torch": diagnosis.torch,
            "compiled_models_ran_eagerly": diagnosis.compiled,
            "patched": list(diagnosis.patched),
            **diagnosis.watched,
        },
        "gap": diagnosis.gap,
        "problems": list(diagnosis.problems),
        "exit_status": diagnosis.exit_status,
    }


def _finding(told: Told) -> dict[str, Any]:
    finding = told.finding
    return {
        "kind": finding.kind,
        "severity": str(finding.severity),
        "certainty": str(finding.certainty),
        "message": finding.message,
        "where": finding.where,
        "places": [{"file": s.file, "line": s.line, "function": s.function} for s in told.spots],
        "title": told.meaning.title,
        "meaning": told.meaning.why or told.meaning.summary,
        "fix": told.meaning.fix,
        "explain": f"torchdojo explain {finding.kind}",
    }


def as_sarif(diagnosis: Diagnosis) -> dict[str, Any]:
    """SARIF 2.1.0. What is ignored is there, suppressed, with its reason."""
    told_of = [*diagnosis.found, *diagnosis.ignored]
    rules = {told.finding.kind: told for told in told_of}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "torchdojo",
                        "version": __version__,
                        "rules": [_rule(kind, told) for kind, told in sorted(rules.items())],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": not diagnosis.end.failed and not diagnosis.problems}],
                "results": [_result(told, sorted(rules), diagnosis.script) for told in told_of],
            }
        ],
    }


def _rule(kind: str, told: Told) -> dict[str, Any]:
    meaning = told.meaning
    text = f"{meaning.why}\n\n{meaning.fix}".strip() or meaning.title
    return {
        "id": kind,
        "name": kind.replace("-", " ").title().replace(" ", ""),
        "shortDescription": {"text": meaning.title},
        "fullDescription": {"text": meaning.summary or meaning.title},
        "help": {"text": text, "markdown": text},
        "properties": {"precision": "very-high"},
    }


def _result(told: Told, rules: list[str], script: str) -> dict[str, Any]:
    finding = told.finding
    spots = [(spot.file, spot.line) for spot in told.spots] or [(script, 1)]
    result: dict[str, Any] = {
        "ruleId": finding.kind,
        "ruleIndex": rules.index(finding.kind),
        "level": _LEVEL[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(*spots[0])],
        "relatedLocations": [_location(*spot) for spot in spots[1:]],
        "properties": {"certainty": str(finding.certainty), "severity": str(finding.severity)},
    }
    if told.reason:
        result["suppressions"] = [{"kind": "external", "justification": told.reason}]
    return result


def _location(file: str, line: int) -> dict[str, Any]:
    path = Path(file)
    uri = path.as_uri() if path.is_absolute() else path.as_posix()
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}
