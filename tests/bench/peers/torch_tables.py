"""Computes a table with transformers' own code, on one thread.

The table has 131072 positions of a Llama with head_dim 128. The answer to each line of input is the
seconds that one table took.

Needs torch and transformers 5."""

import sys
import time

import torch
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

torch.set_num_threads(1)
CONFIG = LlamaConfig(
    hidden_size=4096, num_attention_heads=32, max_position_embeddings=131072,
    rope_parameters={"rope_type": "default", "rope_theta": 500000.0})
ROPE = LlamaRotaryEmbedding(CONFIG)
POSITIONS = torch.arange(131072)[None, :]
LIKE = torch.empty(1, dtype=torch.float32)

for _ in sys.stdin:
    start = time.perf_counter()
    cos, sin = ROPE(LIKE, POSITIONS)
    seconds = time.perf_counter() - start
    assert cos.shape == sin.shape == (1, 131072, 128)
    print(seconds, flush=True)
