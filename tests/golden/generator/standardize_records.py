"""Records of standardize.jsonl: what transformers makes of a config.json, and its messages."""

import json
import math

import torch_process


def make(given):
    tasks = [{"task": "loaded", "config": config_of(record)} for record in given]
    computed = torch_process.run(tasks)
    return [record_of(*pair) for pair in zip(given, computed, strict=True)]


def config_of(given):
    """The config.json, which is a text if it holds NaN or Infinity."""
    return given["config"] if "config" in given else json.loads(given["config_text"])


def record_of(given, computed):
    record = {key: given[key] for key in ("id", "model_type", "config", "config_text") if key in given}
    record["outcome"] = computed["outcome"]
    if computed["outcome"] == "error":
        return record | {"error": computed["error"], "warnings": computed["warnings"]}
    before, after = computed["rope_parameters"], computed["rope_parameters_after_compute"]
    if is_finite(before):
        record["rope_parameters"] = before
    else:
        record["rope_parameters_text"] = json.dumps(before)
    record |= {"warnings": computed["warnings"], "compute": computed["compute"]}
    if json.dumps(after, sort_keys=True) != json.dumps(before, sort_keys=True):
        record["rope_parameters_after_compute"] = after
    return record


def is_finite(value):
    """True if no number in the JSON value is NaN or infinite."""
    if isinstance(value, dict):
        return all(is_finite(entry) for entry in value.values())
    if isinstance(value, list):
        return all(is_finite(entry) for entry in value)
    return not isinstance(value, float) or math.isfinite(value)
