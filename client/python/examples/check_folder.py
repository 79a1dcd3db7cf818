"""Checks every config.json below a folder: for the CI of a model registry.

    python check_folder.py models/ --server 127.0.0.1:50051 [--strict]

Prints one line for each finding that is not a note. Exit code 1 if a configuration is not valid.
"""

import argparse
import pathlib
import sys

import rope_service


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--server", default="127.0.0.1:50051")
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    arguments = parser.parse_args()
    files = sorted(
        path for path in arguments.folder.rglob("*.json")
        if path.name == "config.json" or path.name.endswith(".config.json")
    )
    wrong = 0
    with rope_service.connect(arguments.server) as client:
        for file in files:
            result = client.validate(file, strict=arguments.strict, preset="auto")
            wrong += not result.valid
            for finding in result.findings:
                if finding.severity != "note":
                    print(f"{file}: {finding.severity}: {finding.path}: {finding.message} "
                          f"[{finding.code}]")
    print(f"{len(files)} configurations, {wrong} not valid")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
