"""CallOptions: what a caller can choose for one call, in addition to the request."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import grpc

_PUSHBACK = "grpc-retry-pushback-ms"
# What proxies make of a connection that breaks in the middle of an answer.
_AFTER_BEGIN = (grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL, grpc.StatusCode.CANCELLED)


@dataclass(frozen=True)
class CallOptions:
    """Times are in seconds."""

    # For the whole call, retries included. None: `patience` limits the call.
    timeout: float | None = None
    # Only without `timeout`: how long to wait for an answer. A table gets that time for its first
    # message, and again for each next chunk. 0: no limit.
    patience: float = 30.0
    # The largest number of calls in a row that bring no new row, the first one included.
    max_attempts: int = 4
    first_backoff: float = 0.1  # doubles before each further try
    max_backoff: float = 5.0
    max_pushback: float = 30.0  # the longest pause that a server may ask for
    max_answer_bytes: int = 16 << 30
    verify: bool = True  # False: the server computes no checksums, and none are checked

    def deadline(self) -> float | None:
        """The timeout of a call that answers with one message."""
        return self.timeout if self.timeout is not None else (self.patience or None)

    def retry_delay(self, attempts: int, begun: bool, error: Any) -> float | None:
        """How long to wait before the next try; None: there is none.

        `attempts` is the number of calls in a row without a new row. `begun`: a message had come.
        """
        code = error.code()
        again = code == grpc.StatusCode.UNAVAILABLE or (begun and code in _AFTER_BEGIN)
        if not again or attempts >= self.max_attempts:
            return None
        trailers: Iterable[Any] = error.trailing_metadata() or ()
        for key, value in trailers:
            if key == _PUSHBACK:
                return self._pushback(str(value))
        longest = min(self.max_backoff, self.first_backoff * 2.0 ** min(attempts - 1, 30))
        return longest * random.uniform(0.5, 1.0)

    def _pushback(self, text: str) -> float | None:
        try:
            seconds = int(text) / 1000
        except ValueError:
            return None
        return seconds if 0 <= seconds <= self.max_pushback else None
