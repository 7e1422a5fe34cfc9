"""A sheet as PDF, by Typst, which is an extra of the package."""

from __future__ import annotations

from torchdojo.domain.errors import BadInput, InternalError
from torchdojo.paper.sheet import Sheet
from torchdojo.paper.typst_form import to_typst


def to_pdf(sheet: Sheet) -> bytes:
    """The PDF, the same on every machine: only the typesetter's own fonts are used. BadInput without Typst."""
    try:
        import typst
    except ImportError:
        cure = "Install it: pip install 'torchdojo[pdf]'. Or print the page of --html from a browser."
        raise BadInput("There is no Typst here, which makes PDF files.", cure) from None
    try:
        pdf = typst.compile(to_typst(sheet).encode(errors="replace"), ignore_system_fonts=True)
    except (RuntimeError, typst.TypstError) as error:
        raise InternalError(f"The sheet {sheet.title!r} could not be typeset: {error}", "Please report it.") from error
    assert isinstance(pdf, bytes)
    return pdf
