"""Models of transformers with frequencies from the service.

    import rope_service
    import rope_service.transformers

    with rope_service.transformers.frequencies_from(rope_service.connect()):
        model = AutoModelForCausalLM.from_pretrained(name)

transformers builds a rotary module with the function that ROPE_INIT_FUNCTIONS has for its type, and
calls it again when a type follows the length (dynamic, longrope). In the block those functions ask
the service. All else stays with the module: its buffers keep their places, and it follows the
history of its calls. So frequencies, factor and logits are bit for bit those of transformers, and
the service is the one place that says what they are.

`served` makes a rotary module whose cos and sin are those of the service, too: the correctly
rounded values. torch's differ from them in a few percent of the entries, by one unit in the last
place.

Importing this module needs neither torch nor a server.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Protocol

from .calls import Frequencies
from .errors import RopeError


class FrequencySource(Protocol):
    """What has frequencies: a Client."""

    def frequencies(
        self, config: Any, *, layer_type: str = "", seq_len: int | None = None,
        of_forward: bool = False,
    ) -> list[Frequencies]:
        """See Client.frequencies."""


class TableSource(Protocol):
    """What has tables: a Client."""

    def table(self, config: Any, positions: Any, **options: Any) -> Any:
        """See Client.table."""


class RemoteFrequencies:
    """A function for ROPE_INIT_FUNCTIONS that asks a client. Safe to use in several threads."""

    def __init__(self, client: FrequencySource) -> None:
        self._client = client

    def __call__(
        self,
        config: Any,
        device: Any = None,
        seq_len: Any = None,
        layer_type: str | None = None,
        **_: Any,
    ) -> tuple[Any, float]:
        """inv_freq as a tensor, and the attention factor.

        A forward gives the length as a tensor, and then the arithmetic of type dynamic differs in
        the last bits from that of a Python number; the service has both.
        """
        import torch

        answers = self._client.frequencies(
            config,
            layer_type=layer_type or "",
            seq_len=None if seq_len is None else int(seq_len),
            of_forward=torch.is_tensor(seq_len),
        )
        if len(answers) != 1:
            names = ", ".join(one.layer_type for one in answers)
            message = f"the model asks for no layer type; there are {names}"
            raise RopeError("INVALID_ARGUMENT", message)
        # A model may be built under the meta device, where nothing has a value.
        inv_freq = torch.tensor(answers[0].inv_freq, device="cpu")
        if device is not None:
            inv_freq = inv_freq.to(device)
        return inv_freq, answers[0].attention_factor


@contextlib.contextmanager
def frequencies_from(client: FrequencySource, *types: str) -> Iterator[None]:
    """Within the block, rotary modules of `types` get their frequencies from the service.

    Without `types`: all that transformers has a function for, which is all but "default"; a default
    module computes powers of its base itself. Types that follow the length ask again in a forward:
    run the model in the block, too.
    """
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    unknown = set(types) - set(ROPE_INIT_FUNCTIONS)
    if unknown:
        raise ValueError(f"transformers has no rope type {', '.join(sorted(unknown))}")
    before = dict(ROPE_INIT_FUNCTIONS)
    remote = RemoteFrequencies(client)
    try:
        for name in types or before:
            ROPE_INIT_FUNCTIONS[name] = remote
        yield
    finally:
        ROPE_INIT_FUNCTIONS.update(before)


def served(original: Any, client: TableSource, layout: str = "half_split") -> Any:
    """A subclass of the rotary module `original` that takes cos and sin from the service.

        from transformers.monkey_patching import register_patch_mapping
        register_patch_mapping({"LlamaRotaryEmbedding": served(LlamaRotaryEmbedding, client)})

    The module's own forward runs first, so that its history of calls and its buffers are what they
    were. Then the service is asked for the table of the frequencies that the module holds now, at
    the positions of the call. `layout` is how the module arranges a row: "half_split" (Llama),
    "interleaved" (Cohere) or "compact" (gpt-oss). For modules with one or several layer types and
    positions of one axis; ValueError if the module's tables have another shape.
    """
    import torch

    def served_forward(
        self: Any, x: Any, position_ids: Any, layer_type: str | None = None
    ) -> tuple[Any, Any]:
        arguments = (x, position_ids) if layer_type is None else (x, position_ids, layer_type)
        cos, sin = original.forward(self, *arguments)
        prefix = "" if layer_type is None else f"{layer_type}_"
        table = client.table(
            self.config,
            position_ids.cpu().numpy(),
            layer_type=layer_type or "",
            layout=layout,
            omit_attention_factor=True,
            inv_freq=getattr(self, f"{prefix}inv_freq").float().cpu().tolist(),
        )
        scaling = getattr(self, f"{prefix}attention_scaling")
        result = []
        for name, own in (("cos", cos), ("sin", sin)):
            values = torch.from_numpy(table.tensors[name]).to(own.device) * scaling
            if values.shape != own.shape:
                raise ValueError(f"the module makes {tuple(own.shape)}, not {tuple(values.shape)}")
            result.append(values.to(own.dtype))
        return result[0], result[1]

    return type(f"Served{original.__name__}", (original,), {"forward": served_forward})
