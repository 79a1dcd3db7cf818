"""Computes with torch and transformers: reads a list of tasks in JSON from standard input and
writes the list of their results to standard output.

    torch_worker.py [LANES]

It is a separate process, because torch reads ATEN_CPU_CAPABILITY and OMP_NUM_THREADS only when it
starts (see torch_process.py). With LANES, powers are computed as if full groups had that many
lanes: 32 is what AVX-512 does.
"""

import contextlib
import copy
import json
import sys

import loading
import torch
from number_formats import float32_bits, float64_bits

DTYPES = {"": torch.float32, "_bf16": torch.bfloat16, "_fp16": torch.float16}


def bits_of(tensor):
    """The bits of a tensor's numbers, row by row, in hexadecimal, in nested lists of its shape."""
    if tensor.dtype == torch.float32:
        numbers, digits = tensor.contiguous().view(torch.int32), 8
    else:
        numbers, digits = tensor.contiguous().view(torch.int16), 4

    def text(value):
        if isinstance(value, list):
            return [text(entry) for entry in value]
        return format(value % 16**digits, f"0{digits}x")

    return text(numbers.tolist())


def build(task):
    config = loading.load(task["config"])
    return loading.find_rotary_class(task["config"]["model_type"])(config)


def frequencies(task):
    """The frequencies of one layer type at one length, and what exact.py needs for the same."""
    module = build(task)
    layer_type, seq_len = task["layer_type"], task["seq_len"]
    inv_freq, factor = loading.frequencies(module, layer_type, seq_len)
    result = {
        "attention_factor": factor,
        "attention_factor_bits": float64_bits(factor),
        "inv_freq": [float32_bits(value) for value in inv_freq.flatten().tolist()],
        "parameters": parameters_of(module, layer_type, inv_freq.numel()),
    }
    if loading.rope_type_of(module, layer_type) == "dynamic" and seq_len is not None:
        forward, _ = loading.frequencies(module, layer_type, torch.tensor(seq_len))
        result["inv_freq_forward"] = [float32_bits(value) for value in forward.tolist()]
    return result


def parameters_of(module, layer_type, lanes):
    config = module.config
    parameters = config.rope_parameters
    return {
        "rope_type": loading.rope_type_of(module, layer_type),
        "rope_parameters": parameters if layer_type is None else parameters[layer_type],
        "head_dim": head_dim_of(config, layer_type),
        "max_position_embeddings": getattr(config, "max_position_embeddings", None),
        # A nested parameter set's own `truncate` is not read.
        "truncate": parameters.get("truncate", True),
        "rotary_class": type(module).__name__,
        "lanes": lanes,
    }


def head_dim_of(config, layer_type):
    if layer_type is not None:
        # Models whose layers all have the same head_dim have no such configurations.
        with contextlib.suppress(AttributeError, ValueError, KeyError):
            config = config.per_layer_config[layer_type]
    head_dim = getattr(config, "head_dim", None)
    if head_dim:
        return head_dim
    width = config.hidden_size if hasattr(config, "hidden_size") else config.embed_dim
    return width // config.num_attention_heads


def layer_types(task):
    """The layer types of a configuration, with the parameters of each."""
    module = build(task)
    layers = []
    for layer_type in loading.layer_types_of(module):
        lanes = loading.module_frequencies(module, layer_type)[0].numel()
        parameters = parameters_of(module, layer_type, lanes)
        layers.append({"layer_type": layer_type, "parameters": parameters})
    return layers


def table(task):
    """One forward call on a fresh module, in three dtypes, for the chosen lanes."""
    result = {}
    for suffix, dtype in DTYPES.items():
        module = build(task)
        cos, sin = forward(module, task, dtype)
        lanes = task["lanes"]
        columns = [2 * lane for lane in lanes] if is_interleaved(module) else lanes
        result["table_dtype" + suffix] = str(cos.dtype).removeprefix("torch.")
        result["cos" + suffix] = bits_of(cos[:, columns])
        result["sin" + suffix] = bits_of(sin[:, columns])
        if suffix == "":
            result |= description(module, task, cos)
    return result


