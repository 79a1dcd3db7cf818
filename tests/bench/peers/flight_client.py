"""Compiles flight_client.cc with pyarrow's libraries and runs it in this process.

Needs pyarrow and g++."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow

SOURCE = Path(__file__).with_suffix(".cc")
PROGRAM = Path(tempfile.mkdtemp()) / "flight_client"
LIBRARIES = pyarrow.get_library_dirs()[0]
MAJOR = int(pyarrow.__version__.split(".")[0])
subprocess.run(["g++", "-O2", "-std=c++20", f"-I{pyarrow.get_include()}", SOURCE, "-o", PROGRAM,
                f"-L{LIBRARIES}", f"-Wl,-rpath,{LIBRARIES}", f"-l:libarrow_flight.so.{MAJOR}00",
                f"-l:libarrow.so.{MAJOR}00"], check=True, stdout=sys.stderr)
os.execv(PROGRAM, [str(PROGRAM)])
