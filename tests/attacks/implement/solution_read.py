# attack: reads the solution, the checks and the proof from where they lie
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import pathlib

HIDDEN = pathlib.Path("@@HIDDEN@@")
for name in ("solution.py", "checks.py", "debrief.md", "proof.json", "exercise.toml", "right/indexed.py"):
    for path in (HIDDEN / name, pathlib.Path("/proc/self/root") / str(HIDDEN / name).lstrip("/")):
        try:
            text = path.read_text()
        except OSError as error:
            print(type(error).__name__)
        else:
            print(text)
            exec(text)
