"""What transformers answers: the frequencies of a rotary module that is built from a document."""

import copy
import importlib
import os
import struct

import torch
import transformers

import rotary_classes


class Pair:
    """A rotary class and a configuration class, imported."""

    def __init__(self, rotary, config):
        self.rotary = rotary
        self.config = config
        self.model_type = config.model_type

    def name(self):
        return f"{self.rotary.__name__} ({self.model_type})"


def config_class_of(entry, module):
    """The configuration class by its name, or the one whose name is most like the rotary class's."""
    found = getattr(module, entry.config, None) if entry.config else None
    if found is not None:
        return found
    for file in os.listdir(os.path.dirname(module.__file__)):
        if not (file.startswith("configuration_") and file.endswith(".py")):
            continue
        name = f"transformers.models.{entry.folder}.{file[:-3]}"
        configs = {k: v for k, v in vars(importlib.import_module(name)).items() if k.endswith("Config")}
        if entry.config in configs:
            return configs[entry.config]
        configs = {k: v for k, v in configs.items() if getattr(v, "model_type", "")}
        if configs:
            key = lambda k: (len(os.path.commonprefix([k, entry.name])), -len(k))
            return configs[max(configs, key=key)]
    return None


def pairs():
    """All pairs of the installed transformers, and the classes without a configuration class."""
    root = os.path.dirname(transformers.__file__)
    found, lost = {}, []
    for entry in rotary_classes.rotary_classes(root):
        module = importlib.import_module(f"transformers.models.{entry.folder}.{entry.module}")
        config = config_class_of(entry, module)
        if config is None or not getattr(config, "model_type", ""):
            lost.append(entry.name)
            continue
        pair = Pair(getattr(module, entry.name), config)
        found.setdefault((entry.name, pair.model_type), pair)
    for pair in borrowed_pairs({pair.config for pair in found.values()}):
        found.setdefault((pair.rotary.__name__, pair.model_type), pair)
    return list(found.values()), lost


def borrowed_pairs(known):
    """Configuration classes whose model lives in another family's modeling file."""
    for model_type, config in transformers.CONFIG_MAPPING.items():
        if config in known or not hasattr(config, "rope_parameters"):
            continue
        try:
            model = transformers.MODEL_MAPPING[config]
        except KeyError:
            continue
        module = importlib.import_module(model.__module__)
        named = [value for key, value in vars(module).items() if key.endswith("RotaryEmbedding")]
        own = [value for value in named if "Vision" not in value.__name__]
        if own:
            yield Pair(own[0], config)


def bits32(values):
    return [struct.pack(">f", value).hex() for value in values]


def buffers(module):
    """Layer type -> (frequencies, attention factor); None if the module has no frequencies."""
    answer = {}
    for name, value in [*module.named_buffers(), *module.named_parameters()]:
        if not name.endswith("inv_freq") or name.endswith("original_inv_freq"):
            continue
        prefix = name[: -len("inv_freq")]
        factor = float(getattr(module, f"{prefix}attention_scaling", 1.0))
        answer[prefix.rstrip("_")] = (bits32(value.tolist()), struct.pack(">d", factor).hex())
    return answer or table_frequencies(module)


def table_frequencies(module):
    """The frequencies of a module that keeps a table of sines: GPT-J and CodeGen. Their formula is
    in create_sinusoidal_positions; the table checks it."""
    table = dict(module.named_buffers()).get("embed_positions")
    if table is None or table.dim() != 2:
        return None
    width = module.pos_embd_dim
    inv_freq = 1.0 / (10000 ** (torch.arange(0, width, 2, dtype=torch.int64) / width))
    if not torch.equal(torch.sin(inv_freq), table[1, : width // 2]):
        return None
    return {"": (bits32(inv_freq.tolist()), struct.pack(">d", 1.0).hex())}


def answer(pair, document):
    """(frequencies by layer type or None, text of the exception or "")."""
    try:
        config = pair.config.from_dict(copy.deepcopy(document))
        return buffers(pair.rotary(config)), ""
    except Exception as error:  # whatever transformers raises is its answer
        return None, f"{type(error).__name__}: {error}".split("\n")[0][:200]
