"""Compares our answers with those of every rotary class of the installed transformers.

    compare_transformers.py --program PATH [--only WORD] [--all] [--record]

Prints one table of counts and the differences. Exit code 1: a configuration is answered differently
without an error or a warning.
"""

import argparse
import collections
import json
import logging
import re
import subprocess
import sys
import warnings

import torch
import transformers

import composite_files
import family_records
import hf_answer
import variants

UNREADABLE_FIELD = re.compile(r"Validation error for field '(\w+)'")

# Classes that are not compared, and why.
NOT_COMPARED = {
    "MusicFlamingoRotaryEmbedding": "embeds the time of sound, beside the text model, which answers",
    "Llama4VisionRotaryEmbedding": "keeps a table and no frequencies; axial_test compares the table",
}

COLUMNS = (
    "equal",
    "different",
    "refused, HF computes",
    "both refuse",
    "HF raises, we compute",
    "HF has none, we compute",
    "neither has any",
)
# Listed even without --all.
LISTED = ("different", "HF raises, we compute", "HF has none, we compute")
# Without a warning these are silent errors.
WRONG = ("different", "HF has none, we compute")


def document_of(pair):
    """The default configuration as transformers saves it, and the names of its parameter sets."""
    config = pair.config()
    document = json.loads(config.to_json_string(use_diff=False))
    # A few classes save a tuple as a list, and then do not take the list back.
    while field := UNREADABLE_FIELD.search(hf_answer.answer(pair, document)[1]):
        if document.pop(field[1], None) is None:
            break
    return document, variants.labels_of(config)


def lanes_of(pair, document, labels):
    """The number of frequencies of a scaled type."""
    linear = variants.scaled(document, labels, {"rope_type": "linear", "factor": 4.0})
    for candidate in (linear, document):
        frequencies, _ = hf_answer.answer(pair, candidate)
        if frequencies:
            return len(next(iter(frequencies.values()))[0])
    return 64


def cases(pairs):
    """(pair, variant, document), and the pairs that are not built from their defaults."""
    found, broken = [], []
    for pair in pairs:
        try:
            document, labels = document_of(pair)
        except Exception as error:
            broken.append(f"{pair.name()}: {type(error).__name__}: {error}".split("\n")[0])
            continue
        document["model_type"] = pair.model_type
        _, error = hf_answer.answer(pair, document)
        if error and getattr(pair.config, "sub_configs_defaults", None):
            broken.append(f"{pair.name()}: composite, the class is built with one of its parts")
            continue
        lanes = lanes_of(pair, document, labels)
        for name, variant in variants.variants(document, labels, lanes).items():
            found.append((pair, name, variant))
    return found, broken


def composite_cases(composites):
    """The same for whole files of composite models."""
    found, broken = [], []
    for composite in composites:
        try:
            documents = composite_files.documents(composite)
        except Exception as error:
            broken.append(f"{composite.name()}: {type(error).__name__}: {error}".split("\n")[0])
            continue
        found += [(composite, name, document) for name, document in documents.items()]
    return found, broken


def our_answers(program, documents):
    text = "".join(json.dumps(document) + "\n" for document in documents)
    done = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def our_sets(ours, frequencies):
    """Layer type -> our answer. Molmo2 builds a second module of its class, for the layers that are
    not scaled; the set of the others is compared."""
    sets = {entry["layer_type"]: entry for entry in ours["layer_types"]}
    return {"": sets["scaled"]} if list(frequencies) == [""] and "scaled" in sets else sets


def outcome(hf, ours):
    """The column of the table."""
    frequencies, error = hf
    refused = bool(ours["errors"]) or any("error" in entry for entry in ours["layer_types"])
    if error:
        return "both refuse" if refused else "HF raises, we compute"
    if frequencies is None:
        return "neither has any" if refused else "HF has none, we compute"
    if refused:
        return "refused, HF computes"
    mine = {
        name: (entry["inv_freq"], entry["attention_factor"])
        for name, entry in our_sets(ours, frequencies).items()
    }
    return "equal" if mine == frequencies else "different"


