"""The golden files: reading them, and appending records."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "tests" / "golden"
NAMES = ("inv_freq", "cos_sin", "standardize")


def read(name):
    """The records of a golden file, without the provenance of line 1."""
    with open(path_of(name), encoding="utf-8") as lines:
        return [json.loads(line) for line in lines][1:]


def append(name, records):
    with open(path_of(name), "a", encoding="utf-8") as file:
        for record in records:
            file.write(line_of(record) + "\n")


def path_of(name):
    return FOLDER / f"{name}.jsonl"


def line_of(record):
    """A record as its line in the file. A record never contains Python's NaN or Infinity."""
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
