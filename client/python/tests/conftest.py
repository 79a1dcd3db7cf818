"""A real server for all tests, and one that sends whatever a test tells it to send."""

import os
import pathlib
import subprocess
from concurrent import futures

import grpc
import pytest

import rope_service
from rope_service.messages import message

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
BIN = pathlib.Path(os.environ.get("ROPE_BIN", ROOT / "build/release/bin"))


def start(*options):
    """Starts rope_server; returns the process and its address."""
    process = subprocess.Popen(
        [str(BIN / "rope_server"), "--listen", *options],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    return process, process.stdout.readline().strip().rsplit(" ", 1)[1]


@pytest.fixture(scope="session")
def address():
    process, where = start("127.0.0.1:0")
    yield where
    process.kill()
    process.wait()


@pytest.fixture
def client(address):
    with rope_service.connect(address) as one:
        yield one


def ropectl(*arguments, cwd=None):
    """What ropectl prints."""
    return subprocess.run([str(BIN / "ropectl"), *arguments], check=True, cwd=cwd,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


class Script(grpc.GenericRpcHandler):
    """Answers StreamEmbeddings with `stream(request, context)`, and all else with `unary`."""

    def __init__(self):
        self.stream = None
        self.unary = b""
        self.requests = []

    def service(self, details):
        if not details.method.endswith("/StreamEmbeddings"):
            return grpc.unary_unary_rpc_method_handler(lambda request, context: self.unary)

        def answer(data, context):
            request = message("StreamEmbeddingsRequest").FromString(data)
            self.requests.append(request)
            for one in self.stream(request, context):
                yield one if isinstance(one, bytes) else one.SerializeToString()

        return grpc.unary_stream_rpc_method_handler(answer)


@pytest.fixture
def script():
    handler = Script()
    server = grpc.server(futures.ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((handler,))
    handler.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield handler
    server.stop(0)