def forward(module, task, dtype):
    positions = torch.tensor([task["positions"]])
    arguments = {} if task["layer_type"] is None else {"layer_type": task["layer_type"]}
    made = module(torch.zeros(1, dtype=dtype), positions, **arguments)
    cos, sin = made if isinstance(made, tuple) else (made.real, made.imag)
    return cos[0], sin[0]


def used_by_forward(module, layer_type, seq_len):
    """The frequencies and the attention factor that the last forward call used."""
    if type(module).__name__ != "PhimoeRotaryEmbedding":
        return loading.module_frequencies(module, layer_type)
    # PhiMoE ignores its buffer. It uses the short list at every length, and a factor by length.
    values = module.config.rope_parameters
    is_long = seq_len > values["original_max_position_embeddings"]
    short, _ = module.rope_init_fn(module.config)
    return short, values["long_mscale" if is_long else "short_mscale"]


def is_interleaved(module):
    return type(module).__name__.startswith("Cohere")


def description(module, task, cos):
    layer_type = task["layer_type"]
    inv_freq, factor = used_by_forward(module, layer_type, max(task["positions"]) + 1)
    return {
        "table_width": cos.shape[-1],
        "interleaved_table": is_interleaved(module),
        "attention_factor": factor,
        "attention_factor_bits": float64_bits(factor),
        "inv_freq": [float32_bits(value) for value in inv_freq.tolist()],
        "parameters": parameters_of(module, layer_type, inv_freq.numel()),
    }


def loaded(task):
    """The result of loading, the messages, and whether the rotary module can be built."""
    with loading.recorded_messages() as messages:
        try:
            config = loading.load(task["config"])
        except Exception as error:  # any error is a result
            failure = loading.error_entry(error)
            return {"outcome": "error", "error": failure, "warnings": list(messages)}
        result = {
            "outcome": "ok",
            "rope_parameters": copy.deepcopy(config.rope_parameters),
            "warnings": list(messages),
        }
    result["compute"] = computed(config)
    result["rope_parameters_after_compute"] = config.rope_parameters
    return result


def computed(config):
    try:
        module = loading.find_rotary_class(config.model_type)(config)
        layers = {
            layer_type or "-": loading.module_frequencies(module, layer_type)[0]
            for layer_type in loading.layer_types_of(module)
        }
    except Exception as error:  # any error is a result
        return {"outcome": "error", "error": loading.error_entry(error)}
    return {
        "outcome": "ok",
        "lanes": {name: len(inv_freq) for name, inv_freq in layers.items()},
        "finite": all(bool(torch.isfinite(inv_freq).all()) for inv_freq in layers.values()),
    }


def simulate_groups(lanes):
    """Makes torch compute powers with vectors in full groups of `lanes` only, and by the C library
    in the other lanes. torch itself takes groups of 16, so single lanes go to the C library."""
    power = torch.Tensor.__pow__

    def grouped(base, exponents):
        full = exponents.numel() - exponents.numel() % lanes
        parts = [exponents[:full]] if full > 0 else []
        parts += [exponents[i : i + 1] for i in range(full, exponents.numel())]
        return torch.cat([torch.pow(base, part) for part in parts])

    def from_right(exponents, base):
        return grouped(base, exponents)

    def from_left(base, exponent):
        is_list = isinstance(exponent, torch.Tensor) and exponent.dim() == 1
        return grouped(base, exponent) if is_list else power(base, exponent)

    torch.Tensor.__rpow__ = from_right
    torch.Tensor.__pow__ = from_left


TASKS = {
    "frequencies": frequencies,
    "layer_types": layer_types,
    "loaded": loaded,
    "table": table,
}


def main(arguments):
    if arguments:
        simulate_groups(int(arguments[0]))
    tasks = json.load(sys.stdin)
    with torch.no_grad():
        json.dump([TASKS[task["task"]](task) for task in tasks], sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
