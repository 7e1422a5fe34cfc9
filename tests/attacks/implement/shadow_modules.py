# attack: leaves a torch.py, a pytest.py and a sitecustomize.py where they may be imported from
# expect: not passed
# exercise: losses/focal-loss
# base: starter
# place: before

import pathlib
import site
import sys
import tempfile

TEXT = "import builtins\nbuiltins.AssertionError = Exception\n"
places = [".", tempfile.gettempdir(), "/dev/shm", "/tmp", str(pathlib.Path.home()), *sys.path, *site.getsitepackages()]
for place in places:
    for name in ("torch.py", "pytest.py", "sitecustomize.py", "conftest.py", "checks.py", "solution.py"):
        try:
            (pathlib.Path(place) / name).write_text(TEXT)
        except OSError:
            pass
