"""The probes against whole scripts: silent on sound ones, and on broken ones exactly the right one speaks."""

from __future__ import annotations

import re

import pytest
import torch
from tests.corpus_scripts import CorpusScript, corpus_scripts

from torchdojo.bugs import bug_kinds
from torchdojo.domain.finding import Finding, Severity
from torchdojo.harness.options import Options
from torchdojo.harness.recorder.watchers import watcher_names
from torchdojo.harness.running import Run
from torchdojo.probes import probes

SCRIPTS = list(corpus_scripts())
SOUND = [pytest.param(script, id=script.name) for script in SCRIPTS if not script.by_hand]
BROKEN = [
    pytest.param(script, site, id=f"{script.name}-{site}")
    for script in SCRIPTS
    for site in (script.breaks or (("",) if script.by_hand else ()))
]


def findings(source: str, *, runs_through: bool, accelerator: str | None = None) -> list[Finding]:
    """What every probe says of a recorded run, style remarks left out."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        run = Run(source, "script.py", Options(watch=watcher_names(), accelerator=accelerator))
        trace = run.run()
    finally:
        torch.set_num_threads(threads)
    assert trace.end is not None
    if runs_through:
        assert trace.end["how"] in ("finished", "exit"), trace.end
    assert run.recorder.log.problem is None, run.recorder.log.problem
    seen = [finding for probe in probes().values() for finding in probe.observe(trace).findings]
    return [finding for finding in seen if finding.severity is not Severity.STYLE]


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("script", SOUND)
def test_a_sound_script_has_no_bug(script: CorpusScript):
    reported = findings(script.source, runs_through=True, accelerator=script.accelerator)
    assert [f for f in reported if f.severity is Severity.BUG] == []
    assert script.kind not in {finding.kind for finding in reported}


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(("script", "site"), BROKEN)
def test_a_broken_script_shows_exactly_its_bug(script: CorpusScript, site: str):
    source = bug_kinds()[script.kind].break_at(script.source, site) if site else script.source
    reported = findings(source, runs_through=False, accelerator=script.accelerator)
    own = [finding for finding in reported if finding.kind == script.kind]
    assert own, "the bug was not seen"
    others = {f.kind for f in reported if f.severity is Severity.BUG} - {script.kind} - script.also
    assert others == set(), reported
    if script.where:
        lines = source.splitlines()
        named = [int(number) for finding in own for number in re.findall(r"line (\d+)", finding.where)]
        assert any(script.where in lines[number - 1] for number in named), [f.where for f in own]
