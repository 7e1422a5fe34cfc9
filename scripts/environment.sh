# Sourced by ./start and ./check: one way to make the virtual environment, and to know that it is up to date.

find_python() {
    for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 python; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

# prepare_environment LOCK...: install exactly these locks into .venv, once per content of the locks.
prepare_environment() {
    if ! [ -x .venv/bin/python ]; then
        python=$(find_python) || {
            echo "torchdojo needs Python 3.11 or newer, and none was found." >&2
            echo "Install it, or name it: PYTHON=/path/to/python3.11 $0" >&2
            exit 2
        }
        echo "Making .venv with $("$python" --version) ..."
        "$python" -m venv .venv || {
            echo "The virtual environment could not be made; on Debian and Ubuntu: apt-get install python3-venv" >&2
            exit 2
        }
    fi
    wanted=$(cat pyproject.toml "$@" | cksum)
    stamp=.venv/installed-$(echo "$*" | tr ' /' '+-')
    if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
        echo "Installing what $* names (PyTorch is the large one; this happens once) ..."
        for lock in "$@"; do
            .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$lock" || {
                echo "Installing from $lock failed; the lines above say why. Check the network and the space on disk, then run $0 again." >&2
                exit 2
            }
        done
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable . || exit 2
        echo "$wanted" > "$stamp"
    fi
}
