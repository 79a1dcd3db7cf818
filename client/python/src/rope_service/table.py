"""Table: the tensors of one answer as numpy arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .messages import enum

_KINDS = {1: "cos", 2: "sin", 3: "cos_sin"}
_ELEMENTS = {"float32": "<f4", "float16": "<f2", "float64": "<f8"}


def kind_name(kind: int) -> str:
    """ "cos", "sin" or "cos_sin"."""
    return _KINDS.get(kind, str(kind))


def numpy_dtype(header: Any) -> np.dtype[Any]:
    """The dtype of the arrays of a table. bfloat16 is that of ml_dtypes, or its bits as uint16."""
    names = {number: name for name, number in enum("DType").items()}
    name = names.get(header.dtype, "")[len("D_TYPE_") :].lower()
    if header.layout == enum("Layout")["LAYOUT_COMPLEX"]:
        return np.dtype("<c8")
    if name == "bfloat16":
        try:
            import ml_dtypes
        except ImportError:
            return np.dtype("<u2")
        result: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
        return result
    return np.dtype(_ELEMENTS[name])


@dataclass
class Table:
    """The tensors of one answer, and what they were computed from."""

    header: Any  # rope.v1.StreamHeader
    tensors: dict[str, NDArray[Any]] = field(default_factory=dict)  # by name

    @property
    def cos(self) -> NDArray[Any]:
        """Cosines times the attention factor. KeyError in a layout that has one tensor."""
        return self.tensors["cos"]

    @property
    def sin(self) -> NDArray[Any]:
        """Sines times the attention factor. KeyError in a layout that has one tensor."""
        return self.tensors["sin"]

    @property
    def cos_sin(self) -> NDArray[Any]:
        """Both, in the layouts packed, pairs, complex and matrices."""
        return self.tensors["cos_sin"]

    @property
    def config_id(self) -> str:
        """The label of the parameters: tables with equal labels are equal."""
        return str(self.header.resolution.config_id)

    @property
    def attention_factor(self) -> float:
        """The factor of cos and sin. The tensors contain it, unless the request omits it."""
        return float(self.header.resolution.attention_factor)

    def torch(self, device: Any = None) -> dict[str, Any]:
        """The tensors as torch tensors by name, on `device`. Needs torch."""
        import torch

        result = {}
        for name, array in self.tensors.items():
            if self.header.dtype == enum("DType")["D_TYPE_BFLOAT16"]:
                tensor = torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
            else:
                tensor = torch.from_numpy(array)
            result[name] = tensor if device is None else tensor.to(device)
        return result
