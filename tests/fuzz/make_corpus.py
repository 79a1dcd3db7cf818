#!/usr/bin/env python3
"""Writes the golden configurations and the presets as one file each: where the fuzzer begins."""
import json
import pathlib
import sys


def main():
    corpus = pathlib.Path(sys.argv[1])
    root = pathlib.Path(__file__).resolve().parents[2]
    texts = []
    for name in ("standardize.jsonl", "inv_freq.jsonl"):
        with open(root / "tests" / "golden" / name, encoding="utf-8") as records:
            for line in records:
                config = json.loads(line).get("config")
                if config is not None:
                    texts.append(json.dumps(config))
    for preset in sorted((root / "core" / "presets" / "models").glob("*.json")):
        texts.append(json.dumps(json.loads(preset.read_text(encoding="utf-8"))["config"]))
    for i, text in enumerate(sorted(set(texts))):
        (corpus / f"seed-{i:04}").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
