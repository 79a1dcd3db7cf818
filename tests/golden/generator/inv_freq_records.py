"""Records of inv_freq.jsonl: frequencies by transformers, and by the formula in real arithmetic."""

import exact
import torch_process
from number_formats import FLOAT32, FLOAT64, float32_bits, float64_bits, round_once

# What is given; everything else in a record is computed from `config`, `layer_type` and `seq_len`.
GIVEN = ("id", "model_type", "native", "mark", "form", "config", "layer_type", "seq_len")

# Other settings of torch, in which a lane may have other bits. A simulation stands for AVX-512, so
# that hosts without it can make records, too.
VARIANTS = {
    "torch2.15-avx512-simulated": {"group_lanes": 32},
    "torch2.15-default": {"capability": "default"},
    "torch2.15-omp2": {"threads": 2},
}
# Hosts without vector code are so rare that `stable_simd` leaves this variant out.
WITHOUT_SIMD = "torch2.15-default"


def make(given):
    """The records with these given members. One process for each variant computes all of them."""
    tasks = [{"task": "frequencies", **record} for record in given]
    computed = torch_process.run(tasks)
    variants = {name: torch_process.run(tasks, **VARIANTS[name]) for name in VARIANTS}
    return [
        record_of(record, computed[i], {name: results[i] for name, results in variants.items()})
        for i, record in enumerate(given)
    ]


def record_of(given, computed, variants):
    parameters = computed["parameters"]
    inv_freq, factor = exact.frequencies(parameters, given["seq_len"])
    record = {key: given[key] for key in GIVEN[:2]}
    record["rotary_class"] = parameters["rotary_class"]
    record |= {key: given[key] for key in GIVEN[2:]}
    record |= {
        "rope_type": parameters["rope_type"],
        "rotary_dim": exact.rotary_dim(parameters),
        "attention_factor": computed["attention_factor"],
        "attention_factor_bits": computed["attention_factor_bits"],
        "attention_factor_exact_bits": float64_bits(round_once(factor, FLOAT64)),
        "inv_freq": computed["inv_freq"],
        "inv_freq_exact": [float32_bits(round_once(value, FLOAT32)) for value in inv_freq],
    }
    if "inv_freq_forward" in computed:
        record["inv_freq_forward"] = computed["inv_freq_forward"]
    unstable = unstable_lanes(computed, variants)
    record["stable"] = not unstable
    record["stable_simd"] = all(name.startswith(WITHOUT_SIMD) for name in unstable)
    record["unstable"] = unstable
    return record


def unstable_lanes(computed, variants):
    """Variant -> the lanes in which its bits differ, for the variants that have such lanes."""
    unstable = {}
    for key, suffix in (("inv_freq", ""), ("inv_freq_forward", "/forward")):
        for name, result in variants.items():
            pairs = zip(computed.get(key, []), result.get(key, []), strict=True)
            lanes = [i for i, (ours, other) in enumerate(pairs) if ours != other]
            if lanes:
                unstable[name + suffix] = lanes
    return unstable
