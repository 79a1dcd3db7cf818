"""TableAssembly: a table while its chunks arrive, through several calls if one breaks."""

from __future__ import annotations

from typing import Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from .answer_check import check_header
from .errors import DataLossError, RopeError
from .messages import message
from .table import Table, kind_name, numpy_dtype


def _broken(what: str) -> DataLossError:
    return DataLossError(f"the stream is broken: {what}")


class _Tensor:
    """One tensor: its memory, and how much of it has arrived."""

    def __init__(self, spec: Any, array: NDArray[Any]) -> None:
        self.array = array
        self.bytes: NDArray[np.uint8] = array.reshape(-1).view(np.uint8)
        self.size = int(spec.byte_size)
        self.row_bytes = 0
        self.received = 0  # the end of what any call has delivered
        self.next = 0  # the next byte of this call


class TableAssembly:
    """Takes the messages of a stream and checks them. Not thread-safe.

    `out` has the arrays to fill by name; without it arrays are made. `max_answer_bytes` bounds what
    a header may announce: it is checked before memory is allocated.
    """

    def __init__(
        self,
        request: Any,
        out: dict[str, NDArray[Any]] | None = None,
        max_answer_bytes: int = 16 << 30,
    ) -> None:
        self.request = request
        self.table: Table | None = None
        self._out = out or {}
        self._max_answer_bytes = max_answer_bytes
        self._tensors: dict[int, _Tensor] = {}
        self._first_row = int(request.first_row)
        self._call_has_header = False
        self._footer: Any = None

    def take(self, response: Any) -> bool:
        """Takes the next message; returns whether it brought rows. DataLossError if it is wrong."""
        if self._footer is not None:
            raise _broken("a message follows the footer")
        if response.HasField("header") == self._call_has_header:
            raise _broken(
                "a second header" if self._call_has_header else "it does not start with a header"
            )
        if response.HasField("header"):
            self._take_header(response.header)
            self._call_has_header = True
        for chunk in response.chunks:
            self._take_chunk(chunk)
        if response.HasField("footer"):
            self._footer = response.footer
        return len(response.chunks) > 0

    def end(self) -> Table:
        """The table, after the last message. DataLossError if it is not complete."""
        if self._footer is None or self.table is None:
            raise _broken("it ended without a footer")
        sent = 0
        for tensor in self._tensors.values():
            if tensor.next != tensor.size:
                raise _broken("it ended before its tensors were complete")
            sent += tensor.next - self._first_row * tensor.row_bytes
        first = next(iter(self._tensors.values()))
        rows = first.size // first.row_bytes - self._first_row
        if (self._footer.bytes, self._footer.rows) != (sent, rows):
            raise _broken("the totals in the footer are not those of the chunks")
        return self.table

    def resume(self) -> None:
        """To be called when a call broke: `request` then asks for the rows that are missing."""
        self._call_has_header = False
        self._footer = None
        if not self._tensors:
            return
        tensors = list(self._tensors.values())
        last_row = tensors[0].size // tensors[0].row_bytes - 1
        rows = min(tensor.received // tensor.row_bytes for tensor in tensors)
        # A request asks for at least one row, so the last one may come a second time.
        self._first_row = min(rows, last_row)
        for tensor in tensors:
            tensor.next = self._first_row * tensor.row_bytes
        self.request.first_row = self._first_row

    def _take_header(self, header: Any) -> None:
        if self.table is not None:
            same = message("StreamHeader")()
            same.CopyFrom(header)
            same.backend, same.cache = self.table.header.backend, self.table.header.cache
            if same != self.table.header:
                raise _broken("the resumed call announces other tensors")
            return
        check_header(self.request, header)
        item = numpy_dtype(header).itemsize
        total = 0
        for spec in header.tensors:
            size = item
            for dimension in spec.shape:
                size *= max(int(dimension), 0)
            if size == 0 or not spec.shape or size != spec.byte_size:
                raise _broken("the announced size of a tensor is not that of its shape")
            total += size
        if total > self._max_answer_bytes:
            raise RopeError(
                "RESOURCE_EXHAUSTED",
                f"the answer has {total} bytes; this call allows at most {self._max_answer_bytes}",
            )
        self._allocate(header)

    def _allocate(self, header: Any) -> None:
        rows = 1
        positions = list(self.request.position_ids.shape)
        dimensions = len(positions) if positions else 1
        self.table = Table(header)
        for spec in header.tensors:
            name = kind_name(spec.kind)
            if spec.kind in self._tensors:
                raise _broken("the header announces a tensor twice")
            array = self._array(name, tuple(spec.shape), numpy_dtype(header))
            tensor = _Tensor(spec, array)
            rows = int(np.prod(spec.shape[:dimensions]))
            tensor.row_bytes = tensor.size // rows
            tensor.received = tensor.next = self._first_row * tensor.row_bytes
            self._tensors[spec.kind] = tensor
            self.table.tensors[name] = array

    def _array(self, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        array = self._out.get(name)
        if array is None:
            return np.empty(shape, dtype)
        if array.shape != shape or array.dtype.itemsize != dtype.itemsize:
            raise ValueError(f"out[{name!r}] must have the shape {shape} and the dtype {dtype}")
        if not array.flags.c_contiguous or not array.flags.writeable:
            raise ValueError(f"out[{name!r}] must be contiguous and writeable")
        return array

    def _take_chunk(self, chunk: Any) -> None:
        tensor = self._tensors.get(chunk.kind)
        if tensor is None:
            raise _broken("a chunk of a tensor that was not announced")
        data = chunk.data
        if chunk.byte_offset != tensor.next:
            raise _broken(f"a chunk starts at byte {chunk.byte_offset}, not at byte {tensor.next}")
        if not data or len(data) % tensor.row_bytes or len(data) > tensor.size - tensor.next:
            raise _broken(
                f"a chunk of {len(data)} bytes is not whole rows of {tensor.row_bytes} bytes "
                "within the tensor"
            )
        if not self.request.omit_checksums and xxhash.xxh3_64_intdigest(data) != chunk.xxh3_64:
            raise _broken(f"the checksum of the chunk at byte {chunk.byte_offset} is wrong")
        end = tensor.next + len(data)
        tensor.bytes[tensor.next : end] = np.frombuffer(data, dtype=np.uint8)
        tensor.next = end
        tensor.received = max(tensor.received, end)
