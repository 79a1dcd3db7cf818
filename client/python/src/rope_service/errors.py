"""What can go wrong, as exceptions."""

from __future__ import annotations

from collections.abc import Sequence

from .findings import Finding


class RopeError(Exception):
    """A call failed.

    `code` is the name of the gRPC status: "INVALID_ARGUMENT", "UNAVAILABLE", "DATA_LOSS", ...
    `findings` says what is wrong with the configuration, if the server refused it.
    """

    def __init__(self, code: str, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.findings = list(findings)


class DataLossError(RopeError):
    """An answer is not one to its request, or it was damaged on the way."""

    def __init__(self, message: str) -> None:
        super().__init__("DATA_LOSS", message)
