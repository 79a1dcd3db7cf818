"""The client for asyncio: the same answers, the same errors."""

import asyncio
import time

import grpc
import pytest
from test_answers import DATA, ROWS, WRONG, answer, changed, chunk, footer, good, header

import rope_service
import rope_service.aio


def run(coroutine):
    return asyncio.run(coroutine)


def test_the_answers_are_those_of_the_client(client, address):
    async def ask():
        async with rope_service.aio.connect(address) as one:
            tables = await asyncio.gather(
                *[one.table("llama-3.1-8b", range(start, start + 64)) for start in range(8)])
            return (tables, await one.frequencies("gemma-3-4b"), await one.validate("phi-4"),
                    await one.presets(), await one.server_info())

    tables, frequencies, result, presets, info = run(ask())
    for start, table in enumerate(tables):
        expected = client.table("llama-3.1-8b", range(start, start + 64))
        assert table.cos.tobytes() == expected.cos.tobytes()
    assert [one.config_id for one in frequencies] == [
        one.config_id for one in client.frequencies("gemma-3-4b")]
    assert result.valid and len(presets) == len(client.presets())
    assert info.version == client.server_info().version


def fetch(script, **options):
    async def ask():
        settings = rope_service.CallOptions(first_backoff=0.001, **options)
        async with rope_service.aio.connect(f"127.0.0.1:{script.port}", options=settings) as one:
            return await one.table("llama-3.1-8b", range(ROWS))

    return run(ask())


@pytest.mark.parametrize("name", WRONG)
def test_what_must_not_be_believed(script, name):
    change, said = WRONG[name]
    script.stream = lambda request, context: changed(change)()
    with pytest.raises(rope_service.DataLossError, match=said):
        fetch(script)


def test_a_broken_stream_is_resumed(script):
    row = 512

    def stream(request, context):
        yield answer(header=header())
        if len(script.requests) == 1:
            yield answer(chunks=[chunk(1, 0, DATA[: 9 * row])])
            context.abort(grpc.StatusCode.UNAVAILABLE, "cut")
        first = request.first_row
        rest = DATA[first * row :]
        yield answer(chunks=[chunk(1, first * row, rest), chunk(2, first * row, rest)])
        yield answer(footer=footer(ROWS - first, 2 * len(rest)))

    script.stream = stream
    assert fetch(script).cos.tobytes() == DATA


def test_silence_ends(script):
    def silent(request, context):
        yield good()[0]
        while context.is_active():
            yield answer()
            time.sleep(0.001)

    script.stream = silent
    for options in ({"patience": 0.2}, {"timeout": 0.2}):
        with pytest.raises(rope_service.RopeError) as caught:
            fetch(script, **options)
        assert caught.value.code == "DEADLINE_EXCEEDED"


def test_a_refusal_has_findings(address):
    async def ask():
        async with rope_service.aio.connect(address) as one:
            await one.table({"model_type": "llama", "rope_theta": "10000"}, range(3))

    with pytest.raises(rope_service.RopeError) as caught:
        run(ask())
    assert "ROPE-E007" in [finding.code for finding in caught.value.findings]
