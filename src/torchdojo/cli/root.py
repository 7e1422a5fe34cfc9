"""The command group: finds its commands by walking the folder, loads each only when it is used."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from torchdojo import __version__
from torchdojo.domain.errors import DojoError

#: One line per command for `--help`, so that listing them imports none of them.
_ABOUT = {
    "author": "Write and check content (for authors).",
    "compute": "Work out shapes, parameters, FLOPs, bytes; fresh numbers every time.",
    "diagnose": "Find the bugs in your own training script by running it.",
    "doctor": "Say what works on this machine, and what to do about the rest.",
    "drill": "Make a fresh, proved debugging challenge.",
    "explain": "Explain a kind of bug, a verdict or a state; show a question or a guide.",
    "grade": "Judge a file, once.",
    "guides": "List the study guides.",
    "hint": "Open the next hint.",
    "interview": "Hold an interview: rooms, scripts, the interviewer's guide, the report.",
    "list": "List the exercises.",
    "look": "Debug a hidden script by looks at its run, which cost minutes.",
    "mock": "Rehearse an interview alone, against the clock.",
    "plan": "Plan the days until your interview.",
    "questions": "List the interview questions.",
    "review": "Review the cards that are due.",
    "search": "Search exercises, questions, guides and kinds of bugs.",
    "serve": "Open the practice page in the browser.",
    "show": "Show an exercise: its task and where you stand.",
    "solution": "Show the solution, after an attempt.",
    "start": "Write an exercise's file to work on.",
    "stats": "Say where you stand: exercises, cards, what you remember.",
    "suspect": "Diagnose before you mend: name lines and kinds, and be scored.",
    "verify": "Prove the content by running it.",
    "watch": "Judge again whenever you save.",
}


class LazyGroup(click.Group):
    """A group whose commands live in `commands/<name>.py` as a click command called `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in alphabetical order."""
        folder = Path(__file__).with_name("commands")
        return sorted(info.name.rstrip("_") for info in pkgutil.iter_modules([str(folder)]))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command; None for an unknown name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = "list_" if cmd_name == "list" else cmd_name
        found: click.Command = importlib.import_module(f"torchdojo.cli.commands.{module}").command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _ABOUT.get(name, "")) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command for an unknown one."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.list_commands(ctx):
            from difflib import get_close_matches

            near = get_close_matches(name, self.list_commands(ctx), n=1)
            cure = f"Did you mean '{near[0]}'?" if near else "'torchdojo --help' lists them."
            raise click.UsageError(f"There is no command '{name}'. {cure}")
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run; every error of ours becomes its message and its exit status."""
        try:
            return super().main(args, *rest, **extra)
        except DojoError as error:
            click.echo(click.style(error.fact, fg="red"), err=True)
            if error.cure:
                click.echo(error.cure, err=True)
            sys.exit(error.exit_status)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(0)


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="torchdojo")
@click.option(
    "--content",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A further folder of exercises; may be given several times.",
)
@click.pass_context
def cli(ctx: click.Context, content: tuple[Path, ...]) -> None:
    """Get ready for PyTorch interviews: mend broken training scripts and see what is really fixed.

    Without a command: what is due, where you stand and what to do next.

    In a notebook: %load_ext torchdojo, then %%dojo ID as the first line of a cell grades that cell.

    Exit status: 0 passed, 1 not passed, 2 bad input, 3 our fault.
    """
    ctx.obj = content
    if ctx.invoked_subcommand is None:
        from torchdojo.cli.standing import print_standing

        print_standing(content)
