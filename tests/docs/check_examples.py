#!/usr/bin/env python3
"""check_examples.py BIN FILE...: runs the examples of documents and compares what they print.

An example is a fenced block whose first line is "$ COMMAND". The lines after it, up to the next "$"
line, are what the command must print to standard output and standard error together. A line "..."
stands for any lines. Commands run in an empty folder that has a copy of client/examples.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def examples_of(text):
    """Yields (command, expected lines)."""
    for block in re.findall(r"^```\n(\$ .*?)^```$", text, re.MULTILINE | re.DOTALL):
        command, expected = None, []
        for line in block.splitlines():
            if line.startswith("$ "):
                if command is not None:
                    yield command, expected
                command, expected = line[2:], []
            elif command.endswith("\\"):
                command = command[:-1] + line.strip()
            else:
                expected.append(line.rstrip())
        yield command, expected


def matches(expected, printed):
    """Whether `printed` is `expected`, in which "..." stands for any lines."""
    pattern = "".join("(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in expected)
    return re.fullmatch(pattern, "".join(line.rstrip() + "\n" for line in printed)) is not None


def main():
    bin_folder, files = sys.argv[1], sys.argv[2:]
    environment = dict(os.environ, PATH=f"{bin_folder}:{os.environ['PATH']}", NO_COLOR="1")
    environment.pop("ROPE_SERVER", None)
    count = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "client/examples", pathlib.Path(folder) / "client/examples")
        for file in files:
            for command, expected in examples_of((ROOT / file).read_text(encoding="utf-8")):
                count += 1
                result = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, check=False,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        timeout=120)
                if matches(expected, result.stdout.splitlines()):
                    continue
                failed += 1
                print(f"{file}: $ {command}\nprints\n{result.stdout}")
    print(f"{count} examples, {failed} differ")
    sys.exit(1 if failed or not count else 0)


if __name__ == "__main__":
    main()
