"""How transformers loads a configuration: the result, the messages, and the rotary module.

Needs torch and transformers. Runs inside torch_worker.py.
"""

import contextlib
import copy
import importlib
import inspect
import logging
import re

import torch
import transformers
from transformers import CONFIG_MAPPING
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.utils import logging as transformers_logging

CPU = torch.device("cpu")


def load(config):
    """The configuration object that transformers makes of a config.json."""
    return CONFIG_MAPPING[config["model_type"]].from_dict(copy.deepcopy(config))


def find_rotary_class(model_type):
    """The rotary class of a model type, in the modeling module beside its configuration module."""
    config_class = CONFIG_MAPPING[model_type]
    name = config_class.__module__.replace("configuration_", "modeling_")
    module = importlib.import_module(name)
    classes = [
        value
        for key, value in vars(module).items()
        if key.endswith("RotaryEmbedding") and inspect.isclass(value) and value.__module__ == name
    ]
    own = [value for value in classes if config_annotation(value) in (config_class, config_class.__name__)]
    return (own or [value for value in classes if "Vision" not in value.__name__])[0]


def config_annotation(rotary_class):
    """The configuration class that the constructor of a rotary class names."""
    parameter = inspect.signature(rotary_class.__init__).parameters.get("config")
    return None if parameter is None else parameter.annotation


def layer_types_of(module):
    """The layer types that the module has frequencies for; [None] if all layers share them."""
    return list(module.rope_type) if isinstance(module.rope_type, dict) else [None]


def rope_type_of(module, layer_type):
    return module.rope_type if layer_type is None else module.rope_type[layer_type]


def init_function(module, layer_type):
    """The function that the module takes its frequencies from."""
    rope_type = rope_type_of(module, layer_type)
    name = f"compute_{rope_type}_rope_parameters"
    return getattr(module, name) if hasattr(module, name) else ROPE_INIT_FUNCTIONS[rope_type]


def module_frequencies(module, layer_type):
    """What the module keeps when it has just been built: inv_freq and the attention factor."""
    prefix = "" if layer_type is None else f"{layer_type}_"
    return getattr(module, f"{prefix}inv_freq"), getattr(module, f"{prefix}attention_scaling")


def frequencies(module, layer_type, seq_len):
    """inv_freq and the attention factor for a sequence length; None: when the model is loaded."""
    if seq_len is None:
        return module_frequencies(module, layer_type)
    arguments = {} if layer_type is None else {"layer_type": layer_type}
    return init_function(module, layer_type)(module.config, device=CPU, seq_len=seq_len, **arguments)


class Messages(logging.Handler):
    """Collects what transformers logs."""

    def __init__(self):
        super().__init__()
        self.texts = []

    def emit(self, record):
        self.texts.append(stable_text(record.getMessage()))


@contextlib.contextmanager
def recorded_messages():
    """Yields a list to which every message that transformers logs meanwhile is added."""
    handler = Messages()
    logger = transformers_logging.get_logger("transformers")
    transformers_logging.warning_once.cache_clear()
    transformers.logging.set_verbosity_warning()
    logger.addHandler(handler)
    transformers_logging.disable_default_handler()
    try:
        yield handler.texts
    finally:
        logger.removeHandler(handler)
        transformers_logging.enable_default_handler()


def stable_text(text):
    """The text with the members of printed sets in order: Python prints them in any order."""

    def in_order(match):
        return "{" + ", ".join(sorted(match.group(1).split(", "))) + "}"

    return re.sub(r"\{('[^{}:]*')\}", in_order, text)


def error_entry(error):
    entry = {"type": type(error).__name__, "message": error_text(error)}
    if error.__cause__ is not None:
        cause = error.__cause__
        entry["cause"] = {"type": type(cause).__name__, "message": error_text(cause)}
    return entry


def error_text(error):
    """The message of an error; a KeyError's without the quotes that str() puts around it."""
    return stable_text(str(error.args[0]) if isinstance(error, KeyError) else str(error))
