"""One HTTP/1.1 request on a connection of its own, without any library in between."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

READ_LIMIT = 1 << 26


class Address(NamedTuple):
    """Where the server listens."""

    host: str
    port: int


@dataclass(slots=True)
class Answer:
    """Status, header lines as they came, and the body."""

    status: int
    lines: list[tuple[str, str]]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The values of a header, joined by commas; None if it is absent."""
        values = [value for line, value in self.lines if line.lower() == name.lower()]
        return ", ".join(values) if values else None


async def connect(address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A fresh TCP connection."""
    return await asyncio.open_connection(*address, limit=READ_LIMIT)


def request_head(address: Address, method: str, path: str, headers: Mapping[str, str | None]) -> bytes:
    """Request line and headers; a header that is None is left out."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {address.host}:{address.port}"]
    lines += [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join([*lines, "", ""]).encode()


async def read_head(reader: asyncio.StreamReader) -> Answer:
    """Everything up to the body."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    pairs = [line.partition(":") for line in lines]
    return Answer(int(first.split(" ")[1]), [(name.strip(), value.strip()) for name, _, value in pairs])


async def body_pieces(reader: asyncio.StreamReader, answer: Answer) -> AsyncIterator[bytes]:
    """The body as it comes in, without its transfer encoding."""
    length = answer.header("content-length")
    if (answer.header("transfer-encoding") or "").lower() == "chunked":
        while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
            yield (await reader.readexactly(size + 2))[:-2]
    elif length is not None:
        yield await reader.readexactly(int(length))
    elif answer.status not in (101, 204, 304):
        while piece := await reader.read(1 << 16):
            yield piece


async def read_body(reader: asyncio.StreamReader, answer: Answer) -> bytes:
    """The whole body."""
    return b"".join([piece async for piece in body_pieces(reader, answer)])


async def request(
    address: Address,
    method: str,
    path: str,
    headers: Mapping[str, str | None] | None = None,
    body: bytes | None = None,
) -> Answer:
    """Sends a request and reads the answer to its end; cancelling it drops the connection."""
    sent = dict(headers or {})
    if body is not None or method in ("POST", "PUT", "PATCH"):
        sent.setdefault("Content-Length", str(len(body or b"")))
    reader, writer = await connect(address)
    try:
        writer.write(request_head(address, method, path, sent) + (body or b""))
        answer = await read_head(reader)
        if method != "HEAD":
            answer.body = await read_body(reader, answer)
        return answer
    finally:
        await hang_up(writer)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Closes a TCP connection, however its other side feels about it."""
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
