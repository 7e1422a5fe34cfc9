"""Open the dojo for one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from torchdojo.app.compose import Dojo, open_dojo


@contextmanager
def opened(content: tuple[Path, ...], *, with_grader: bool = False, niceness: int = 0) -> Iterator[Dojo]:
    """The dojo, closed again afterwards. `niceness` is the grader's."""
    with open_dojo(content=content, with_grader=with_grader, niceness=niceness) as dojo:
        yield dojo
