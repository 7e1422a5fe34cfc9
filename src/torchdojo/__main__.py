"""`python -m torchdojo`."""

from torchdojo.cli import main

main()
