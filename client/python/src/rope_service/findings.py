"""What validation says about a configuration."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

_SEVERITIES = {1: "note", 2: "warning", 3: "error"}


@dataclass(frozen=True)
class Finding:
    """One thing to say about a configuration."""

    code: str  # "ROPE-E007"; docs/findings.md explains all
    severity: str  # "note", "warning" or "error"
    path: str  # the field: "rope_scaling.factor"; "" is the whole document
    message: str
    consequence: str  # what happens if it is ignored
    hf_message: str  # what transformers itself prints; "" if nothing
    fix: Any  # a JSON merge patch (RFC 7396), or None
    offset: int | None  # of the field in the text, in bytes

    @staticmethod
    def from_message(message: Any) -> Finding:
        """The finding of a message rope.v1.Finding. An unknown severity counts as an error."""
        return Finding(
            code=message.code,
            severity=_SEVERITIES.get(message.severity, "error"),
            path=message.path,
            message=message.message,
            consequence=message.consequence,
            hf_message=message.hf_message,
            fix=json.loads(message.fix) if message.fix else None,
            offset=message.offset if message.HasField("offset") else None,
        )


@dataclass(frozen=True)
class Validation:
    """The result of `validate`."""

    valid: bool
    findings: list[Finding]
    rope_parameters: Any  # after loading and standardizing; None if reading failed before that
    family: str  # the model_type whose rules were used
    transformers_version: str
    message: Any  # the whole answer: rope.v1.ValidateConfigResponse
