#!/bin/sh
# Say whether the committed web bundle is what its sources build to, byte for byte. Without Node.js there is nothing to say.
set -eu
cd "$(dirname "$0")/.."
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    echo "Skipped: Node.js is not installed, so the bundle cannot be rebuilt and compared."
    exit 0
fi
islands=src/torchdojo/web/islands
# A lock newer than what is installed means other versions would be compared.
if ! cmp -s "$islands/package-lock.json" "$islands/node_modules/.torchdojo-lock"; then
    (cd "$islands" && npm ci --silent) || {
        echo "The bundle's packages could not be installed (npm ci in $islands)." >&2
        exit 1
    }
    cp "$islands/package-lock.json" "$islands/node_modules/.torchdojo-lock"
fi
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
scripts/build_web.sh "$fresh/bundle"
diff -rq "$fresh/bundle" src/torchdojo/web/static/bundle || {
    echo "The committed bundle is not what its sources build to. Build it: scripts/build_web.sh" >&2
    exit 1
}
echo "The web bundle is what its sources build to."
