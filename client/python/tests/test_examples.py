"""The example programs, as people start them."""

import pathlib
import subprocess
import sys

from conftest import ROOT

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"


def run(name, *arguments):
    return subprocess.run([sys.executable, str(EXAMPLES / name), *arguments], check=False,
                          stdout=subprocess.PIPE, text=True)


def test_a_folder_is_checked(address):
    result = run("check_folder.py", str(ROOT / "client/examples/broken"), "--server", address)
    assert result.returncode == 1
    assert "[ROPE-E007]" in result.stdout
    assert result.stdout.endswith("3 configurations, 1 not valid\n")


def test_two_hosts_are_compared(address):
    result = run("compare_hosts.py", "gemma-3-4b", address, address, "--length", "64")
    assert result.returncode == 0, result.stdout
    assert result.stdout.count("the same") == 2
