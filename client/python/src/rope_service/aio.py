"""The client for asyncio: the same methods as rope_service.Client, as coroutines."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import grpc
import grpc.aio
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
from .errors import DataLossError
from .findings import Validation
from .messages import message
from .options import CallOptions
from .requests import Config, Positions, config_message
from .table import Table


class AsyncClient:
    """A client of one server, for one event loop. Create it where the loop runs."""

    def __init__(
        self,
        target: str,
        credentials: grpc.ChannelCredentials | None = None,
        options: CallOptions | None = None,
    ) -> None:
        """`target` is "host:port" or "unix:path". Does not connect: the first call does."""
        settings = channel_options(target)
        self._options = options or CallOptions()
        self._channel = (
            grpc.aio.insecure_channel(target, settings)
            if credentials is None
            else grpc.aio.secure_channel(target, credentials, settings)
        )

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connection. The client cannot be used any more."""
        await self._channel.close()

    async def table(
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
        """See Client.table."""
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
        return await self._fetch(TableAssembly(request, out, used.max_answer_bytes), used)

    async def frequencies(
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
        """See Client.frequencies."""
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
        response = await self._unary("GetFrequencies", request, options)
        check_frequencies(request, response)
        return [Frequencies.from_message(one) for one in response.frequencies]

    async def validate(
        self,
        config: Config,
        *,
        strict: bool = False,
        preset: str = "",
        options: CallOptions | None = None,
    ) -> Validation:
        """See Client.validate."""
        request = message("ValidateConfigRequest")(
            config=config_message(config, strict=strict), compare_preset=preset
        )
        response = await self._unary("ValidateConfig", request, options)
        check_validation(response)
        return validation_of(response)

    async def presets(self, options: CallOptions | None = None) -> list[Preset]:
        """See Client.presets."""
        response = await self._unary("ListPresets", message("ListPresetsRequest")(), options)
        return [Preset(one.name, one.title, one.certainty, one.source) for one in response.presets]

    async def server_info(self, options: CallOptions | None = None) -> Any:
        """See Client.server_info."""
        response = await self._unary("GetServerInfo", message("GetServerInfoRequest")(), options)
        if not response.version:
            raise DataLossError("the answer is not one to this request: it names no version")
        return response

    async def _unary(self, method: str, request: Any, options: CallOptions | None) -> Any:
        used = options or self._options
        call = self._channel.unary_unary(
            SERVICE + method,
            request_serializer=lambda one: one.SerializeToString(),
            response_deserializer=message(method + "Response").FromString,
        )
        try:
            return await call(request, timeout=used.deadline())
        except grpc.aio.AioRpcError as error:
            limit = used.deadline()
            if error.code() == grpc.StatusCode.DEADLINE_EXCEEDED and limit is not None:
                raise nothing_came("complete answer", limit) from error
            raise error_of(error) from error

    async def _fetch(self, assembly: TableAssembly, options: CallOptions) -> Table:
        end = None if options.timeout is None else time.monotonic() + options.timeout
        attempts = 0
        while True:
            attempts += 1
            attempts, begun, error = await self._call_once(assembly, options, end, attempts)
            if error is None:
                return assembly.end()
            delay = options.retry_delay(attempts, begun, error)
            if delay is None or (end is not None and time.monotonic() + delay >= end):
                raise error_of(error) from error
            await asyncio.sleep(delay)
            assembly.resume()

    async def _call_once(
        self, assembly: TableAssembly, options: CallOptions, end: float | None, attempts: int
    ) -> tuple[int, bool, Any]:
        """Runs one call to its end. Returns attempts, whether a message came, and the error."""
        stream = self._channel.unary_stream(
            SERVICE + "StreamEmbeddings",
            request_serializer=lambda one: one.SerializeToString(),
            response_deserializer=message("StreamEmbeddingsResponse").FromString,
        )
        timeout = None if end is None else max(end - time.monotonic(), 0.0)
        call = stream(assembly.request, timeout=timeout)
        patience = options.patience if end is None and options.patience > 0 else None
        begun = False
        last = time.monotonic()
        try:
            while True:
                left = None if patience is None else last + patience - time.monotonic()
                response = await asyncio.wait_for(call.read(), left)
                if response is grpc.aio.EOF:
                    return attempts, begun, None
                begun = True
                if assembly.take(response):
                    attempts = 1
                    last = time.monotonic()
        except grpc.aio.AioRpcError as error:
            return attempts, begun, error
        except (asyncio.TimeoutError, TimeoutError) as error:
            what = "more rows" if assembly.table is not None else "answer"
            raise nothing_came(what, options.patience) from error
        finally:
            call.cancel()


def connect(
    target: str = "127.0.0.1:50051",
    credentials: grpc.ChannelCredentials | None = None,
    options: CallOptions | None = None,
) -> AsyncClient:
    """A client of the server at `target`: "host:port" or "unix:path". The first call connects."""
    return AsyncClient(target, credentials, options)
