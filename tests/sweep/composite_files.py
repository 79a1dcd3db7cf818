"""Whole files of composite models: a configuration with its text model, its towers and all.

transformers builds the text model of such a file from one part of it. That part's rotary class is
compared with what the library answers for the whole file.
"""

import copy
import json
import types

import transformers

import hf_answer
import variants


# Text models whose class stands beside no rotary class, because another configuration
# class is paired with it.
BUILT_WITH_A_PART = {
    "t5_gemma_module": transformers.models.t5gemma.modeling_t5gemma.T5GemmaRotaryEmbedding,
}


class Composite:
    """A composite configuration class, and the rotary class of its text model (None: it has none).
    Looks like a hf_answer.Pair whose rotary class takes the composite configuration."""

    def __init__(self, config, rotary, path):
        self.config = config
        self.model_type = config.model_type
        self.path = path  # the members that lead to the text model
        self.text_rotary = rotary

    def rotary(self, config):
        if self.text_rotary is None:
            return types.SimpleNamespace(named_buffers=lambda: [], named_parameters=lambda: [])
        for name in self.path:
            config = getattr(config, name)
        return self.text_rotary(config)

    def name(self):
        rotary = self.text_rotary.__name__ if self.text_rotary else "no rotary class"
        return f"{self.model_type} ({rotary})"


def path_to(config, part, depth=4):
    """The names of the members that lead from a configuration object to one of its parts."""
    if config is part:
        return []
    for name in getattr(config, "sub_configs", None) or {} if depth else {}:
        inner = getattr(config, name, None)
        rest = path_to(inner, part, depth - 1) if inner is not None else None
        if rest is not None:
            return [name, *rest]
    return None


def text_model_of(config):
    """The configuration object of the text model; the object itself if no part of it is one."""
    text = config.get_text_config()
    if text is not config:
        return text
    for name in getattr(config, "sub_configs", None) or {}:
        inner = getattr(config, name, None)
        # pi0 has its text model in a composite.
        if getattr(inner, "sub_configs", None) and inner.get_text_config() is not inner:
            return inner.get_text_config()
    return config


def composites(pairs):
    """All composite classes with a text model, and those that cannot be built from their defaults."""
    rotary = {}
    for pair in pairs:
        rotary.setdefault(pair.config, pair.rotary)
    found, broken = [], []
    for model_type in sorted(transformers.CONFIG_MAPPING.keys()):
        config = transformers.CONFIG_MAPPING[model_type]
        if not getattr(config, "sub_configs", None):
            continue
        try:
            built = config()
            text = text_model_of(built)
        except Exception as error:
            broken.append(f"{model_type}: {type(error).__name__}: {error}".split("\n")[0])
            continue
        if text is built:
            continue
        own = rotary.get(type(text)) or BUILT_WITH_A_PART.get(text.model_type)
        found.append(Composite(config, own, path_to(built, text)))
    return found, broken


def part(document, path):
    for name in path:
        document = document[name]
    return document


def with_part(document, path, text):
    document = copy.deepcopy(document)
    if not path:
        return text
    part(document, path[:-1])[path[-1]] = text
    return document


def documents(composite):
    """Variant -> the text of a whole file, as an object."""
    config = composite.config()
    document = json.loads(config.to_json_string(use_diff=False))
    document["model_type"] = composite.model_type
    inner = config
    for name in composite.path:
        inner = getattr(inner, name)
    text = part(document, composite.path)
    text.setdefault("model_type", inner.model_type)
    found = {
        "default": document,
        "as it is saved": json.loads(config.to_json_string()) | {"model_type": composite.model_type},
        "model_type of the file alone": {"model_type": composite.model_type},
    }
    if composite.text_rotary is None:
        return found
    labels = variants.labels_of(inner)
    for name, variant in variants.variants(text, labels, lanes_of(composite, document)).items():
        if name != "default":
            found[name] = with_part(document, composite.path, variant)
    untyped = {key: value for key, value in text.items() if key != "model_type"}
    found["text model without model_type"] = with_part(document, composite.path, untyped)
    return found


def lanes_of(composite, document):
    frequencies, _ = hf_answer.answer(composite, document)
    return len(next(iter(frequencies.values()))[0]) if frequencies else 64
