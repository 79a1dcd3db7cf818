#!/usr/bin/env python3
"""models_page.py BIN [--write]: docs/models.md, the page of all model families and presets.

Without --write it compares the page with what ropectl says today. The facts of a family are those of
a configuration that has nothing but its model_type.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs/models.md"

HEAD = """# Models

Made by `python3 tests/docs/models_page.py build/release/bin --write`; a test compares it.

## Families

The defaults are those of a configuration with nothing but its `model_type`, as transformers
{version} reads it. "rotated" is the share of a head's channels. A family without a row in the middle
columns needs more in its file than its `model_type`; `ropectl validate` says what.

| model_type | type | rope_theta | rotated | special | presets |
|---|---|---|---|---|---|
"""

MIDDLE = """
## Presets

`--config NAME` takes them. "verified": the values that the frequencies depend on were compared with
the source.

| name | model | | source |
|---|---|---|---|
"""


def ropectl(folder, *arguments):
    result = subprocess.run([str(pathlib.Path(folder) / "ropectl"), *arguments], check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return json.loads(result.stdout)


def value_of(report, name):
    """The values of a parameter, one for each layer type that differs."""
    values = []
    for value in report["effective_values"]:
        if value["name"] == name and value["value"] not in values:
            values.append(value["value"])
    return values


def text_of(values):
    return ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values)


def row_of(family, report):
    facts = ["", "", ""]
    special = []
    if report.get("valid"):
        sizes = {}
        for value in report["effective_values"]:
            sizes.setdefault(value["layer_type"], {})[value["name"]] = value["value"]
        shares = sorted({size["rotary_dim"] / size["head_dim"] for size in sizes.values()
                         if "rotary_dim" in size and size.get("head_dim")})
        facts = [text_of(value_of(report, "rope_type")), text_of(value_of(report, "rope_theta")),
                 text_of(shares)]
        if len(report["layer_types"]) > 1:
            special.append(f"{len(report['layer_types'])} layer types")
        if report["layers_without_rope"]:
            special.append(f"{len(report['layers_without_rope'])} layers without rotary embedding")
    count = len(family["presets"])
    return "| " + " | ".join([f"`{family['model_type']}`", *facts, ", ".join(special),
                              str(count) if count else ""]) + " |\n"


def page(folder):
    families = ropectl(folder, "families", "--json")
    with tempfile.TemporaryDirectory() as place:
        files = []
        for family in families:
            file = pathlib.Path(place) / f"{family['model_type']}.config.json"
            file.write_text(json.dumps({"model_type": family["model_type"]}), encoding="utf-8")
            files.append(str(file))
        reports = ropectl(folder, "validate", "--local", "--json", *files)
    text = HEAD.format(version=reports[0]["transformers_version"])
    text += "".join(row_of(family, report) for family, report in zip(families, reports))
    text += MIDDLE
    for preset in ropectl(folder, "presets", "--local", "--json"):
        source = preset["source"].replace("|", "/").replace("\n", " ")
        text += f"| `{preset['name']}` | {preset['title']} | {preset['certainty']} | {source} |\n"
    return text


def main():
    text = page(sys.argv[1])
    if "--write" in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != text:
        sys.exit("docs/models.md is not what ropectl says today; run "
                 "python3 tests/docs/models_page.py build/release/bin --write")


if __name__ == "__main__":
    main()
