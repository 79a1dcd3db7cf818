"""Writes tests/golden/families.jsonl: what transformers answers for every family.

Each configuration has little more than a model_type, so the records hold the defaults of the
configuration classes and the spellings that they read.
"""

import json
import pathlib

import torch
import transformers

import hf_answer

FILE = pathlib.Path(__file__).resolve().parents[1] / "golden" / "families.jsonl"

THETA = 12345.0

VARIANTS = {
    "defaults": {},
    "seven layers": {"num_hidden_layers": 7},
    "theta and share": {"rope_theta": THETA, "partial_rotary_factor": 0.5},
    "linear": {"rope_theta": THETA, "rope_scaling": {"type": "linear", "factor": 4.0}},
    "yarn": {
        "rope_theta": THETA,
        "rope_scaling": {
            "rope_type": "yarn",
            "factor": 4.0,
            "original_max_position_embeddings": 4096,
        },
    },
}


def layer_types_of(pair, config):
    """The layer types after loading; None if there are none, or if loading fails."""
    try:
        layer_types = getattr(pair.config.from_dict(dict(config)), "layer_types", None)
    except Exception:
        return None
    return None if layer_types is None else list(layer_types)


def record_of(pair, name, members):
    config = {"model_type": pair.model_type} | members
    frequencies, error = hf_answer.answer(pair, config)
    record = {
        "id": f"{pair.model_type}/{pair.rotary.__name__}/{name}",
        "model_type": pair.model_type,
        "rotary_class": pair.rotary.__name__,
        "config": config,
        "layer_types": layer_types_of(pair, config),
        "error": error.split(":")[0] or None,
        "sets": None,
    }
    if frequencies is not None:
        record["sets"] = [
            {"layer_type": layer_type, "inv_freq": bits, "attention_factor_bits": factor}
            for layer_type, (bits, factor) in frequencies.items()
        ]
    return record


def write(pairs):
    provenance = {
        "provenance": "frequencies of every rotary class, when its module has just been built",
        "transformers": transformers.__version__,
        "torch": torch.__version__,
        "settings": "CPU, ATEN_CPU_CAPABILITY=avx2, one thread",
    }
    lines = [json.dumps(provenance)]
    for pair in sorted(pairs, key=lambda pair: (pair.model_type, pair.rotary.__name__)):
        for name, members in VARIANTS.items():
            lines.append(json.dumps(record_of(pair, name, members)))
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines) - 1} records in {FILE.name}")
    return 0
