"""Writes tests/golden/attention_scaling.jsonl: what attention of transformers multiplies beside cos
and sin.

    build/golden-venv/bin/python tests/golden/generator/record_attention_scaling.py [OUTPUT]
"""

import importlib
import inspect
import json
import struct
import sys

import torch
import transformers

YARN = {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 40.0,
        "original_max_position_embeddings": 4096}
# Parameter sets, and what each shows.
PARAMETERS = [
    None,  # the class's default
    {"rope_type": "default", "rope_theta": 10000.0, "mscale_all_dim": 1.0},
    {**YARN},
    {**YARN, "mscale": 1.0, "mscale_all_dim": 1.0},
    {**YARN, "mscale": 0.707, "mscale_all_dim": 0.707},
    {**YARN, "mscale": 1.0, "mscale_all_dim": 0.0},
    {**YARN, "factor": 1.0, "mscale": 1.0, "mscale_all_dim": 1.0},
    {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0, "mscale_all_dim": 1.0},
]
LATENT = ["axk1", "axk2", "bailing_hybrid", "deepseek_v2", "deepseek_v3", "deepseek_v32",
          "glm4_moe_lite", "glm_moe_dsa", "hy_v4", "hy_v4_vl_text", "longcat_flash", "minicpm3",
          "mistral4", "mistral_large4_text", "youtu"]
MODULES = {"hy_v4_vl_text": "hy_v4_vl", "mistral_large4_text": "mistral_large4"}
POSITIONS = [0, 1, 8190, 8191, 8192, 16383, 16384, 49152, 100000, 262143, 1048575, 10000000,
             2**24 + 1, 2**31 - 1]


def bits(tensor):
    return [struct.pack(">f", value).hex() for value in tensor.to(torch.float32).flatten().tolist()]


def modeling_of(model_type):
    name = MODULES.get(model_type, model_type)
    return importlib.import_module(f"transformers.models.{name}.modeling_{name}")


def attention_class(modeling):
    """The class whose softmax scale contains mscale."""
    found = [cls for _, cls in inspect.getmembers(modeling, inspect.isclass)
             if cls.__module__ == modeling.__name__
             and "= yarn_apply_mscale(" in inspect.getsource(cls)]
    assert len(found) == 1, found
    return found[0]


def record_softmax(model_type):
    modeling = modeling_of(model_type)
    cls = attention_class(modeling)
    for parameters in PARAMETERS:
        given = {"num_hidden_layers": 2}
        if parameters is not None:
            given["rope_parameters"] = dict(parameters)
        if model_type == "mistral4" and parameters is not None:
            given["rope_parameters"]["llama_4_scaling_beta"] = 0.1
            given["rope_parameters"].setdefault("original_max_position_embeddings", 8192)
        document = json.loads(json.dumps({"model_type": model_type, **given}))
        config = transformers.AutoConfig.for_model(model_type, **given)
        with torch.device("meta"):
            attention = cls(config, layer_idx=0)
        yield {"config": document, "scaling": attention.scaling,
               "unscaled": attention.qk_head_dim ** (-0.5)}


def record_mistral(model_type, length, beta):
    parameters = {**YARN, "original_max_position_embeddings": length, "llama_4_scaling_beta": beta}
    scale = modeling_of(model_type).get_llama_4_attn_scale(torch.tensor([POSITIONS]), beta, length)
    return {"config": {"model_type": model_type, "rope_parameters": parameters},
            "positions": POSITIONS, "query_scale_bits": bits(scale)}


def record_llama4(**members):
    """Sends queries of 1.0 through the attention of a layer without rotary embedding."""
    modeling = modeling_of("llama4")
    config = transformers.AutoConfig.for_model(
        "llama4_text", hidden_size=4, num_attention_heads=1, num_key_value_heads=1, head_dim=4,
        num_hidden_layers=4, no_rope_layers=[1, 1, 1, 0], use_qk_norm=False, **members)
    seen = {}

    def attend(module, query, *rest, **kwargs):
        seen["query"] = query
        return query.transpose(1, 2), None

    transformers.modeling_utils.ALL_ATTENTION_FUNCTIONS["record"] = attend
    config._attn_implementation = "record"
    attention = modeling.Llama4TextAttention(config, layer_idx=3)
    torch.nn.init.constant_(attention.q_proj.weight, 0.25)

    class Past:  # a cache that says how many tokens came before
        def __init__(self, length):
            self.length = length

        def get_seq_length(self, layer):
            return self.length

        def update(self, key, value, *rest, **kwargs):
            return key, value

    scales = []
    with torch.no_grad():
        for position in POSITIONS:
            attention(torch.ones(1, 1, 4), None, None, Past(position))
            scales.append(seen["query"].flatten()[0])
    return {"config": {"model_type": "llama4_text", "num_hidden_layers": 4,
                      "no_rope_layers": [1, 1, 1, 0], **members},
            "positions": POSITIONS, "query_scale_bits": bits(torch.stack(scales))}


def main():
    out = open(sys.argv[1] if len(sys.argv) > 1 else "tests/golden/attention_scaling.jsonl", "w")
    head = {"provenance": "attention_scaling", "transformers": transformers.__version__,
            "torch": torch.__version__, "python": sys.version.split()[0],
            "generator": "tests/golden/generator/record_attention_scaling.py"}
    records = [record for model_type in LATENT for record in record_softmax(model_type)]
    for model_type in ("ministral3", "mistral4"):
        records += [record_mistral(model_type, *pair) for pair in ((16384, 0.1), (8192, 0.25))]
    records += [record_llama4(), record_llama4(attn_scale=0.25, floor_scale=4096)]
    off = record_llama4(attn_temperature_tuning=False)
    assert set(off["query_scale_bits"]) == {"3f800000"}
    records.append(off)
    for record in [head, *records]:
        out.write(json.dumps(record) + "\n")


main()
