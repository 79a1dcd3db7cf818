"""An Arrow Flight server, written the usual way in Python.

DoGet sends the tables of 65536 positions of a Llama, whose rope_theta is the ticket. transformers'
own code computes them. They are sent in record batches of 1 MiB. The server keeps the last tables.
The answer to each line of input is the server's port.

Needs pyarrow, torch and transformers 5."""

import sys
from collections import OrderedDict

import pyarrow as pa
import pyarrow.flight as flight
import torch
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

torch.set_num_threads(1)
LIKE = torch.empty(1, dtype=torch.float32)
POSITIONS = torch.arange(65536)[None, :]
ROWS_PER_BATCH, TABLES_KEPT = 1024, 24
SCHEMA = pa.schema([("cos", pa.float32()), ("sin", pa.float32())])


def batches(theta):
    rope = LlamaRotaryEmbedding(LlamaConfig(
        hidden_size=4096, num_attention_heads=32, max_position_embeddings=131072,
        rope_parameters={"rope_type": "llama3", "rope_theta": theta, "factor": 8.0,
                         "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                         "original_max_position_embeddings": 8192}))
    columns = [tensor.numpy().reshape(-1) for tensor in rope(LIKE, POSITIONS)]
    step = ROWS_PER_BATCH * 128
    return [pa.RecordBatch.from_arrays([pa.array(column[i:i + step]) for column in columns],
                                       schema=SCHEMA)
            for i in range(0, columns[0].size, step)]


class Tables(flight.FlightServerBase):
    def __init__(self):
        super().__init__("grpc://127.0.0.1:0")
        self.kept = OrderedDict()

    def do_get(self, _context, ticket):
        theta = float(ticket.ticket)
        if theta not in self.kept:
            self.kept[theta] = batches(theta)
            if len(self.kept) > TABLES_KEPT:
                self.kept.popitem(last=False)
        self.kept.move_to_end(theta)
        return flight.RecordBatchStream(
            pa.RecordBatchReader.from_batches(SCHEMA, self.kept[theta]))


with Tables() as server:
    for _ in sys.stdin:
        print(server.port, flush=True)
