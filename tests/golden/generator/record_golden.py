"""Makes records of the golden files again, from the configurations in them, and compares.

    record_golden.py --file inv_freq --id X     prints the record X as it is made now
    record_golden.py --check N [--file F]       makes N records of each file, or of F, and compares

Exit code 1: a record differs, or there is no such record.
"""

import argparse
import json
import sys

import cos_sin_records
import golden_file
import inv_freq_records
import standardize_records

MAKERS = {
    "inv_freq": inv_freq_records.make,
    "cos_sin": cos_sin_records.make,
    "standardize": standardize_records.make,
}
# torch 2.6.0 was measured, too, when the files were made; it had the bits of 2.15.0 everywhere.
NOT_MEASURED = "torch2.6-"
SHOWN_CHARACTERS = 300


def spread(records, count):
    """`count` of the records, at equal distances."""
    count = min(count, len(records))
    return [records[i * len(records) // count] for i in range(count)]


def comparable(record):
    """A record as a dictionary of texts that are equal if the values are. The order of members has
    no meaning; 1 and 1.0 differ."""
    if "unstable" in record:
        lanes = record["unstable"].items()
        kept = {name: value for name, value in lanes if not name.startswith(NOT_MEASURED)}
        record = record | {"unstable": kept}
    return {key: json.dumps(value, sort_keys=True) for key, value in record.items()}


def print_differences(expected, found):
    """Prints the keys in which two records differ. Returns whether there are any."""
    expected, found = comparable(expected), comparable(found)
    keys = [key for key in expected | found if expected.get(key) != found.get(key)]
    for key in keys:
        print(f"different: {expected['id']} {key}")
        print(f"  recorded {str(expected.get(key))[:SHOWN_CHARACTERS]}")
        print(f"  now      {str(found.get(key))[:SHOWN_CHARACTERS]}")
    return bool(keys)


def check(name, count):
    """Makes `count` records of a file again. Returns the number that differ."""
    expected = spread(golden_file.read(name), count)
    found = MAKERS[name](expected)
    different = sum(print_differences(*pair) for pair in zip(expected, found, strict=True))
    print(f"{name}: {len(expected)} records made again, {different} differ", flush=True)
    return different


def print_record(name, record_id):
    records = [record for record in golden_file.read(name) if record["id"] == record_id]
    if not records:
        print(f"{name} has no record {record_id}", file=sys.stderr)
        return 1
    found = MAKERS[name](records)[0]
    print(golden_file.line_of(found))
    return 0


def main():
    parser = argparse.ArgumentParser(
        prog="tools/record_golden", description="Makes golden records again and compares them."
    )
    parser.add_argument("--file", choices=golden_file.NAMES, help="the golden file; all if left out")
    parser.add_argument("--id", help="print this record of --file as it is made now")
    parser.add_argument("--check", type=int, metavar="N", help="make N records again and compare")
    options = parser.parse_args()
    if (options.id is None) == (options.check is None):
        parser.error("give --id or --check")
    if options.id is not None:
        if options.file is None:
            parser.error("--id needs --file")
        return print_record(options.file, options.id)
    if options.check < 1:
        parser.error("--check must be at least 1")
    names = golden_file.NAMES if options.file is None else (options.file,)
    return 1 if sum(check(name, options.check) for name in names) > 0 else 0


if __name__ == "__main__":
    sys.exit(main())
