#!/bin/sh
# environment.sh PYTHON FOLDER EXTRAS: a virtual environment with this project and the pinned libraries in it.
set -eu
python=$1 folder=$2 extras=$3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
  echo "Python 3.11 or newer is needed; '$python' is not one. Name another: make PYTHON=python3.12 …" >&2; exit 1; }
echo "Setting up $folder ($extras): the first time takes up to a minute." >&2
if command -v uv >/dev/null 2>&1; then
  [ -x "$folder/bin/python" ] || uv venv -q --python "$python" "$folder"
  uv pip install -q --python "$folder/bin/python" -c constraints.txt -e ".[$extras]"
else
  [ -x "$folder/bin/pip" ] || "$python" -m venv "$folder" || {
    echo "The venv module of '$python' is missing (on Debian: apt-get install python3-venv)." >&2; exit 1; }
  "$folder/bin/python" -m pip install -q --disable-pip-version-check -c constraints.txt -e ".[$extras]"
fi
