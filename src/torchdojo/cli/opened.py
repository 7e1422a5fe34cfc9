"""Open the dojo for one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from torchdojo.app.compose import Dojo, open_dojo


@contextmanager
def opened(content: tuple[Path, ...], *, with_grader: bool = False) -> Iterator[Dojo]:
    """The dojo, closed again afterwards."""
    with open_dojo(content=content, with_grader=with_grader) as dojo:
        yield dojo
