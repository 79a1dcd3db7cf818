# For tools/record_golden and tools/record_preset: makes a virtual environment with the packages of
# requirements.txt in build/golden-venv, unless it is up to date, and sets `python` to its
# interpreter.
# shellcheck shell=bash
golden_python() {
  local requirements=tests/golden/generator/requirements.txt
  local venv=build/golden-venv
  python=$venv/bin/python
  if ! cmp -s "$requirements" "$venv/installed.txt"; then
    echo "installing $requirements into $venv (torch downloads about 3 GB)" >&2
    python3 -m venv "$venv"
    "$python" -m pip install --quiet --requirement "$requirements" >&2
    cp "$requirements" "$venv/installed.txt"
  fi
}
