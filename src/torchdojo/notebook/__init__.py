"""Notebooks: `%load_ext torchdojo`, then `%%dojo ID` as the first line of a cell grades that cell.

Only IPython calls in here, so that torchdojo does not need it.
"""

from torchdojo.notebook.magic import load, unload

__all__ = ["load", "unload"]
