"""Compares the tables of two servers: for the start of a training run on several hosts.

    python compare_hosts.py config.json host-a:50051 host-b:50051 [--length 8192]

Exit code 1 if a label or a byte differs.
"""

import argparse
import sys

import rope_service


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config")
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("--length", type=int, default=8192)
    arguments = parser.parse_args()
    tables = []
    for server in (arguments.first, arguments.second):
        with rope_service.connect(server) as client:
            for one in client.frequencies(arguments.config, seq_len=arguments.length):
                table = client.table(arguments.config, range(arguments.length),
                                     layer_type=one.layer_type)
                tables.append((server, one.layer_type, table))
    half = len(tables) // 2
    differ = 0
    for (_, layer_type, one), (_, _, other) in zip(tables[:half], tables[half:]):
        same = one.config_id == other.config_id and all(
            one.tensors[name].tobytes() == other.tensors[name].tobytes() for name in one.tensors)
        differ += not same
        print(f"{layer_type or 'all layers'}: {'the same' if same else 'DIFFERENT'}, "
              f"{one.config_id} and {other.config_id}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
