"""How a diagnosis looks in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torchdojo.cli.prose import readable
from torchdojo.domain.diagnosis import Diagnosis, Told
from torchdojo.domain.finding import Certainty, Severity

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_SIGN = {
    Severity.BUG: ("✗", "red", "bug"),
    Severity.PERFORMANCE: ("!", "yellow", "performance"),
    Severity.STYLE: ("~", "blue", "style"),
}
_CERTAINTY = {
    Certainty.EVENT: "seen to happen",
    Certainty.NUMERIC: "measured",
    Certainty.STATISTICAL: "statistical: likely, not certain",
}

#: Children that computed for longer may have trained.
_BUSY_CHILDREN_SECONDS = 2.0


def print_diagnosis(diagnosis: Diagnosis, out: Console, *, verbose: bool = False, misplaced: str = "") -> None:
    """The findings, then how the run ended and what was watched."""
    from rich.rule import Rule
    from rich.text import Text

    out.print()
    out.print(Rule(Text(f"torchdojo diagnose {diagnosis.script}", style="bold"), align="left", style="dim"))
    for told in diagnosis.found:
        _print_finding(told, out)
    for told in diagnosis.ignored:
        line = Text(f"- {told.meaning.title}", style="dim")
        line.append(f"  {told.finding.kind}, {told.finding.where or 'no line known'}; ignored: {told.reason}")
        out.print(line)
    out.print()
    out.print(_headline(diagnosis))
    for sentence in _sentences(diagnosis):
        out.print(Text(sentence))
    if diagnosis.trained or diagnosis.found:
        _print_watched(diagnosis, out, verbose)
    if misplaced:
        out.print(
            Text(
                f"{misplaced} stood behind the script's name and was given to it; put it before if it is meant for us."
            )
        )


def _print_finding(told: Told, out: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    finding, meaning = told.finding, told.meaning
    sign, colour, word = _SIGN[finding.severity]
    out.print()
    title = Text(f"{sign} {word}: ", style=f"bold {colour}")
    title.append(meaning.title, style="bold")
    title.append(f"  ({_CERTAINTY[finding.certainty]})", style="dim")
    out.print(title)
    for part in finding.where.split("; "):
        if part:
            # Never broken: terminals and editors make a link of it.
            out.print(Text(f"  {part}", style="cyan"), soft_wrap=True)
    out.print(Padding(Text(finding.message), (0, 0, 0, 2)))
    for label, markdown in (("What it means", meaning.why or meaning.summary), ("How to fix it", meaning.fix)):
        if markdown:
            out.print(Text(f"  {label}", style="dim bold"))
            out.print(Padding(readable(markdown, code_theme="ansi_dark"), (0, 0, 0, 4)))
    out.print(Text(f"  torchdojo explain {finding.kind}", style="dim"))


def _headline(diagnosis: Diagnosis) -> Text:
    from rich.text import Text

    by_severity = [
        f"{n} {word if n == 1 else _plural(word)}"
        for severity, (_, _, word) in _SIGN.items()
        if (n := sum(told.finding.severity is severity for told in diagnosis.found))
    ]
    if by_severity:
        return Text("Found: " + ", ".join(by_severity) + ".", style="bold red" if diagnosis.bugs else "bold yellow")
    if not diagnosis.trained:
        return Text("No training was seen, so there is nothing to judge.", style="bold yellow")
    return Text(f"None of the {len(diagnosis.silent)} probes that applied found anything.", style="bold green")


def _plural(word: str) -> str:
    return {"bug": "bugs", "performance": "remarks on performance", "style": "remarks on style"}[word]


def _sentences(diagnosis: Diagnosis) -> list[str]:
    """How the run ended, and what has to be known to trust the rest."""
    end = diagnosis.end
    said = []
    if end.how == "stopped" and end.limit == "steps":
        said.append(f"The run was stopped after {diagnosis.watched.get('updates', 0):,} updates, as asked by --steps.")
    elif end.how == "stopped":
        updates = f"{diagnosis.watched.get('updates', 0):,} updates" if diagnosis.trained else "without any update"
        said.append(f"The run was stopped after {end.seconds:.0f} seconds, {updates} (--seconds sets the limit).")
        if end.deaf:
            said.append("It listened to no interruption, so its process was ended.")
    elif end.error == "KeyboardInterrupt":
        said.append("You interrupted the run; what was seen until then is judged.")
    elif end.how == "exception":
        where = f" at {end.where}" if end.where else ""
        first = end.message.splitlines()[0] if end.message else ""
        said.append(f"The script failed{where}: {end.error}{': ' if first else ''}{first}")
    elif end.how == "exit":
        where = f" at {end.where}" if end.where else ""
        before = "" if diagnosis.trained else " before any training"
        said.append(f"The script left{before} by sys.exit, with status {end.code}{where}.")
        if end.code == 2 and not diagnosis.trained:
            said.append("If it lacks arguments, put them behind its name: torchdojo diagnose SCRIPT ARGS…")
    elif end.how == "died":
        said.append(end.message)
    if not diagnosis.trained and end.how == "finished":
        said.append(_without_training(diagnosis))
    if not diagnosis.trained:
        said += _not_followed(diagnosis)
    if diagnosis.compiled:
        said.append("torch.compile: compiled models ran as they are (eager) while they were recorded.")
    if diagnosis.patched:
        said.append(f"The script replaced {', '.join(diagnosis.patched)}: what goes through it may not have been seen.")
    if diagnosis.gap:
        said.append(f"Not everything could be recorded ({diagnosis.gap}): something may have been missed.")
    said += [f"Our fault: {problem}" for problem in diagnosis.problems]
    return said


def _without_training(diagnosis: Diagnosis) -> str:
    if diagnosis.problems:
        return ""
    if not diagnosis.torch:
        return "The script never imported torch."
    backward = diagnosis.watched.get("backward_passes", 0)
    return f"torch was imported, but no parameter was updated ({backward:,} backward passes were seen)."


def _not_followed(diagnosis: Diagnosis) -> list[str]:
    """Training that may have gone on where nobody looks."""
    said = []
    if diagnosis.transformed:
        said.append("Gradients were taken by torch.func: updates made of them are not followed.")
    if diagnosis.children_seconds > _BUSY_CHILDREN_SECONDS:
        said.append(
            f"Child processes computed for {diagnosis.children_seconds:.0f} s: training in them is not followed. "
            "Let the script train in its own process, with one worker."
        )
    return said


def _print_watched(diagnosis: Diagnosis, out: Console, verbose: bool) -> None:
    from rich.text import Text

    out.print(Text(f"Watched: {_watched(diagnosis)}"))
    if diagnosis.not_applicable:
        kinds = [observation.kind for observation in diagnosis.not_applicable]
        absent = _absent(diagnosis)
        why = f" ({', '.join(absent)})" if absent else ""
        out.print(Text(f"Not seen in this run{why}, so nothing is said of: {', '.join(kinds)}."))
    if any(told.finding.certainty is Certainty.STATISTICAL for told in diagnosis.found):
        out.print(Text("Statistical findings rest on one run: confirm them before you change anything."))
    if verbose:
        out.print(_probe_table(diagnosis))
    elif diagnosis.silent:
        out.print(Text("torchdojo diagnose -v tells what every probe watched.", style="dim"))


def _watched(diagnosis: Diagnosis) -> str:
    watched = diagnosis.watched

    def counted(key: str, one: str, many: str) -> str:
        number = watched.get(key, 0)
        return f"{number:,} {one if number == 1 else many}" if number else ""

    optimizers = ", ".join(watched.get("optimizers", ()))
    losses = ", ".join(watched.get("loss_functions", ()))
    passes = counted("evaluation_passes", "evaluation pass", "evaluation passes")
    batches = counted("evaluation_batches", "batch", "batches")
    parts = [
        counted("updates", "update", "updates") + (f" ({optimizers})" if optimizers else ""),
        counted("training_batches", "training batch", "training batches") + " looked at closely",
        passes + (f" over {batches}" if passes else ""),
        f"losses: {losses}" if losses else "",
        counted("loader_iterations", "pass over a DataLoader", "passes over DataLoaders"),
        counted("scheduler_steps", "scheduler step", "scheduler steps"),
    ]
    told = ", ".join(part for part in parts if part and not part.startswith(" "))
    devices = ", ".join(watched.get("devices", ())) or "no device"
    probes = f"{len(diagnosis.observations)} probes, {len(diagnosis.not_applicable)} of them without an occasion"
    return f"{told or 'nothing'}; on {devices}, torch {diagnosis.torch}, {diagnosis.end.seconds:.1f} s; {probes}."


def _absent(diagnosis: Diagnosis) -> list[str]:
    """What this run did not have."""
    watched = diagnosis.watched
    looked_for = {
        "evaluation_passes": "no evaluation",
        "layers_with_modes": "no dropout or batch norm",
        "loss_functions": "no loss function of torch",
        "loader_iterations": "no DataLoader",
        "scheduler_steps": "no scheduler",
    }
    absent = [words for key, words in looked_for.items() if not watched.get(key)]
    if all(device == "cpu" for device in watched.get("devices", ())):
        absent.append("no accelerator in use")
    return absent


def _probe_table(diagnosis: Diagnosis) -> Any:
    """A line for each probe; long ones go on under themselves."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 1))
    for observation in diagnosis.observations:
        if observation.findings:
            sign, style, said = "✗", "red", "see above."
        elif observation.applicable:
            sign, style, said = "✓", "", observation.summary
        else:
            sign, style, said = "-", "dim", f"not applicable. {observation.summary}"
        table.add_row("", Text(sign, style=style), Text(f"{observation.kind}: {said}", style=style))
    return table
