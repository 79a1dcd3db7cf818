"""Variants of a configuration: its rope parameters replaced by those of one rope type."""

import copy

ORIGINAL = 4096  # original_max_position_embeddings of every variant that has one
THETA = 12345.0  # rope_theta at the top level: no family has this default
ROPE_KEYS = (
    "rope_parameters",
    "rope_theta",
    "rope_scaling",
    "partial_rotary_factor",
    "layer_rope_theta",  # saved with the default base of every layer
)
HEAD_KEYS = ("head_dim", "attention_head_dim", "qk_rope_head_dim", "kv_channels")


def sets_of(parameters, layer_types):
    """The parameter sets in rope_parameters: the nested ones, or rope_parameters itself."""
    nested = [
        key for key, value in parameters.items() if isinstance(value, dict) and key in layer_types
    ]
    return [parameters[key] for key in nested] or [parameters]


def labels_of(config):
    """The names under which a configuration object nests its parameter sets."""
    return set(getattr(config, "_rope_type_labels", None) or getattr(config, "layer_types", None) or ())


def scaled(document, labels, members):
    """The document with these members, and nothing else but theta and share, in every set."""
    document = copy.deepcopy(document)
    parameters = document.get("rope_parameters") or {}
    for one in sets_of(parameters, labels):
        kept = {key: one[key] for key in ("rope_theta", "partial_rotary_factor") if key in one}
        sections = {key: value for key, value in one.items() if key.startswith("mrope")}
        one.clear()
        one.update(kept | sections | members)
    document["rope_parameters"] = parameters
    return document


def partial(document, labels):
    """The document with half of every head rotated."""
    document = copy.deepcopy(document)
    parameters = document.get("rope_parameters") or {}
    for one in sets_of(parameters, labels):
        one["partial_rotary_factor"] = 0.5
    document["rope_parameters"] = parameters
    return document


def without(document, *keys):
    return {key: value for key, value in document.items() if key not in keys}


def legacy(document, **members):
    """The document in the spelling of transformers 4, with these members at the top level."""
    return without(document, *ROPE_KEYS) | members


def variants(document, labels, lanes):
    """Name -> document. `lanes` is the number of frequencies of a scaled type, for longrope."""
    lists = {
        "short_factor": [1.0 + 0.01 * i for i in range(lanes)],
        "long_factor": [2.0 + 0.5 * i for i in range(lanes)],
    }
    yarn = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": ORIGINAL}
    longrope = {"rope_type": "longrope", "factor": 4.0, "original_max_position_embeddings": ORIGINAL}
    llama3 = {
        "rope_type": "llama3",
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": ORIGINAL,
    }
    return {
        "default": document,
        "linear": scaled(document, labels, {"rope_type": "linear", "factor": 4.0}),
        "dynamic": scaled(document, labels, {"rope_type": "dynamic", "factor": 4.0}),
        "yarn": scaled(document, labels, yarn),
        "longrope": scaled(document, labels, longrope | lists),
        "llama3": scaled(document, labels, llama3),
        "partial 0.5": partial(document, labels),
        "no rope keys": without(document, *ROPE_KEYS),
        "rope_theta alone": legacy(document, rope_theta=THETA),
        "rope_theta, partial": legacy(document, rope_theta=THETA, partial_rotary_factor=0.5),
        "rope_scaling linear": legacy(
            document, rope_theta=THETA, rope_scaling={"type": "linear", "factor": 4.0}
        ),
        "rope_scaling yarn": legacy(document, rope_theta=THETA, rope_scaling=yarn),
        "no head_dim": without(document, *HEAD_KEYS),
        "model_type alone": {"model_type": document["model_type"]},
    }
