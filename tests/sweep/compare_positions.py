"""Compares our position ids with those of the models of the installed transformers.

    compare_positions.py --program PATH [--batches N] [--seed N] [--only FAMILY]

Prints the number of equal batches for each family, and the first batches that differ. Exit code 1:
an answer differs, or only one side gives an answer.
"""

import argparse
import importlib
import json
import logging
import pathlib
import random
import subprocess
import sys
import tempfile
import types

import torch

import random_batches

METHODS = ("get_vision_position_ids", "get_llm_pos_ids_for_vision")


def as_object(config):
    """A configuration object: dictionaries become objects, except for rope_parameters."""
    members = {
        key: as_object(value) if isinstance(value, dict) and key != "rope_parameters" else value
        for key, value in config.items()
    }
    return types.SimpleNamespace(**members)


def as_tensor(name, value):
    if value is None:
        return None
    return torch.tensor(value, dtype=torch.float32 if name.startswith("second") else None)


def answer_of_transformers(family, config, inputs):
    """What the class's method returns, called on an object that has nothing but its configuration."""
    module = importlib.import_module(
        f"transformers.models.{family.folder}.modeling_{family.folder}"
    )
    cls = getattr(module, family.cls)
    model = types.SimpleNamespace(
        config=as_object(config),
        spatial_merge_size=config["vision_config"]["spatial_merge_size"],
    )
    for name in METHODS:
        if hasattr(cls, name):
            setattr(model, name, types.MethodType(getattr(cls, name), model))
    tensors = {name: as_tensor(name, value) for name, value in inputs.items()}
    positions, deltas = cls.get_rope_index(model, **tensors)
    answer = {"position_ids": positions.tolist(), "rope_deltas": deltas.tolist()}
    decode = getattr(model, "_cached_decode_position_ids", None)
    if decode is not None:
        answer["decode_position_ids"] = decode.tolist()
    return answer


def our_answer(program, folder, config, inputs):
    config_file, input_file = folder / "config.json", folder / "input.json"
    config_file.write_text(json.dumps(config))
    input_file.write_text(json.dumps(inputs))
    command = [program, "positions", "--config", config_file, "--input", input_file, "--json"]
    return json.loads(subprocess.run(command, capture_output=True, check=False, text=True).stdout)


def compare(name, arguments, folder):
    """The number of batches that are answered alike; prints the first that is not."""
    rng = random.Random(f"{arguments.seed} {name}")
    equal = 0
    is_shown = False
    for _ in range(arguments.batches):
        config, inputs = random_batches.random_batch(name, rng)
        try:
            expected = answer_of_transformers(random_batches.FAMILIES[name], config, inputs)
        except (IndexError, KeyError, RuntimeError, TypeError, ValueError) as error:
            expected = repr(error)
        ours = our_answer(arguments.program, folder, config, inputs)
        if ours == expected:
            equal += 1
        elif not is_shown:
            is_shown = True
            for label, value in (
                ("config", config),
                ("inputs", inputs),
                ("transformers", expected),
                ("ours", ours),
            ):
                print(f"{name}: {label} {json.dumps(value)}")
    return equal


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--batches", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=sorted(random_batches.FAMILIES))
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    names = [arguments.only] if arguments.only else sorted(random_batches.FAMILIES)
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            equal = compare(name, arguments, pathlib.Path(folder))
            different += arguments.batches - equal
            print(f"{name:24} {equal} of {arguments.batches} batches are equal", flush=True)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
