"""Whether an answer is one to its request.

The same rules as those of the C++ client (client/stream/answer_check.cc): a server or a proxy that
mixes answers up must not be believed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import xxhash

from .errors import DataLossError
from .messages import enum
from .requests import rows_of


def _name(enum_name: str, number: int) -> str:
    names = {value: key for key, value in enum(enum_name).items()}
    return names.get(number, str(number))


def _same(field: str, asked: Any, came: Any) -> None:
    if asked != came:
        raise DataLossError(
            f"the answer is to another request: {field} is {came}, but {asked} was asked for"
        )


def config_hash(config: Any) -> int:
    """StreamHeader.config_xxh3_64 for a request with this configuration."""
    source = config.WhichOneof("source")
    if source not in ("model_config_json", "preset"):
        return 0
    return int(xxhash.xxh3_64_intdigest(getattr(config, source).encode("utf-8")))


def _row_shape(layout: int, half_width: int) -> list[int]:
    layouts = enum("Layout")
    if layout == layouts["LAYOUT_MATRICES"]:
        return [half_width, 2, 2]
    if layout == layouts["LAYOUT_PAIRS"]:
        return [half_width, 2]
    if layout in (layouts["LAYOUT_COMPLEX"], layouts["LAYOUT_COMPACT"]):
        return [half_width]
    return [2 * half_width]


def _tensors_of(layout: int) -> list[int]:
    layouts = enum("Layout")
    joined = ("LAYOUT_PACKED", "LAYOUT_PAIRS", "LAYOUT_COMPLEX", "LAYOUT_MATRICES")
    return [3] if layout in [layouts[name] for name in joined] else [1, 2]


def _check_tensors(request: Any, header: Any, layout: int) -> None:
    asked = list(request.tensors) or _tensors_of(layout)
    _same("the list of tensors", asked, [spec.kind for spec in header.tensors])
    positions = list(request.position_ids.shape) or [rows_of(request.position_ids)]
    rotary_dim = header.resolution.rotary_dim
    for spec in header.tensors:
        row = _row_shape(layout, (rotary_dim + 1) // 2)
        if rotary_dim <= 0:
            row = list(spec.shape)[-len(row) :]
        _same("the shape of a tensor", positions + row, list(spec.shape))


def _seq_len_of(request: Any) -> int | None:
    if request.HasField("seq_len"):
        return int(request.seq_len)
    ids = request.position_ids
    if ids.WhichOneof("ids") != "range" or request.sequences:
        return None
    step = ids.range.step if ids.range.HasField("step") else 1
    last = ids.range.start + step * (ids.range.count - 1)
    return int(max(ids.range.start, last, 0)) + 1


def _check_resolution(request: Any, header: Any) -> None:
    config, resolution = request.config, header.resolution
    if header.config_xxh3_64 != 0:
        _same("the hash of the configuration", config_hash(config), header.config_xxh3_64)
    if request.layer_type:
        _same("layer_type", request.layer_type, resolution.layer_type)
    seq_len = _seq_len_of(request)
    if seq_len is not None and resolution.HasField("seq_len"):
        _same("seq_len", seq_len, resolution.seq_len)
    has_dialect = config.dialect.split("@")[0] not in ("", "transformers")
    _same("the use of a dialect", has_dialect, resolution.HasField("dialect"))
    given = config.overrides.get(resolution.layer_type)
    _same("inv_freq_given", bool(given and given.inv_freq), resolution.inv_freq_given)
    _same("lane_scale_given", bool(given and given.lane_scale), resolution.lane_scale_given)
    if given is not None and given.HasField("window") and header.HasField("window"):
        _same("window.offset", given.window.offset, header.window.offset)
        _same("window.width", given.window.width, header.window.width)


def check_header(request: Any, header: Any) -> None:
    """DataLossError if a field of `header` that follows from `request` has another value.

    Fields that servers may leave out are compared if they are there.
    """
    dtype = request.dtype or enum("DType")["D_TYPE_FLOAT32"]
    layout = request.layout or enum("Layout")["LAYOUT_HALF_SPLIT"]
    profile = request.numeric_profile or enum("NumericProfile")["NUMERIC_PROFILE_HF"]
    _same("dtype", _name("DType", dtype), _name("DType", header.dtype))
    _same("layout", _name("Layout", layout), _name("Layout", header.layout))
    _same(
        "numeric_profile",
        _name("NumericProfile", profile),
        _name("NumericProfile", header.numeric_profile),
    )
    _same("negate_sin", request.negate_sin, header.negate_sin)
    # A factor of 1 is not there to be omitted.
    omitted = request.omit_attention_factor and header.resolution.attention_factor != 1.0
    _same("attention_factor_omitted", omitted, header.attention_factor_omitted)
    _check_tensors(request, header, layout)
    _check_resolution(request, header)
    _same("the number of sequences", len(request.sequences), len(header.resolution_of_sequence))
    if header.position_axes != 0:
        _same("position_axes", max(request.position_ids.axes, 1), header.position_axes)


def check_frequencies(request: Any, response: Any) -> None:
    """DataLossError if the frequencies cannot be the answer to the request."""
    _require(len(response.frequencies) > 0, "it has no frequencies")
    _require(not request.layer_type or len(response.frequencies) == 1, "it has several layer types")
    for one in response.frequencies:
        resolution = one.resolution
        if request.layer_type:
            _same("layer_type", request.layer_type, resolution.layer_type)
        if request.HasField("seq_len"):
            _same("seq_len", request.seq_len, resolution.seq_len)
        _require(
            len(one.inv_freq) == (resolution.rotary_dim + 1) // 2,
            f"it has {len(one.inv_freq)} frequencies for {resolution.rotary_dim} channels",
        )
        _require(_finite(one.inv_freq), "a frequency is not a finite number")


def check_validation(response: Any) -> None:
    """DataLossError if the answer contradicts itself."""
    has_error = any(finding.severity not in (1, 2) for finding in response.findings)
    _require(response.valid != has_error, "whether it is valid contradicts its findings")


def _finite(values: Iterable[float]) -> bool:
    return bool(np.isfinite(np.fromiter(values, dtype=np.float64)).all())


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise DataLossError(f"the answer is not one to this request: {otherwise}")
