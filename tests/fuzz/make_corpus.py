#!/usr/bin/env python3
"""Writes the inputs with which the fuzzers start.

    make_corpus.py DIRECTORY

makes a folder for each fuzzer with one file for each input. Configurations come from the golden
records and the presets. Messages are written by the few lines below, so that no protobuf for
Python is needed.
"""
import json
import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def integer(field, number):
    return varint(field << 3) + varint(number)


def fixed64(field, number):
    return varint(field << 3 | 1) + struct.pack("<Q", number)


def double(field, number):
    return varint(field << 3 | 1) + struct.pack("<d", number)


def text(field, content):
    """A string, bytes or message field."""
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def configurations():
    texts = set()
    for name in ("standardize.jsonl", "inv_freq.jsonl"):
        with open(ROOT / "tests" / "golden" / name, encoding="utf-8") as records:
            for line in records:
                config = json.loads(line).get("config")
                if config is not None:
                    texts.add(json.dumps(config))
    for preset in (ROOT / "core" / "presets" / "models").glob("*.json"):
        texts.add(json.dumps(json.loads(preset.read_text(encoding="utf-8"))["config"]))
    return sorted(texts)


def position_messages():
    """PositionIds, every form, with and without a shape and several axes."""
    values = [0, 1, 5, 5, 2**31 - 1, 4, 3, 2]
    forms = [
        text(1, integer(1, 7) + integer(2, 12)),
        text(1, integer(1, 900) + integer(2, 8) + integer(3, -3)),
        text(1, integer(1, 2**31 - 1) + integer(2, 2)),
        text(2, text(1, b"".join(map(varint, values)))),
        text(3, struct.pack("<8i", *values)),
        text(4, struct.pack("<8q", *values)),
        text(10, struct.pack("<8d", *(value / 2 for value in values))),
    ]
    shape = text(5, b"".join(map(varint, [2, 4])))
    axes = text(5, b"".join(map(varint, [2, 2]))) + integer(6, 2)
    return forms + [form + shape for form in forms] + [form + axes for form in forms]


def position_files():
    """.npy files of each version and width."""
    for version in (1, 2, 3):
        for code, dtype in (("i", "<i4"), ("q", "<i8")):
            head = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': (2, 3), }}\n".encode()
            length = struct.pack("<H" if version == 1 else "<I", len(head))
            data = struct.pack(f"<6{code}", *range(6))
            yield b"\x93NUMPY" + bytes([version, 0]) + length + head + data


def model_configs():
    """ModelConfig: a text, a typed form with one parameter set and with two, a preset."""
    llama = {"model_type": "llama", "head_dim": 64, "rope_theta": 500000.0}
    parameters = text(1, "yarn") + double(2, 1e6) + double(4, 4.0) + integer(5, 32768)
    factors = text(1, "longrope") + text(12, text(1, struct.pack("<2d", 1.0, 2.0)))
    shape = text(3, integer(2, 128) + integer(5, 32768))
    layers = text(2, text(1, "full_attention") + text(2, parameters))
    layers += text(2, text(1, "sliding_attention") + text(2, text(1, "default") + text(16, "factor")))
    return [
        text(1, json.dumps(llama)),
        text(2, text(1, parameters) + shape),
        text(2, text(1, factors) + shape),
        text(2, layers + shape) + integer(10, 1),
        text(3, "llama-3.1-8b"),
    ]


def requests():
    positions = position_messages()
    everything = b"".join(
        integer(field, number)
        for field, number in ((4, 4097), (5, 3), (6, 3), (7, 1), (9, 4096), (16, 1), (17, 1), (18, 1))
    )
    for i, config in enumerate(model_configs()):
        yield text(1, config) + text(3, positions[i])
        yield text(1, config) + text(3, positions[-1 - i]) + everything + text(8, varint(2))
        yield text(1, config) + text(2, "full_attention") + text(3, positions[i]) + integer(6, 4)


def tensors(layout, rows, row):
    """(kind, shape, bytes of a row) of a float32 table."""
    kinds = (3,) if layout in (4, 5) else (1, 2)
    shape = [rows, row // 2, 2] if layout == 5 else [rows, row]
    return [(kind, shape, 4 * row) for kind in kinds]


def streams():
    """Answers of one message and of several, in each layout, whole and resumed."""
    for layout in range(1, 6):
        rows = 3
        header, chunks, size = integer(3, 1) + integer(4, layout), [], 0
        for kind, shape, row_bytes in tensors(layout, rows, 4):
            dimensions = b"".join(map(varint, shape))
            size += rows * row_bytes
            header += text(2, integer(1, kind) + text(2, dimensions) + integer(3, rows * row_bytes))
            for row in range(rows):
                chunk = integer(1, kind) + integer(2, row * row_bytes) + fixed64(3, 0)
                chunks.append(text(15, chunk + text(15, bytes(row_bytes))))
        header = text(1, header + text(6, "cpu") + integer(7, 1))
        footer = text(2, integer(1, rows) + integer(2, size))
        yield [header + b"".join(chunks) + footer]
        yield [header] + chunks + [footer]
        yield [header, chunks[0], None, header] + chunks + [footer]


def huge_stream():
    """A header with one row of 2^40 bytes, for a request that starts at row 2^31 - 1."""
    shape = b"".join(map(varint, [1, 1 << 38]))
    tensor = integer(1, 1) + text(2, shape) + integer(3, 1 << 40)
    header = text(1, integer(3, 1) + integer(4, 1) + text(2, tensor))
    return b"\x10" + b"\xff\xff\xff\xff" + framed([header])


def framed(messages):
    """Messages as response_fuzz reads them; None is a call that breaks."""
    parts = (
        b"\xff\xff" if message is None else struct.pack("<H", len(message)) + message
        for message in messages
    )
    return b"".join(parts)


def inputs():
    """Fuzzer -> its inputs."""
    return {
        "config": [config.encode() for config in configurations()],
        "position": [b"\0" + message for message in position_messages()]
        + [b"\1" + file for file in position_files()],
        "request": [b"\x10" + request for request in requests()],
        "response": [b"\x10" + bytes(4) + framed(stream) for stream in streams()] + [huge_stream()],
    }


def main():
    for fuzzer, contents in inputs().items():
        folder = pathlib.Path(sys.argv[1], fuzzer)
        folder.mkdir(parents=True, exist_ok=True)
        for i, content in enumerate(contents):
            (folder / f"seed-{i:04}").write_bytes(content)


if __name__ == "__main__":
    main()
