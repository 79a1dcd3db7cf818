"""Lists what changed between two versions of transformers that a reader of configurations must know.

    list_rotary_changes.py OLD NEW

OLD and NEW are package folders: those with modeling_utils.py in them. Exit code 0 in any case.
"""

import ast
import dataclasses
import filecmp
import pathlib
import re
import sys

import rotary_classes


@dataclasses.dataclass(frozen=True)
class Class:
    """A class of a modeling or configuration file, as text without comments and docstrings."""

    name: str
    model_type: str  # of a configuration class; "" for a rotary class
    text: str


# Members of a configuration class that say nothing about its values.
IRRELEVANT = re.compile(r"keys_to_ignore_at_inference|base_model_\w+_plan")


def names_of(statement):
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return [getattr(target, "id", "") for target in targets]


def without_docstrings(node):
    node.body = [
        item for item in node.body if not any(map(IRRELEVANT.fullmatch, names_of(item)))
    ] or [ast.Pass()]
    for inner in ast.walk(node):
        if isinstance(inner, (ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(inner, clean=False):
            inner.body = inner.body[1:] or [ast.Pass()]
        if isinstance(inner, (ast.ClassDef, ast.FunctionDef)):
            inner.decorator_list = []  # they document, compile and switch gradients off
    return ast.unparse(node)


def assigned(node, name):
    """The string that a class body assigns to that name; "" if it does not."""
    for item in node.body:
        value = getattr(item, "value", None)
        if name in names_of(item):
            return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
    return ""


def classes_of(root, pattern, wanted):
    """"folder/Name" -> Class, of the files that match."""
    found = {}
    for path in sorted(pathlib.Path(root).glob(f"models/*/{pattern}")):
        for node in rotary_classes.class_nodes(path):
            if wanted(node):
                model_type = assigned(node, "model_type")
                key = f"{path.parent.name}/{node.name}"
                found[key] = Class(node.name, model_type, without_docstrings(node))
    return found


def is_rotary(node):
    return bool(rotary_classes.ROTARY_NAME.search(node.name)) and not rotary_classes.NO_MODULE.search(
        node.name
    )


def is_config(node):
    return node.name.endswith("Config")


def rotating_folders(root):
    return {entry.folder for entry in rotary_classes.rotary_classes(root)}


def section(title, lines):
    print(f"{title}: {len(lines)}")
    for line in sorted(lines):
        print(f"  {line}")


def changed_lines(old, new):
    """The lines of the new text that the old one lacks, and the other way round."""
    before, after = old.text.splitlines(), new.text.splitlines()
    yield from (f"    - {line.strip()}" for line in before if line not in after)
    yield from (f"    + {line.strip()}" for line in after if line not in before)


def compare(title, old, new):
    section(f"New {title}", [key for key in new if key not in old])
    section(f"Removed {title}", [key for key in old if key not in new])
    changed = [key for key in new if key in old and new[key].text != old[key].text]
    print(f"Changed {title}: {len(changed)}")
    for key in sorted(changed):
        print(f"  {key}", *changed_lines(old[key], new[key]), sep="\n")


def new_model_types(old, new, rotating):
    """Every new model_type, with whether its folder has a rotary class or names rope_parameters."""
    known = {entry.model_type for entry in old.values()}
    for key, entry in new.items():
        if not entry.model_type or entry.model_type in known:
            continue
        folder = key.split("/")[0]
        if folder in rotating:
            kind = "has a rotary class"
        elif "rope_parameters" in entry.text:
            kind = "has rope_parameters, and the rotary class of another family"
        else:
            kind = "does not rotate"
        yield f"{entry.model_type} ({key}): {kind}"


def main():
    if len(sys.argv) != 3:
        print("usage: tools/list_rotary_changes OLD NEW", file=sys.stderr)
        return 2
    old, new = sys.argv[1:]
    name = "modeling_rope_utils.py"
    same = filecmp.cmp(pathlib.Path(old, name), pathlib.Path(new, name), shallow=False)
    print(f"{name}: {'the same bytes' if same else 'DIFFERENT: read it first'}")
    configs = [classes_of(root, "configuration_*.py", is_config) for root in (old, new)]
    section("New model types", list(new_model_types(*configs, rotating_folders(new))))
    compare("rotary classes", *(classes_of(root, "modeling_*.py", is_rotary) for root in (old, new)))
    rotating = rotating_folders(old) | rotating_folders(new)
    relevant = [
        {
            key: entry
            for key, entry in part.items()
            if key.split("/")[0] in rotating or "rope_parameters" in entry.text
        }
        for part in configs
    ]
    compare("configuration classes of models that rotate", *relevant)
    return 0


if __name__ == "__main__":
    sys.exit(main())
