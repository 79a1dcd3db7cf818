"""Runs torch_worker.py in the settings that decide which bits torch computes."""

import json
import os
import subprocess
import sys
from pathlib import Path

WORKER = Path(__file__).with_name("torch_worker.py")

# The settings of the golden data: AVX2 code, one thread.
CAPABILITY = "avx2"
THREADS = 1


def run(tasks, capability=CAPABILITY, threads=THREADS, group_lanes=None):
    """The results of the tasks, in their order. Raises if the process fails."""
    environment = dict(
        os.environ,
        ATEN_CPU_CAPABILITY=capability,
        OMP_NUM_THREADS=str(threads),
        MKL_NUM_THREADS=str(threads),
        CUDA_VISIBLE_DEVICES="",
        TRANSFORMERS_VERBOSITY="error",
    )
    arguments = [] if group_lanes is None else [str(group_lanes)]
    process = subprocess.run(
        [sys.executable, str(WORKER), *arguments],
        input=json.dumps(tasks),
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
        check=True,
    )
    return json.loads(process.stdout)
