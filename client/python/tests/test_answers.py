"""Answers that must not be believed, and streams that break."""

import time

import grpc
import numpy as np
import pytest
import xxhash

import rope_service
from rope_service.answer_check import config_hash
from rope_service.messages import message

ROWS = 64
DATA = np.arange(ROWS * 128, dtype=np.float32).tobytes()
BOTH = 2 * len(DATA)  # the bytes of cos and sin
FAST = rope_service.CallOptions(first_backoff=0.001, patience=1.0)


def header():
    one = message("StreamHeader")(dtype=1, layout=1, numeric_profile=1, backend="cpu", cache=1,
                                  position_axes=1)
    one.resolution.rotary_dim = 128
    for kind in (1, 2):
        one.tensors.add(kind=kind, shape=[ROWS, 128], byte_size=len(DATA))
    return one


def chunk(kind, first=0, data=DATA):
    return message("Chunk")(kind=kind, byte_offset=first, data=data,
                            xxh3_64=xxhash.xxh3_64_intdigest(data))


def answer(**members):
    return message("StreamEmbeddingsResponse")(**members)


def footer(rows=ROWS, size=BOTH):
    return message("StreamFooter")(rows=rows, bytes=size)


def good():
    return [answer(header=header()), answer(chunks=[chunk(1), chunk(2)]), answer(footer=footer())]


def fetch(script, options=FAST, **asked):
    with rope_service.connect(f"127.0.0.1:{script.port}", options=options) as client:
        return client.table("llama-3.1-8b", range(ROWS), **asked)


def test_a_good_answer(script):
    script.stream = lambda request, context: good()
    table = fetch(script)
    assert table.cos.tobytes() == DATA and table.sin.tobytes() == DATA
    one = header()
    one.config_xxh3_64 = config_hash(message("ModelConfig")(preset="llama-3.1-8b"))
    script.stream = lambda request, context: [answer(header=one), *good()[1:]]
    assert fetch(script).cos.shape == (ROWS, 128)


def changed(change):
    def messages():
        all_messages = good()
        change(all_messages)
        return all_messages

    return messages


def set_header(**members):
    def change(messages):
        for name, value in members.items():
            setattr(messages[0].header, name, value)

    return change


def set_shape(*shape):
    def change(messages):
        for spec in messages[0].header.tensors:
            spec.shape[:] = shape
            spec.byte_size = 4 * int(np.prod([int(size) for size in shape], dtype=object))

    return change


