# For the tools that need transformers and torch: makes a virtual environment in build/ with the
# packages of a requirements file, unless it is up to date, and sets `python` to its interpreter.
# shellcheck shell=bash

# venv_python REQUIREMENTS VENV
venv_python() {
  local requirements=$1
  local venv=$2
  python=$venv/bin/python
  if ! cmp -s "$requirements" "$venv/installed.txt"; then
    echo "installing $requirements into $venv (torch downloads about 3 GB)" >&2
    python3 -m venv "$venv"
    "$python" -m pip install --quiet --requirement "$requirements" >&2
    cp "$requirements" "$venv/installed.txt"
  fi
}

# The versions that made the golden data.
golden_python() {
  venv_python tests/golden/generator/requirements.txt build/golden-venv
}
