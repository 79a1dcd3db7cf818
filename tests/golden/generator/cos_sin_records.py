"""Records of cos_sin.jsonl: tables by transformers, correctly rounded, and in real arithmetic."""

import exact
import numpy
import torch_process
from mpmath import mpf
from number_formats import FLOAT32, float32_bits, from_float32_bits, round_once

# What is given; everything else in a record is computed from it.
GIVEN = ("config", "layer_type", "lanes", "positions")


def make(given):
    computed = torch_process.run([{"task": "table", **record} for record in given])
    return [record_of(*pair) for pair in zip(given, computed, strict=True)]


def record_of(given, computed):
    parameters = computed["parameters"]
    lanes, positions = given["lanes"], given["positions"]
    seq_len = max(positions) + 1
    frequencies, factor = exact.frequencies(parameters, seq_len)
    if parameters["rotary_class"] == "PhimoeRotaryEmbedding":
        frequencies, factor = phimoe(parameters, seq_len)
    exact_lanes = [frequencies[lane] for lane in lanes]
    inv_freq = [computed["inv_freq"][lane] for lane in lanes]
    record = {
        "id": given["id"],
        "model_type": given["model_type"],
        "rotary_class": parameters["rotary_class"],
        "config": given["config"],
        "layer_type": given["layer_type"],
        "seq_len": seq_len,
        "rope_type": parameters["rope_type"],
        "rotary_dim": exact.rotary_dim(parameters),
        **{key: computed[key] for key in ("table_width", "interleaved_table")},
        **{key: computed[key] for key in ("attention_factor", "attention_factor_bits")},
        "lanes": lanes,
        "inv_freq": inv_freq,
        "inv_freq_exact": [float32_bits(round_once(value, FLOAT32)) for value in exact_lanes],
        "positions": positions,
    }
    rounded = rounded_tables(inv_freq, positions, factor)
    real = real_tables(exact_lanes, positions, factor)
    for i, name in enumerate(("cos", "sin")):
        record[name] = computed[name]
        record[f"{name}_cr"] = rounded[i]
        record[f"{name}_exact"] = real[i]
    return record | shorter_tables(given, computed)


def phimoe(parameters, seq_len):
    """PhiMoE's forward: the short list at every length, and an attention factor by length."""
    values = parameters["rope_parameters"]
    is_long = seq_len > values["original_max_position_embeddings"]
    frequencies, _ = exact.frequencies(parameters, None)
    return frequencies, mpf(values["long_mscale" if is_long else "short_mscale"])


def rounded_tables(inv_freq, positions, factor):
    """cos and sin of the float32 angles, correctly rounded, times the factor in float32."""
    frequencies = [numpy.float32(from_float32_bits(bits)) for bits in inv_freq]
    scale = numpy.float32(float(factor))

    def entry(position, frequency):
        angle = mpf(float(numpy.float32(position) * frequency))
        values = exact.cos_sin(angle)
        return [float32_bits(numpy.float32(round_once(value, FLOAT32)) * scale) for value in values]

    return split([[entry(position, w) for w in frequencies] for position in positions])


def real_tables(frequencies, positions, factor):
    """cos and sin of the real angles times the real factor, rounded once."""

    def entry(position, frequency):
        values = exact.cos_sin(position * frequency)
        return [float32_bits(round_once(value * factor, FLOAT32)) for value in values]

    return split([[entry(position, w) for w in frequencies] for position in positions])


def split(rows):
    """Rows of (cos, sin) as rows of cos and rows of sin."""
    return [[[entry[i] for entry in row] for row in rows] for i in (0, 1)]


def shorter_tables(given, computed):
    """The tables of bfloat16 and float16 inputs, if `given` has them. A model that keeps float32
    tables for such inputs has only the dtype."""
    record = {}
    for suffix in ("bf16", "fp16"):
        if f"{suffix}_table_dtype" not in given:
            continue
        dtype = computed[f"table_dtype_{suffix}"]
        record[f"{suffix}_table_dtype"] = dtype
        if dtype != "float32":
            record |= {f"{name}_{suffix}": computed[f"{name}_{suffix}"] for name in ("cos", "sin")}
    return record
