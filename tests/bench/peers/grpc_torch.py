"""Needs grpcio, torch and transformers 5. A gRPC server as one writes it in Python: answers
StreamEmbeddings with the tables of 64 positions of a Llama 3.1 by transformers' own code. A line of
input, "cached", "cold" or "fresh", says whether the answer lies ready, is computed for each
request, or by a configuration that is made for each request. It answers with its port."""

import sys
from concurrent import futures

import grpc
import torch
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

torch.set_num_threads(1)
ROWS, WIDTH = 64, 128
LIKE = torch.empty(1, dtype=torch.float32)
POSITIONS = torch.arange(ROWS)[None, :]


def varint(number):
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


SIZE = ROWS * WIDTH * 4
TENSORS = [field(1, kind) + field(2, varint(ROWS) + varint(WIDTH)) + field(3, SIZE) for kind in (1, 2)]
HEADER = field(1, b"".join(field(2, tensor) for tensor in TENSORS) + field(3, 1) + field(4, 1))
FOOTER = field(2, field(1, ROWS) + field(2, 2 * SIZE))


def make_rope(theta):
    return LlamaRotaryEmbedding(LlamaConfig(
        hidden_size=4096, num_attention_heads=32, max_position_embeddings=131072,
        rope_parameters={"rope_type": "llama3", "rope_theta": theta, "factor": 8.0,
                         "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                         "original_max_position_embeddings": 8192}))


def answer(rope):
    cos, sin = rope(LIKE, POSITIONS)
    return HEADER + b"".join(
        field(15, field(1, kind) + field(15, tensor.numpy().tobytes()))
        for kind, tensor in ((1, cos), (2, sin))) + FOOTER


class State:
    mode = "cached"
    theta = 500000.0


ROPE = make_rope(State.theta)
READY = answer(ROPE)


def stream(_request, _context):
    if State.mode == "cached":
        yield READY
    elif State.mode == "cold":
        yield answer(ROPE)
    else:
        State.theta += 0.5
        yield answer(make_rope(State.theta))


HANDLERS = grpc.method_handlers_generic_handler("rope.v1.RopeService", {
    "StreamEmbeddings": grpc.unary_stream_rpc_method_handler(stream)})
SERVER = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
SERVER.add_generic_rpc_handlers((HANDLERS,))
PORT = SERVER.add_insecure_port("127.0.0.1:0")
SERVER.start()
for line in sys.stdin:
    State.mode = line.strip()
    print(PORT, flush=True)
