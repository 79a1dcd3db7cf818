"""The rotary classes of an unpacked or installed transformers, read from its source text.

A rotary class is a class with "Rotary" or "Rope" in its name in a modeling_*.py file. It is paired
with each configuration class that it is built with. Nothing is imported, so two versions can be
read side by side, and torch is not needed.
"""

import ast
import dataclasses
import functools
import pathlib
import re

ROTARY_NAME = re.compile(r"Rotary|Rope")
# Classes of that name which are no modules with frequencies.
NO_MODULE = re.compile(r"Attention|Layer|Block|Model|Config|Output|Mixin|Encoder$|Decoder$")


@dataclasses.dataclass(frozen=True)
class RotaryClass:
    """One rotary class with one configuration class that it is built with."""

    folder: str  # the folder below transformers/models
    module: str  # the file, without ".py"
    name: str
    config: str  # the name of the configuration class; "" if the source does not say


def class_nodes(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in tree.body if isinstance(node, ast.ClassDef)]


def method(node, name):
    found = [item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == name]
    return found[0] if found else None


def annotated_config(node):
    """The configuration class that the constructor of a class names; "" if it names none."""
    init = method(node, "__init__")
    for argument in init.args.args if init else []:
        if argument.arg == "config" and argument.annotation is not None:
            names = re.findall(r"\w+Config\b", ast.unparse(argument.annotation))
            return names[0] if names else ""
    return ""


def built_with(node, rotary_name):
    """How a class builds that rotary class: the texts of the first arguments ("config")."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == rotary_name:
            arguments = [*call.args, *(word.value for word in call.keywords if word.arg == "config")]
            if arguments:
                yield ast.unparse(arguments[0])


def inherited_config(node, by_name):
    """annotated_config of the class, or of the nearest base in the same file that names one."""
    while node is not None:
        config = annotated_config(node)
        if config:
            return config
        bases = [by_name.get(getattr(base, "id", "")) for base in node.bases]
        node = next((base for base in bases if base is not None), None)
    return ""


def rotary_classes_in(path):
    """The rotary classes of one modeling file, each with every configuration class."""
    nodes = class_nodes(path)
    by_name = {node.name: node for node in nodes}
    for node in nodes:
        if not ROTARY_NAME.search(node.name) or NO_MODULE.search(node.name):
            continue
        configs = {
            inherited_config(builder, by_name)
            for builder in nodes
            if builder is not node
            for argument in built_with(builder, node.name)
            if argument in ("config", "self.config")
        }
        configs = {config for config in configs if config} or {annotated_config(node)}
        for config in sorted(configs):
            yield RotaryClass(path.parent.name, path.stem, node.name, config)


@functools.cache
def rotary_classes(root):
    """All rotary classes below the package folder `root` (the one with modeling_utils.py)."""
    paths = sorted(pathlib.Path(root).glob("models/*/modeling_*.py"))
    return [entry for path in paths for entry in rotary_classes_in(path)]
