"""Configurations and positions, in the forms in which people have them, as messages."""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Sequence
from typing import Any, Union

import numpy as np

from .messages import message

# A path of a config.json, a folder with one, a dict, a PretrainedConfig, the name of a preset, or
# the text of a configuration.
Config = Union[str, "os.PathLike[str]", "dict[str, Any]", Any]
Positions = Any  # a range, or what numpy makes an array of


def _read(path: pathlib.Path) -> str:
    return (path / "config.json" if path.is_dir() else path).read_text(encoding="utf-8")


def config_message(config: Config, *, strict: bool = False, dialect: str = "") -> Any:
    """The ModelConfig of a configuration. OSError if it is a file that cannot be read."""
    result = message("ModelConfig")(strict=strict, dialect=dialect)
    if isinstance(config, str) and config.lstrip().startswith("{"):
        result.model_config_json = config
    elif isinstance(config, str) and (
        config.startswith("preset:") or not pathlib.Path(config).exists()
    ):
        result.preset = config[len("preset:") :] if config.startswith("preset:") else config
        if "/" in result.preset or result.preset.endswith(".json"):
            raise FileNotFoundError(f"{config} is neither a file nor the name of a preset")
    elif isinstance(config, (str, os.PathLike)):
        result.model_config_json = _read(pathlib.Path(config))
    elif isinstance(config, dict):
        result.model_config_json = json.dumps(config)
    elif hasattr(config, "to_json_string"):
        # The whole configuration: what equals a default of its class would be left out otherwise.
        result.model_config_json = config.to_json_string(use_diff=False)
    else:
        raise TypeError(f"a configuration cannot be a {type(config).__name__}")
    return result


def add_override(
    config: Any,
    layer_type: str,
    inv_freq: Sequence[float] | None,
    lane_scale: Sequence[float] | None,
    window: tuple[int, int] | None,
) -> None:
    """Gives values in place of parts of `config`, for one layer type: see LayerOverride."""
    if inv_freq is None and lane_scale is None and window is None:
        return
    override = config.overrides[layer_type]
    if inv_freq is not None:
        override.inv_freq.extend(float(value) for value in inv_freq)
    if lane_scale is not None:
        override.lane_scale.extend(float(value) for value in lane_scale)
    if window is not None:
        override.window.offset, override.window.width = window


def positions_message(positions: Positions, axes: int = 1) -> Any:
    """The PositionIds of a range or of an array.

    With several axes the array has the shape [axes, ...]. ValueError for an empty array or for what
    is no array of numbers.
    """
    result = message("PositionIds")()
    if isinstance(positions, range):
        if axes != 1:
            raise ValueError("a range has one axis")
        result.range.start, result.range.count = positions.start, len(positions)
        result.range.step = positions.step
        return result
    array = np.asarray(positions)
    if array.size == 0 or array.dtype.kind not in "iuf":
        raise ValueError("positions must be a range or a filled array of numbers")
    if axes > 1:
        if array.ndim < 2 or array.shape[0] != axes:
            raise ValueError(f"positions of {axes} axes have the shape [{axes}, ...]")
        result.axes = axes
    shape = array.shape[1:] if axes > 1 else array.shape
    result.shape.extend(shape or (1,))
    if array.dtype.kind == "f":
        result.float64_le = np.ascontiguousarray(array, dtype="<f8").tobytes()
    else:
        result.int64_le = np.ascontiguousarray(array, dtype="<i8").tobytes()
    return result


def rows_of(ids: Any) -> int:
    """The rows that a request with these positions asks for."""
    axes = max(int(ids.axes), 1)
    form = ids.WhichOneof("ids")
    if form == "range":
        return int(ids.range.count)
    if form == "list":
        return len(ids.list.values) // axes
    sizes = {"int32_le": 4, "int64_le": 8, "float64_le": 8}
    if form is None:
        return 0
    data: bytes = getattr(ids, form)
    return len(data) // sizes[form] // axes
