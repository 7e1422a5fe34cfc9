#!/bin/sh
# Build the web page's scripts and styles from src/torchdojo/web/islands into src/torchdojo/web/static/bundle.
set -eu
cd "$(dirname "$0")/../src/torchdojo/web/islands"
[ -d node_modules ] || npm ci --silent
node_modules/.bin/tsc --noEmit
node build.mjs "$@"
