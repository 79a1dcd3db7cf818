"""Tiny random models: frequencies of the service give the logits of transformers, bit for bit."""

import pytest

import rope_service
import rope_service.transformers

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers", minversion="5.0")

TINY = {"hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 2, "vocab_size": 97,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 256,
        "pad_token_id": 0}
YARN = {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0,
        "original_max_position_embeddings": 64}
LLAMA3 = {"rope_type": "llama3", "rope_theta": 5e5, "factor": 8.0, "low_freq_factor": 1.0,
          "high_freq_factor": 4.0, "original_max_position_embeddings": 64}
LONGROPE = {"rope_type": "longrope", "rope_theta": 1e4, "original_max_position_embeddings": 64,
            "short_factor": [1.0 + i / 8 for i in range(8)],
            "long_factor": [2.0 + i for i in range(8)]}
GEMMA = {"full_attention": {"rope_type": "linear", "rope_theta": 1e6, "factor": 8.0},
         "sliding_attention": {"rope_type": "default", "rope_theta": 1e4}}

MODELS = {
    "llama3": ("LlamaConfig", {"rope_parameters": LLAMA3}),
    "yarn": ("Qwen3Config", {"rope_parameters": YARN, "head_dim": 16}),
    "layer types": ("Gemma3TextConfig", {
        "rope_parameters": GEMMA, "head_dim": 16,
        "layer_types": ["full_attention", "sliding_attention"]}),
    "interleaved": ("CohereConfig", {"rope_parameters": YARN}),
    "half width": ("GptOssConfig", {"rope_parameters": YARN, "head_dim": 16,
                                    "num_local_experts": 2, "num_experts_per_tok": 1}),
    "longrope": ("Phi3Config", {"rope_parameters": LONGROPE,
                                "original_max_position_embeddings": 64}),
    "dynamic": ("LlamaConfig", {"rope_parameters": {
        "rope_type": "dynamic", "rope_theta": 1e4, "factor": 4.0}}),
}


def logits(config, lengths):
    """The logits of calls one after the other, on a model of fixed random weights."""
    torch.manual_seed(0)
    model = transformers.AutoModelForCausalLM.from_config(config).eval()
    results = []
    for length in lengths:
        tokens = torch.arange(length).remainder(96).add(1).unsqueeze(0)
        with torch.no_grad():
            results.append(model(tokens, use_cache=False).logits)
    return results


class Counting:
    """A client that counts its calls."""

    def __init__(self, client):
        self.calls = 0
        self._client = client

    def frequencies(self, *arguments, **options):
        self.calls += 1
        return self._client.frequencies(*arguments, **options)


@pytest.mark.parametrize("name", MODELS)
def test_the_logits_are_those_of_transformers(client, name):
    kind, members = MODELS[name]
    # The lengths cross the original one, grow beyond the longest one, and come back.
    lengths = (40, 100, 300, 50)
    make = getattr(transformers, kind)
    expected = logits(make(**TINY, **members), lengths)
    counting = Counting(client)
    with rope_service.transformers.frequencies_from(counting):
        answered = logits(make(**TINY, **members), lengths)
    assert counting.calls > 0
    for one, other in zip(expected, answered):
        assert torch.equal(one, other)


def test_the_functions_come_back(client):
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    before = dict(ROPE_INIT_FUNCTIONS)
    with rope_service.transformers.frequencies_from(client, "yarn"):
        assert ROPE_INIT_FUNCTIONS["yarn"] is not before["yarn"]
        assert ROPE_INIT_FUNCTIONS["llama3"] is before["llama3"]
    assert before == ROPE_INIT_FUNCTIONS
    with (pytest.raises(ValueError, match="no rope type"),
          rope_service.transformers.frequencies_from(client, "yarm")):
        pass


def test_under_the_meta_device(client):
    config = transformers.LlamaConfig(**TINY, rope_parameters=LLAMA3)
    with rope_service.transformers.frequencies_from(client), torch.device("meta"):
        function = rope_service.transformers.RemoteFrequencies(client)
        inv_freq, factor = function(config)
    assert inv_freq.device.type == "cpu" and factor == 1.0


def rounded(original, layout):
    """A module whose cos and sin are those of float64, rounded once: correct but for rare cases."""

    def forward(self, x, position_ids, layer_type=None):
        arguments = (x, position_ids) if layer_type is None else (x, position_ids, layer_type)
        own, _ = original.forward(self, *arguments)
        prefix = "" if layer_type is None else f"{layer_type}_"
        inv_freq = getattr(self, f"{prefix}inv_freq").float()
        angles = (position_ids[..., None].float() * inv_freq).double()
        if layout == "half_split":
            angles = torch.cat((angles, angles), dim=-1)
        elif layout == "interleaved":
            angles = angles.repeat_interleave(2, dim=-1)
        scaling = getattr(self, f"{prefix}attention_scaling")
        return ((angles.cos().float() * scaling).to(own.dtype),
                (angles.sin().float() * scaling).to(own.dtype))

    return type("Rounded", (original,), {"forward": forward})


MODULES = {
    "llama3": ("llama", "LlamaRotaryEmbedding", "half_split"),
    "yarn": ("qwen3", "Qwen3RotaryEmbedding", "half_split"),
    "layer types": ("gemma3", "Gemma3RotaryEmbedding", "half_split"),
    "interleaved": ("cohere", "CohereRotaryEmbedding", "interleaved"),
    "half width": ("gpt_oss", "GptOssRotaryEmbedding", "compact"),
    "longrope": ("phi3", "Phi3RotaryEmbedding", "half_split"),
    "dynamic": ("llama", "LlamaRotaryEmbedding", "half_split"),
}


@pytest.mark.parametrize("name", MODULES)
def test_tables_give_the_logits_of_correctly_rounded_ones(client, name):
    import importlib

    from transformers.monkey_patching import clear_patch_mapping, register_patch_mapping

    family, module, layout = MODULES[name]
    original = getattr(
        importlib.import_module(f"transformers.models.{family}.modeling_{family}"), module)
    kind, members = MODELS[name]
    results = []
    for replacement in (rounded(original, layout),
                        rope_service.transformers.served(original, client, layout)):
        register_patch_mapping({module: replacement}, overwrite=True)
        try:
            results.append(logits(getattr(transformers, kind)(**TINY, **members), (40, 100, 300)))
        finally:
            clear_patch_mapping()
    for one, other in zip(*results):
        assert torch.equal(one, other)
