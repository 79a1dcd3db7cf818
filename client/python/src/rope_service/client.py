"""Client: calls of a RoPE Service."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from typing import Any

import grpc
from numpy.typing import NDArray

from .answer_check import check_frequencies, check_validation
from .assembly import TableAssembly
from .calls import (
    SERVICE,
    Frequencies,
    Preset,
    channel_options,
    error_of,
    frequencies_request,
    nothing_came,
    table_request,
    validation_of,
)
from .errors import DataLossError, RopeError
from .findings import Validation
from .messages import message
from .options import CallOptions
from .requests import Config, Positions, config_message
from .table import Table


class _Watch:
    """Cancels a stream if nothing comes for `patience` seconds."""

    def __init__(self, call: Any, patience: float) -> None:
        self.struck = False
        self._call = call
        self._patience = patience
        self._last = time.monotonic()
        self._timer: threading.Timer | None = None
        self._start(patience)

    def progress(self) -> None:
        self._last = time.monotonic()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _start(self, seconds: float) -> None:
        if self._patience <= 0:
            return
        self._timer = threading.Timer(seconds, self._look)
        self._timer.daemon = True
        self._timer.start()

    def _look(self) -> None:
        left = self._last + self._patience - time.monotonic()
        if left > 0:
            self._start(left)
            return
        self.struck = True
        self._call.cancel()


class Client:
    """A client of one server. Thread-safe; works after a fork, where it makes a new connection.

    Errors are RopeError, with the findings if the server refused a configuration, and DataLossError
    if an answer is not one to its request.
    """

    def __init__(
        self,
        target: str,
        credentials: grpc.ChannelCredentials | None = None,
        options: CallOptions | None = None,
    ) -> None:
        """`target` is "host:port" or "unix:path". Does not connect: the first call does."""
        self._target = target
        self._credentials = credentials
        self._options = options or CallOptions()
        self._channels: dict[int, grpc.Channel] = {}  # by process
        self._lock = threading.Lock()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection. A later call makes a new one."""
        with self._lock:
            channel = self._channels.pop(os.getpid(), None)
        if channel is not None:
            channel.close()

    def table(
        self,
        config: Config,
        positions: Positions,
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
        out: dict[str, NDArray[Any]] | None = None,
        options: CallOptions | None = None,
    ) -> Table:
        """The tensors of a configuration at positions, checked.

        `positions` is a range, or an array of whole or fractional numbers whose shape becomes that
        of the tensors; with several `axes` it has the shape [axes, ...]. `out` has arrays to fill,
        by the names of the tensors. `inv_freq`, `lane_scale` and `window` (offset and width) take
        the place of parts of the configuration (docs/frequencies.md of the project).
        """
        used = options or self._options
        request = table_request(
            config,
            positions,
            used,
            layer_type=layer_type,
            seq_len=seq_len,
            dtype=dtype,
            layout=layout,
            profile=profile,
            tensors=tensors,
            negate_sin=negate_sin,
            omit_attention_factor=omit_attention_factor,
            axes=axes,
            strict=strict,
            dialect=dialect,
            inv_freq=inv_freq,
            lane_scale=lane_scale,
            window=window,
        )
        return self._fetch(TableAssembly(request, out, used.max_answer_bytes), used)

    def frequencies(
        self,
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
        options: CallOptions | None = None,
    ) -> list[Frequencies]:
        """The frequencies of one layer type, or of all if `layer_type` is empty."""
        request = frequencies_request(
            config,
            layer_type=layer_type,
            seq_len=seq_len,
            profile=profile,
            of_forward=of_forward,
            strict=strict,
            dialect=dialect,
            inv_freq=inv_freq,
            lane_scale=lane_scale,
            window=window,
        )
        response = self._unary("GetFrequencies", request, options)
        check_frequencies(request, response)
        return [Frequencies.from_message(one) for one in response.frequencies]

    def validate(
        self,
        config: Config,
        *,
        strict: bool = False,
        preset: str = "",
        options: CallOptions | None = None,
    ) -> Validation:
        """What is wrong with a configuration. `preset`: one to compare with, or "auto"."""
        request = message("ValidateConfigRequest")(
            config=config_message(config, strict=strict), compare_preset=preset
        )
        response = self._unary("ValidateConfig", request, options)
        check_validation(response)
        return validation_of(response)

    def presets(self, options: CallOptions | None = None) -> list[Preset]:
        """The models that the server knows by name."""
        response = self._unary("ListPresets", message("ListPresetsRequest")(), options)
        return [Preset(one.name, one.title, one.certainty, one.source) for one in response.presets]

    def server_info(self, options: CallOptions | None = None) -> Any:
        """What the server is and can do: rope.v1.GetServerInfoResponse."""
        response = self._unary("GetServerInfo", message("GetServerInfoRequest")(), options)
        if not response.version:
            raise DataLossError("the answer is not one to this request: it names no version")
        return response

    def _channel(self) -> grpc.Channel:
        with self._lock:
            channel = self._channels.get(os.getpid())
            if channel is None:
                options = channel_options(self._target)
                channel = (
                    grpc.insecure_channel(self._target, options)
                    if self._credentials is None
                    else grpc.secure_channel(self._target, self._credentials, options)
                )
                self._channels[os.getpid()] = channel
            return channel

    def _unary(self, method: str, request: Any, options: CallOptions | None) -> Any:
        used = options or self._options
        call = self._channel().unary_unary(
            SERVICE + method,
            request_serializer=lambda one: one.SerializeToString(),
            response_deserializer=message(method + "Response").FromString,
        )
        try:
            return call(request, timeout=used.deadline())
        except grpc.RpcError as error:
            limit = used.deadline()
            if error.code() == grpc.StatusCode.DEADLINE_EXCEEDED and limit is not None:
                raise nothing_came("complete answer", limit) from error
            raise error_of(error) from error

    def _fetch(self, assembly: TableAssembly, options: CallOptions) -> Table:
        end = None if options.timeout is None else time.monotonic() + options.timeout
        attempts = 0
        while True:
            attempts += 1
            attempts, begun, error = self._call_once(assembly, options, end, attempts)
            if error is None:
                return assembly.end()
            delay = options.retry_delay(attempts, begun, error)
            if delay is None or (end is not None and time.monotonic() + delay >= end):
                raise error_of(error) from error
            time.sleep(delay)
            assembly.resume()

    def _call_once(
        self, assembly: TableAssembly, options: CallOptions, end: float | None, attempts: int
    ) -> tuple[int, bool, Any]:
        """Runs one call to its end. Returns attempts, whether a message came, and the error."""
        stream = self._channel().unary_stream(
            SERVICE + "StreamEmbeddings",
            request_serializer=lambda one: one.SerializeToString(),
            response_deserializer=message("StreamEmbeddingsResponse").FromString,
        )
        timeout = None if end is None else max(end - time.monotonic(), 0.0)
        call = stream(assembly.request, timeout=timeout)
        watch = _Watch(call, options.patience if end is None else 0.0)
        begun = False
        try:
            for response in call:
                begun = True
                if assembly.take(response):
                    attempts = 1
                    watch.progress()
        except grpc.RpcError as error:
            if watch.struck:
                what = "more rows" if assembly.table is not None else "answer"
                raise nothing_came(what, options.patience) from error
            return attempts, begun, error
        except (RopeError, ValueError):
            call.cancel()
            raise
        finally:
            watch.stop()
        return attempts, begun, None


def connect(
    target: str = "127.0.0.1:50051",
    credentials: grpc.ChannelCredentials | None = None,
    options: CallOptions | None = None,
) -> Client:
    """A client of the server at `target`: "host:port" or "unix:path". The first call connects."""
    return Client(target, credentials, options)
