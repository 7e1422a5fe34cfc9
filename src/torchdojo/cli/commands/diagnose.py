"""`torchdojo diagnose`."""

from __future__ import annotations

import sys
from pathlib import Path

import click


def _kinds(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[str]:
    """Slugs, separated by commas, in as many options as one likes."""
    return [slug for value in values for part in value.split(",") if (slug := part.strip())]


@click.command("diagnose", context_settings={"allow_interspersed_args": False})
@click.option("--steps", type=click.IntRange(min=0), help="Stop after so many updates of parameters (0: no limit).")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    help="Stop after so many seconds from the import of torch on (0: no limit; default 300).",
)
@click.option("--only", metavar="KIND,…", callback=_kinds, multiple=True, help="Look for these kinds of bugs alone.")
@click.option(
    "--ignore", metavar="KIND,…", callback=_kinds, multiple=True, help="Leave these kinds out of the verdict."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; what the script prints then goes to stderr.")
@click.option("--sarif", type=click.Path(dir_okay=False, path_type=Path), help="Write SARIF for editors and CI.")
@click.option("-v", "--verbose", is_flag=True, help="Tell what every probe watched.")
@click.argument("script", type=click.Path(path_type=Path))
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def command(
    steps: int | None,
    seconds: float | None,
    only: list[str],
    ignore: list[str],
    as_json: bool,
    sarif: Path | None,
    verbose: bool,
    script: Path,
    args: tuple[str, ...],
) -> None:
    """Run your own training SCRIPT as it is, with its ARGS, and tell what its training does wrong.

    It runs as `python SCRIPT ARGS…` would, with the same results; nothing is written near it, and it is not
    sandboxed: it is your code. Options for torchdojo stand before SCRIPT, what stands behind it belongs to the script.

    Kinds can be ignored for good, each with a reason, in torchdojo.toml ([[diagnose.ignore]]) or pyproject.toml
    ([[tool.torchdojo.diagnose.ignore]]): kind = "…", reason = "…".

    Exit status: 0 no bug found, 1 bugs found, 2 bad input, or the script failed or never trained, 3 our fault.
    """
    from torchdojo.app.diagnose import diagnose
    from torchdojo.cli.diagnosis_data import as_data, as_sarif
    from torchdojo.cli.diagnosis_view import print_diagnosis
    from torchdojo.cli.printing import console, print_json

    if sarif is not None and not sarif.resolve().parent.is_dir():
        raise click.UsageError(f"There is no folder {sarif.resolve().parent} to write {sarif.name} to.")
    sys.stdout.flush()
    found = diagnose(
        str(script),
        args,
        only=only,
        ignore=ignore,
        steps=steps,
        seconds=seconds,
        stdout=sys.stderr.fileno() if as_json else None,
    )
    if sarif is not None:
        import json

        sarif.write_text(json.dumps(as_sarif(found), indent=2) + "\n", encoding="utf-8")
    if as_json:
        print_json(as_data(found))
    else:
        print_diagnosis(found, console(), verbose=verbose, misplaced=_misplaced(args))
    sys.exit(found.exit_status)


def _misplaced(args: tuple[str, ...]) -> str:
    """An option of ours that stands behind the script's name, where it was the script's."""
    ours = {"--steps", "--seconds", "--only", "--ignore", "--json", "--sarif"}
    return next((word for arg in args if (word := arg.partition("=")[0]) in ours), "")
