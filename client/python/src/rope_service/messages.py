"""The messages of the API, made from its descriptors."""

from __future__ import annotations

import importlib.resources
from functools import cache, lru_cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


@lru_cache(maxsize=1)
def _pool() -> descriptor_pool.DescriptorPool:
    # A pool apart from the default one: another package may have other versions of these files.
    pool = descriptor_pool.DescriptorPool()
    data = importlib.resources.files("rope_service").joinpath("rope_v1.binpb").read_bytes()
    for file in descriptor_pb2.FileDescriptorSet.FromString(data).file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool


@cache
def message(name: str) -> Any:
    """The class of message `name` of rope.v1, for example "StreamEmbeddingsRequest"."""
    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"rope.v1.{name}"))


@cache
def enum(name: str) -> dict[str, int]:
    """The values of an enum of rope.v1 by name."""
    values = _pool().FindEnumTypeByName(f"rope.v1.{name}").values
    return {value.name: value.number for value in values}


def enum_value(enum_name: str, prefix: str, name: str) -> int:
    """The number of `name`, such as "float32". ValueError names what is allowed."""
    values = enum(enum_name)
    number = values.get(f"{prefix}_{name.upper()}")
    if number is None or name.upper() == "UNSPECIFIED":
        allowed = [key[len(prefix) + 1 :].lower() for key in values if "UNSPECIFIED" not in key]
        raise ValueError(f"{name!r} is none of {', '.join(allowed)}")
    return number
