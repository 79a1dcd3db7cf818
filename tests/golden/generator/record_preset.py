"""Makes the golden records that a new preset needs, and appends them to inv_freq.jsonl.

    record_preset.py NAME [--dry-run]

NAME names the file core/presets/models/NAME.json. There is one record for each layer type; if the
rope type depends on the sequence length, there is one for each of several lengths.
Exit code 1: the preset is missing, has records already, or transformers cannot compute it.
"""

import argparse
import json
import subprocess
import sys

import golden_file
import inv_freq_records
import torch_process

PRESETS = golden_file.ROOT / "core" / "presets" / "models"

# How sure the numbers are: a preset's `verified` -> a record's mark.
MARKS = {True: "V", False: "M"}

LONG = 1 << 20


def lengths_of(parameters):
    """The sequence lengths to record; None stands for the frequencies when the model is loaded."""
    if parameters["rope_type"] == "dynamic":
        length = parameters["max_position_embeddings"]
        return [None, 1, length, length + 1, 2 * length, 3 * length + 7, 8 * length, LONG]
    if parameters["rope_type"] == "longrope":
        original = parameters["rope_parameters"]["original_max_position_embeddings"]
        length = parameters["max_position_embeddings"]
        return [None, *sorted({1, original, original + 1, 2 * original, 8 * original, length})]
    return [None]


def givens_of(preset, layers):
    """The given members of every record: see inv_freq_records.GIVEN."""
    config = preset["config"]
    form = "v5" if "rope_parameters" in config else "legacy"
    for layer in layers:
        for seq_len in lengths_of(layer["parameters"]):
            layer_type = layer["layer_type"]
            length = "null" if seq_len is None else seq_len
            yield {
                "id": f"{preset['name']}/{form}/{layer_type or '-'}/{length}",
                "model_type": config["model_type"],
                "native": True,
                "mark": MARKS[preset["verified"]],
                "form": form,
                "config": config,
                "layer_type": layer_type,
                "seq_len": seq_len,
            }


def read_preset(name):
    """The preset and "", or None and an error message."""
    path = PRESETS / f"{name}.json"
    if not path.is_file():
        return None, f"{path} does not exist"
    preset = json.loads(path.read_text(encoding="utf-8"))
    config = json.dumps(preset["config"])
    for record in golden_file.read("inv_freq"):
        if json.dumps(record["config"]) == config:
            return None, f"inv_freq.jsonl already has {record['id']} with the configuration of {name}"
    return preset, ""


def main():
    parser = argparse.ArgumentParser(
        prog="tools/record_preset", description="Makes the golden records of a preset."
    )
    parser.add_argument("name", metavar="NAME", help="the preset core/presets/models/NAME.json")
    parser.add_argument("--dry-run", action="store_true", help="print the records, append nothing")
    options = parser.parse_args()
    preset, problem = read_preset(options.name)
    if preset is None:
        print(problem, file=sys.stderr)
        return 1
    try:
        task = {"task": "layer_types", "config": preset["config"]}
        layers = torch_process.run([task])[0]
        records = inv_freq_records.make(list(givens_of(preset, layers)))
    except subprocess.CalledProcessError:
        print(f"transformers cannot compute {options.name}; see the error above", file=sys.stderr)
        return 1
    if options.dry_run:
        for record in records:
            print(golden_file.line_of(record))
        return 0
    golden_file.append("inv_freq", records)
    print(f"{len(records)} records appended to inv_freq.jsonl")
    return 0


if __name__ == "__main__":
    sys.exit(main())
