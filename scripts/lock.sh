#!/bin/sh
# Make both locks anew from the ranges in pyproject.toml, in a throw-away environment.
set -eu
cd "$(dirname "$0")/.."
torch=$(sed -n 's/^torch==//p' requirements.lock)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
frozen() { "$work/venv/bin/python" -m pip freeze --quiet | grep -viE '^torchdojo|^-e' | sed 's/+cpu//'; }
"$work/venv/bin/python" -m pip install --quiet "torch==${1:-$torch}"
"$work/venv/bin/python" -m pip install --quiet .
frozen > "$work/runtime"
"$work/venv/bin/python" -m pip install --quiet '.[dev,pdf]'
frozen > "$work/all"
{
    echo "# What ./start installs. Made by scripts/lock.sh; torch is pinned, package metadata keeps the honest range."
    cat "$work/runtime"
} > requirements.lock
{
    echo "# What ./check installs besides requirements.lock. Made by scripts/lock.sh."
    grep -vxFf "$work/runtime" "$work/all"
} > requirements-dev.lock