def difference(hf, ours):
    """In words, for the list of differences."""
    parts = []
    mine = our_sets(ours, hf)
    for name, (bits, factor) in hf.items():
        entry = mine.get(name)
        if entry is None:
            parts.append(f"no set '{name}', there is {sorted(mine)}")
        elif len(entry["inv_freq"]) != len(bits):
            parts.append(f"'{name}': {len(entry['inv_freq'])} frequencies instead of {len(bits)}")
        elif entry["inv_freq"] != bits:
            parts.append(f"'{name}': other frequencies")
        elif entry["attention_factor"] != factor:
            parts.append(f"'{name}': another attention factor")
    parts += [f"'{name}' is too much" for name in mine if name not in hf]
    return ", ".join(parts)


def explain(column, hf, ours):
    findings = "; ".join(ours["errors"] or [text[:9] for text in ours["warnings"]])
    if column == "different":
        return f"{difference(hf[0], ours)} [{findings}]"
    if column == "HF raises, we compute":
        return f"{hf[1]} [{findings}]"
    return findings or hf[1]


def print_table(counts, names):
    print("| variant | " + " | ".join(COLUMNS) + " |")
    print("|" + "---|" * (len(COLUMNS) + 1))
    for name in names:
        row = [str(counts[name][column] or "") for column in COLUMNS]
        print(f"| {name} | " + " | ".join(row) + " |")


def compare(options, found):
    """Prints the table of these cases. Returns the lines to list, and how many answers differ from
    transformers' without a word."""
    ours = our_answers(options.program, [document for _, _, document in found])
    counts = collections.defaultdict(collections.Counter)
    listed, silent = [], 0
    for (pair, variant, document), mine in zip(found, ours, strict=True):
        hf = hf_answer.answer(pair, document)
        column = outcome(hf, mine)
        counts[variant][column] += 1
        silent += column in WRONG and not mine["warnings"]
        if column != "equal" and (options.all or column in LISTED):
            listed.append(f"{column}: {pair.name()}, {variant}: {explain(column, hf, mine)}")
    print_table(counts, list(dict.fromkeys(variant for _, variant, _ in found)))
    return listed, silent


def main():
    parser = argparse.ArgumentParser(prog="tools/compare_transformers")
    parser.add_argument("--program", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only", default="", help="only classes whose name or model type has this")
    parser.add_argument("--all", action="store_true", help="list refusals and failures, too")
    parser.add_argument("--record", action="store_true", help="write tests/golden/families.jsonl")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    all_pairs, lost = hf_answer.pairs()
    pairs = [
        pair
        for pair in all_pairs
        if options.only in pair.name() and pair.rotary.__name__ not in NOT_COMPARED
    ]
    composites, unbuilt = composite_files.composites(all_pairs)
    composites = [file for file in composites if options.only in file.name()]
    if options.record:
        return family_records.write(pairs)
    found, broken = cases(pairs)
    print(f"transformers {transformers.__version__}: {len(pairs) - len(broken)} pairs of classes\n")
    listed, silent = compare(options, found)
    print("\nNot built from its default configuration:", *(broken or ["none"]), sep="\n- ")
    print("\nNo configuration class:", ", ".join(lost) or "none")
    print("\nNot compared:", *(f"{k}: {v}" for k, v in NOT_COMPARED.items()), sep="\n- ")
    found, lost_files = composite_cases(composites)
    files = len({composite for composite, _, _ in found})
    print(f"\n{files} composite classes, each with its whole file\n")
    of_files, silent_files = compare(options, found)
    unbuilt += lost_files
    print("\nNot built from its default configuration:", *(unbuilt or ["none"]), sep="\n- ")
    silent += silent_files
    print("", *listed, *of_files, sep="\n")
    print(f"\n{silent} answered differently without an error or a warning")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
