"""`python <this folder> REQUEST SCRIPT [ARGS…]`: runs the script, diagnosed; REQUEST is a JSON object."""

import sys

# Python has put this folder in front of everything, where the script's folder will be.
del sys.path[0]

import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
from typing import Any, NoReturn  # noqa: E402

try:
    from torchdojo.diagnosis.limits import Limits
except ImportError:
    # Not installed: found from where the calling process had it.
    sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    from torchdojo.diagnosis.limits import Limits
from torchdojo.diagnosis.script import Diagnosed  # noqa: E402


def main() -> None:
    """Run the script, write what was seen to the file that the request names, and end as the script would."""
    request = json.loads(sys.argv[1])
    limits = Limits(request["steps"], request["seconds"])
    diagnosed = Diagnosed(sys.argv[2], sys.argv[3:], limits)

    def given_up() -> NoReturn:
        diagnosed.give_up()
        _hand_over(diagnosed.dossier(), request["file"])
        os._exit(1)

    limits.last_resort = given_up
    raised = diagnosed.run()
    if not diagnosed.forked:
        interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
        _hand_over(diagnosed.dossier(), request["file"])
        signal.signal(signal.SIGINT, interrupted)
    if isinstance(raised, SystemExit):
        raise raised
    sys.exit(0 if raised is None else 1)


def _hand_over(dossier: dict[str, Any], file: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # The script closed or replaced it.
    with open(file, "wb", closefd=False) as written:
        written.write(json.dumps(dossier).encode() + b"\n")


if __name__ == "__main__":
    # The script takes this module's place; what it needs must stay.
    _kept = sys.modules["__main__"]
    main()
