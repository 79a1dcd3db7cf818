"""What the synchronous and the asynchronous client share: requests, answers, errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import RopeError
from .findings import Finding, Validation
from .messages import enum_value, message
from .options import CallOptions
from .requests import Config, Positions, add_override, config_message, positions_message

SERVICE = "/rope.v1.RopeService/"
# Far more than any message of a server. Each client has its own connection.
CHANNEL_OPTIONS = [
    ("grpc.max_receive_message_length", 64 << 20),
    ("grpc.keepalive_time_ms", 60000),
    ("grpc.keepalive_timeout_ms", 20000),
    ("grpc.use_local_subchannel_pool", 1),
]
_KINDS = {"cos": 1, "sin": 2, "cos_sin": 3}


def channel_options(target: str) -> list[tuple[str, int]]:
    """The options of a channel to `target`."""
    options = list(CHANNEL_OPTIONS)
    if target.startswith(("127.", "localhost:", "[::1]:", "unix:")):
        # gRPC would send even calls to this host through the http_proxy of the environment.
        options.append(("grpc.enable_http_proxy", 0))
    return options


@dataclass(frozen=True)
class Frequencies:
    """The frequencies of one layer type."""

    layer_type: str  # "" if the model has one parameter set for all layers
    rope_type: str
    rope_theta: float
    head_dim: int
    rotary_dim: int
    attention_factor: float
    config_id: str
    seq_len: int | None
    inv_freq: NDArray[np.float32]  # radians per position
    message: Any  # rope.v1.Frequencies

    @staticmethod
    def from_message(one: Any) -> Frequencies:
        """The frequencies of a message rope.v1.Frequencies."""
        used = one.resolution
        return Frequencies(
            layer_type=used.layer_type,
            rope_type=used.rope_type,
            rope_theta=used.rope_theta,
            head_dim=used.head_dim,
            rotary_dim=used.rotary_dim,
            attention_factor=used.attention_factor,
            config_id=used.config_id,
            seq_len=used.seq_len if used.HasField("seq_len") else None,
            inv_freq=np.array(one.inv_freq, dtype=np.float32),
            message=one,
        )


@dataclass(frozen=True)
class Preset:
    """A known model."""

    name: str
    title: str
    certainty: str  # "verified" or "unverified"
    source: str


def table_request(
    config: Config,
    positions: Positions,
    options: CallOptions,
    *,
    layer_type: str = "",
    seq_len: int | None = None,
    dtype: str = "float32",
    layout: str = "half_split",
    profile: str = "hf",
    tensors: Sequence[str] = (),
    negate_sin: bool = False,
    omit_attention_factor: bool = False,
    axes: int = 1,
    strict: bool = False,
    dialect: str = "",
    inv_freq: Sequence[float] | None = None,
    lane_scale: Sequence[float] | None = None,
    window: tuple[int, int] | None = None,
) -> Any:
    """The request for a table. ValueError for a name that is not known."""
    request = message("StreamEmbeddingsRequest")(
        config=config_message(config, strict=strict, dialect=dialect),
        layer_type=layer_type,
        position_ids=positions_message(positions, axes),
        dtype=enum_value("DType", "D_TYPE", dtype),
        layout=enum_value("Layout", "LAYOUT", layout),
        numeric_profile=enum_value("NumericProfile", "NUMERIC_PROFILE", profile),
        negate_sin=negate_sin,
        omit_attention_factor=omit_attention_factor,
        omit_checksums=not options.verify,
    )
    add_override(request.config, layer_type, inv_freq, lane_scale, window)
    if seq_len is not None:
        request.seq_len = seq_len
    for name in tensors:
        if name not in _KINDS:
            raise ValueError(f"{name!r} is none of {', '.join(_KINDS)}")
        request.tensors.append(_KINDS[name])
    return request


def frequencies_request(
    config: Config,
    *,
    layer_type: str = "",
    seq_len: int | None = None,
    profile: str = "hf",
    of_forward: bool = False,
    strict: bool = False,
    dialect: str = "",
    inv_freq: Sequence[float] | None = None,
    lane_scale: Sequence[float] | None = None,
    window: tuple[int, int] | None = None,
) -> Any:
    """The request for frequencies."""
    request = message("GetFrequenciesRequest")(
        config=config_message(config, strict=strict, dialect=dialect),
        layer_type=layer_type,
        numeric_profile=enum_value("NumericProfile", "NUMERIC_PROFILE", profile),
        of_forward=of_forward,
    )
    add_override(request.config, layer_type, inv_freq, lane_scale, window)
    if seq_len is not None:
        request.seq_len = seq_len
    return request


def validation_of(response: Any) -> Validation:
    """The result of a message rope.v1.ValidateConfigResponse."""
    return Validation(
        valid=response.valid,
        findings=[Finding.from_message(finding) for finding in response.findings],
        rope_parameters=_python_json(response.rope_parameters_json),
        family=response.family,
        transformers_version=response.transformers_version,
        message=response,
    )


def _python_json(text: str) -> Any:
    # Python's dialect of JSON, which has NaN and Infinity.
    import json

    return json.loads(text) if text else None


def error_of(error: Any) -> RopeError:
    """The exception for an error of gRPC, with the findings in its details."""
    findings: list[Finding] = []
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            findings = _findings_in(value)
    return RopeError(error.code().name, error.details() or "", findings)


def _findings_in(details: bytes) -> list[Finding]:
    try:
        status = message("DetailedStatus").FromString(details)
        refusals = [
            message("ConfigRefusal").FromString(detail.value)
            for detail in status.details
            if detail.type_url.endswith("/rope.v1.ConfigRefusal")
        ]
    except Exception:  # whatever a server sends there, the error itself counts
        return []
    return [Finding.from_message(finding) for one in refusals for finding in one.findings]


def nothing_came(what: str, seconds: float) -> RopeError:
    """The error when nothing came within the patience of a call."""
    return RopeError("DEADLINE_EXCEEDED", f"no {what} from the server within {seconds:g} s")
