"""Prints lane_scale.jsonl: recorded frequencies times factors, by numpy and by mpmath.

    python3 tests/golden/generator/lane_scale_records.py > tests/golden/lane_scale.jsonl

The frequencies are those of inv_freq.jsonl, which transformers made. Two kinds of record:

scaled    `inv_freq` is the product of the recorded frequency and the factor, both float32, as
          numpy multiplies them. `inv_freq_exact` is the product of the real frequency (exact.py)
          and the factor, rounded once to double. The factors are exp(alpha) of random alpha, as
          LeRoPE has them (MistralLarge4TextRotaryEmbedding of transformers 5.24).
ggml      `freq_factors` are the divisors that llama.cpp's convert_hf_to_gguf.py writes for the
          rope type llama3, and `inv_freq` are the angles that ggml's rope computes at position 1
          with them: a product that grows by one float32 multiplication for each frequency, divided
          by the factor. The configuration is that of the model with rope type llama3.
"""

import datetime
import json
import math
import platform

import exact
import golden_file
import mpmath
import numpy as np
from number_formats import FLOAT32, FLOAT64, float32_bits, float64_bits, round_once

SEED = 20261201
SCALED = (
    "01-llama2-7b/v5/-/null",
    "07-llama3.1-8b/v5/-/null",
    "44-deepseek-v3/v5/-/null",
    "64-internlm2-1.8b/v5/-/98311",
    "25-phi3.5-moe/v5/-/4096",
    "25-phi3.5-moe/v5/-/4097",
    "x-linear-2.5/v5/-/null",
    "x-proportional-0.25-d256/v5/-/null",
)
GGML = ("07-llama3.1-8b/v5/-/null", "10-llama3.2-1b/v5/-/null")
COPIED = ("config", "layer_type", "seq_len", "rope_type")


def float32_of(bits):
    return np.array([int(text, 16) for text in bits], dtype=np.uint32).view(np.float32)


def parameters_of(record):
    """What exact.py needs, from a configuration in the v5 form."""
    config = record["config"]
    head_dim = config.get("qk_rope_head_dim") or config.get("head_dim")
    return {
        "rope_type": record["rope_type"],
        "rope_parameters": {"factor": None} | config["rope_parameters"],
        "head_dim": head_dim or config["hidden_size"] // config["num_attention_heads"],
        "max_position_embeddings": config["max_position_embeddings"],
        "truncate": True,
        "rotary_class": record["rotary_class"],
        "lanes": len(record["inv_freq"]),
    }


def scaled(record, random):
    parameters = parameters_of(record)
    if record["rope_type"] == "proportional":
        parameters["rope_parameters"]["factor"] = parameters["rope_parameters"]["factor"] or 1.0
    real, _ = exact.frequencies(parameters, record["seq_len"])
    if [float32_bits(round_once(value, FLOAT32)) for value in real] != record["inv_freq_exact"]:
        raise ValueError(f"{record['id']}: the parameters are not those of the record")
    alpha = random.normal(0.0, 0.5, len(real)).astype(np.float32)
    factors = np.exp(alpha)
    products = float32_of(record["inv_freq"]) * factors
    exact_products = [r * mpmath.mpf(float(f)) for r, f in zip(real, factors, strict=True)]
    return {
        "id": "scaled/" + record["id"],
        **{key: record[key] for key in COPIED},
        "lane_scale": [float32_bits(float(f)) for f in factors],
        "inv_freq": [float32_bits(float(p)) for p in products],
        "inv_freq_exact": [float64_bits(round_once(p, FLOAT64)) for p in exact_products],
    }


def ggml(record):
    values = record["config"]["rope_parameters"]
    theta, factor = values["rope_theta"], values["factor"]
    original = values["original_max_position_embeddings"]
    low, high = values["low_freq_factor"], values["high_freq_factor"]
    count = len(record["inv_freq"])
    divisors = []
    for i in range(count):
        wavelength = 2 * math.pi * theta ** (2 * i / (2 * count))
        if wavelength < original / high:
            divisors.append(1.0)
        elif wavelength > original / low:
            divisors.append(factor)
        else:
            smooth = (original / wavelength - low) / (high - low)
            divisors.append(1 / ((1 - smooth) / factor + smooth))
    divisors = np.array(divisors, dtype=np.float32)
    step = np.float32(theta) ** np.float32(-2.0 / (2 * count))
    angle = np.float32(1.0)
    angles = []
    for divisor in divisors:
        angles.append(angle / divisor)
        angle = np.float32(angle * step)
    return {
        "id": "ggml/" + record["id"],
        **{key: record[key] for key in COPIED},
        "freq_factors": [float32_bits(float(d)) for d in divisors],
        "inv_freq": [float32_bits(float(a)) for a in angles],
    }


def main():
    random = np.random.default_rng(SEED)
    records = {record["id"]: record for record in golden_file.read("inv_freq")}
    provenance = {
        "provenance": "lane_scale",
        "generator": "tests/golden/generator/lane_scale_records.py",
        "numpy": np.__version__,
        "mpmath": mpmath.__version__,
        "python": platform.python_version(),
        "seed": SEED,
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
    }
    print(json.dumps(provenance))
    for name in SCALED:
        print(golden_file.line_of(scaled(records[name], random)))
    for name in GGML:
        print(golden_file.line_of(ggml(records[name])))


if __name__ == "__main__":
    main()
