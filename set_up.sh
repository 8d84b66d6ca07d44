#!/bin/sh
# Make a virtual environment with the locked versions; with uv where it is installed, else with pip.
set -eu

say() { echo "set-up: $*" >&2; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

found=
for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if command -v "$name" >/dev/null 2>&1 && new_enough "$name"; then
        found=$name
        break
    fi
done
if [ -z "$found" ]; then
    say "Python 3.11 or newer is needed; ${PYTHON:-python3} is not. On Debian: apt-get install python3 python3-venv"
    exit 1
fi
PYTHON=$found

if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --allow-existing --python "$PYTHON" "$VENV"
    uv pip install --quiet --compile-bytecode --python "$VENV/bin/python" --require-hashes -r requirements.lock
    uv pip install --quiet --python "$VENV/bin/python" --no-deps --no-build-isolation -e .
    exit 0
fi

if ! "$PYTHON" -m venv "$VENV" 2>/dev/null; then
    # Debian ships ensurepip in a package of its own.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing Debian's python3-venv"
        { apt-get update && apt-get install -y python3-venv; } >/dev/null 2>&1 || true
    fi
    rm -rf "$VENV"
    "$PYTHON" -m venv "$VENV" || { say "cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }
fi
say "installing the locked packages into $VENV (about two minutes the first time)"
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
