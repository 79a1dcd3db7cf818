"""Client of the RoPE Service: rotary position embeddings, exact and the same on every host.

    import rope_service

    client = rope_service.connect("127.0.0.1:50051")
    table = client.table("llama-3.1-8b", range(8192), dtype="float32")
    table.cos, table.sin  # numpy arrays
"""

from .calls import Frequencies, Preset
from .client import Client, connect
from .errors import DataLossError, RopeError
from .findings import Finding, Validation
from .options import CallOptions
from .table import Table

__all__ = [
    "CallOptions",
    "Client",
    "DataLossError",
    "Finding",
    "Frequencies",
    "Preset",
    "RopeError",
    "Table",
    "Validation",
    "connect",
]