WRONG = {
    "fewer rows": (set_shape(3, 128), "shape of a tensor"),
    "narrower rows": (set_shape(ROWS, 64), "shape of a tensor"),
    "huge": (set_shape(1 << 53, 128), "shape of a tensor"),
    "dtype": (set_header(dtype=2), "dtype"),
    "layout": (set_header(layout=3), "layout"),
    "profile": (set_header(numeric_profile=2), "numeric_profile"),
    "sign": (set_header(negate_sin=True), "negate_sin"),
    "factor": (set_header(attention_factor_omitted=True), "attention_factor_omitted"),
    "axes": (set_header(position_axes=3), "position_axes"),
    "configuration": (set_header(config_xxh3_64=5), "hash of the configuration"),
    "length": (lambda m: setattr(m[0].header.resolution, "seq_len", 5), "seq_len"),
    "only cos": (lambda m: m[0].header.tensors.pop(), "list of tensors"),
    "same tensor twice": (lambda m: setattr(m[0].header.tensors[1], "kind", 1), "list of tensors"),
    "size": (lambda m: setattr(m[0].header.tensors[0], "byte_size", 7), "announced size"),
    "no header": (lambda m: m.pop(0), "start with a header"),
    "two headers": (lambda m: m.insert(1, m[0]), "second header"),
    "nothing": (lambda m: m.clear(), "without a footer"),
    "no footer": (lambda m: m.pop(), "without a footer"),
    "after the footer": (lambda m: m.append(m[-1]), "follows the footer"),
    "gap": (lambda m: m[1].chunks.pop(0), "complete"),
    "overlap": (lambda m: m.insert(1, m[1]), "starts at byte"),
    "offset": (lambda m: setattr(m[1].chunks[0], "byte_offset", 1 << 40), "starts at byte"),
    "not whole rows": (lambda m: setattr(m[1].chunks[0], "data", DATA[:100]), "whole rows"),
    "too long": (lambda m: setattr(m[1].chunks[0], "data", DATA * 2), "whole rows"),
    "unknown tensor": (lambda m: setattr(m[1].chunks[0], "kind", 3), "not announced"),
    "checksum": (lambda m: setattr(m[1].chunks[0], "xxh3_64", 1), "checksum"),
    "no checksum": (lambda m: setattr(m[1].chunks[0], "xxh3_64", 0), "checksum"),
    "totals": (lambda m: setattr(m[-1].footer, "rows", 5), "totals"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_must_not_be_believed(script, name):
    change, said = WRONG[name]
    script.stream = lambda request, context: changed(change)()
    with pytest.raises(rope_service.DataLossError, match=said):
        fetch(script)


def test_a_large_answer_is_refused_before_memory_is_allocated(script):
    script.stream = lambda request, context: good()
    with pytest.raises(rope_service.RopeError, match="at most 1000") as caught:
        fetch(script, rope_service.CallOptions(max_answer_bytes=1000))
    assert caught.value.code == "RESOURCE_EXHAUSTED"


@pytest.mark.parametrize("code", ["UNAVAILABLE", "UNKNOWN", "INTERNAL", "CANCELLED"])
def test_a_broken_stream_is_resumed(script, code):
    row = 512

    def stream(request, context):
        yield answer(header=header())
        first = request.first_row
        if len(script.requests) == 1:
            yield answer(chunks=[chunk(1, 0, DATA[: 10 * row]), chunk(2, 0, DATA[: 7 * row])])
            context.abort(grpc.StatusCode[code], "cut")
        rest = DATA[first * row :]
        yield answer(chunks=[chunk(1, first * row, rest), chunk(2, first * row, rest)])
        yield answer(footer=footer(ROWS - first, 2 * len(rest)))

    script.stream = stream
    table = fetch(script)
    assert table.cos.tobytes() == DATA and table.sin.tobytes() == DATA
    assert [request.first_row for request in script.requests] == [0, 7]


def test_tries_are_bounded_and_pauses_too(script):
    def refuse_with(pushback):
        def refuse(request, context):
            if pushback:
                context.set_trailing_metadata((("grpc-retry-pushback-ms", pushback),))
            context.abort(grpc.StatusCode.UNAVAILABLE, "busy")
            yield

        return refuse

    for pushback, calls in ((None, 4), ("-1", 1), ("30001", 1), ("9223372036854775807", 1)):
        script.stream = refuse_with(pushback)
        script.requests.clear()
        with pytest.raises(rope_service.RopeError, match="busy"):
            fetch(script)
        assert len(script.requests) == calls


@pytest.mark.parametrize("begins", [False, True])
@pytest.mark.parametrize("empty", [False, True])
def test_silence_and_empty_messages_end(script, begins, empty):
    def silent(request, context):
        if begins or empty:
            yield answer(header=header())
        while context.is_active():
            if empty:
                yield answer()
            time.sleep(0.001)

    script.stream = silent
    with pytest.raises(rope_service.RopeError) as caught:
        fetch(script, rope_service.CallOptions(patience=0.2))
    assert caught.value.code == "DEADLINE_EXCEEDED"
    with pytest.raises(rope_service.RopeError) as caught:
        fetch(script, rope_service.CallOptions(timeout=0.2))
    assert caught.value.code == "DEADLINE_EXCEEDED"


def test_unary_answers(script):
    client = rope_service.connect(f"127.0.0.1:{script.port}")
    for call in (lambda: client.frequencies("llama-3.1-8b"), client.server_info,
                 lambda: client.validate("llama-3.1-8b")):
        with pytest.raises(rope_service.DataLossError):
            call()
    frequencies = message("GetFrequenciesResponse")()
    one = frequencies.frequencies.add(inv_freq=[float("nan"), 1.0])
    one.resolution.rotary_dim = 4
    script.unary = frequencies.SerializeToString()
    with pytest.raises(rope_service.DataLossError, match="finite"):
        client.frequencies("llama-3.1-8b")
    script.unary = b"\xff" * 100
    with pytest.raises(rope_service.RopeError):
        client.frequencies("llama-3.1-8b")
