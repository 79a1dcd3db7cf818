"""A gRPC server, written the usual way in Python.

It serves rope.v1.RopeService/StreamEmbeddings for Llama configurations and ranges of positions.
transformers' own code computes the tables. The server keeps the last answers. A line of input,
"cached" or "cold", says whether it uses them. The answer to each line is the server's port.

Needs grpcio, grpcio-tools, torch and transformers 5."""

import json
import sys
import tempfile
from collections import OrderedDict
from concurrent import futures
from pathlib import Path

import grpc
import torch
from grpc_tools import protoc
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

PROTO = Path(__file__).parents[3] / "proto"
MODULES = tempfile.TemporaryDirectory()
protoc.main(["protoc", f"-I{PROTO}", f"--python_out={MODULES.name}",
             *(f"{PROTO}/rope/v1/{name}.proto" for name in (
                 "embeddings", "model_config", "position_ids", "resolution",
                 "rope_parameters", "tensor"))])
sys.path.insert(0, MODULES.name)
from rope.v1 import embeddings_pb2, tensor_pb2  # noqa: E402: generated above

torch.set_num_threads(1)
LIKE = torch.empty(1, dtype=torch.float32)
MODULES_KEPT, TABLES_KEPT = 64, 1024
cached = True


def from_cache(cache, size, key, make):
    if key in cache:
        cache.move_to_end(key)
        return cache[key]
    value = cache[key] = make()
    if len(cache) > size:
        cache.popitem(last=False)
    return value


MODULES_CACHE, TABLES_CACHE = OrderedDict(), OrderedDict()


def tables(config, positions):
    rope = from_cache(MODULES_CACHE, MODULES_KEPT, config,
                      lambda: LlamaRotaryEmbedding(LlamaConfig(**json.loads(config))))
    ids = torch.arange(positions.start, positions.start + positions.count)[None, :]
    return [tensor[0].numpy() for tensor in rope(LIKE, ids)]


def answer(request):
    config, positions = request.config.model_config_json, request.position_ids.range
    make = lambda: tables(config, positions)  # noqa: E731
    both = make() if not cached else from_cache(
        TABLES_CACHE, TABLES_KEPT, (config, positions.start, positions.count), make)
    response = embeddings_pb2.StreamEmbeddingsResponse()
    response.header.dtype = tensor_pb2.D_TYPE_FLOAT32
    response.header.layout = tensor_pb2.LAYOUT_HALF_SPLIT
    for kind, tensor in zip((tensor_pb2.TENSOR_KIND_COS, tensor_pb2.TENSOR_KIND_SIN), both):
        response.header.tensors.add(kind=kind, shape=tensor.shape, byte_size=tensor.nbytes)
        response.chunks.add(kind=kind, data=tensor.tobytes())
        response.footer.bytes += tensor.nbytes
    response.footer.rows = positions.count
    return response


def stream(request, _context):
    yield answer(request)


HANDLERS = grpc.method_handlers_generic_handler("rope.v1.RopeService", {
    "StreamEmbeddings": grpc.unary_stream_rpc_method_handler(
        stream, embeddings_pb2.StreamEmbeddingsRequest.FromString,
        embeddings_pb2.StreamEmbeddingsResponse.SerializeToString)})
SERVER = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
SERVER.add_generic_rpc_handlers((HANDLERS,))
PORT = SERVER.add_insecure_port("127.0.0.1:0")
SERVER.start()
for line in sys.stdin:
    cached = line.strip() == "cached"
    print(PORT, flush=True)
