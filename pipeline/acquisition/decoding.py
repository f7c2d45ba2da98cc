"""Decompress answers step by step within a limit, so that a small answer cannot fill the memory."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from typing import Final, Protocol

import httpx

from pipeline.acquisition.errors import FetchError

ACCEPTED: Final = "gzip, deflate"
"""What a request says it understands."""
_STEP: Final = 2**18  # bytes decompressed at a time
_GZIP: Final = 16 + zlib.MAX_WBITS
_MEMBER: Final = 0x1F  # how each member of gzip data begins


class _Inflater(Protocol):
    """What ``zlib.decompressobj`` gives."""

    @property
    def eof(self) -> bool: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes: ...


async def decoded(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body in pieces of no more than :data:`_STEP` bytes once decompressed; the caller counts them.

    Raises:
        FetchError: the body is compressed in a way that is not understood, more than once, or damaged.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    shown = str(response.url).partition("?")[0]
    if encoding in ("", "identity"):
        async for chunk in response.aiter_raw():
            yield chunk
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchError("refused", f"{shown} answers in the encoding {encoding!r}, not in one layer of {ACCEPTED}")
    try:
        async for piece in _inflated(response.aiter_raw(), gzip=encoding != "deflate"):
            yield piece
    except EOFError as error:
        raise FetchError("failed", f"{shown} breaks off in the middle of its compressed data", again=True) from error
    except zlib.error as error:
        raise FetchError("failed", f"{shown} sends damaged {encoding} data ({error})") from error


async def _inflated(chunks: AsyncIterator[bytes], *, gzip: bool) -> AsyncIterator[bytes]:
    """Decompress in a thread, so that other downloads go on."""
    inflater: _Inflater | None = None
    async for chunk in chunks:
        while chunk:
            if inflater is None or inflater.eof:
                if inflater and not (gzip and chunk[0] == _MEMBER):
                    return  # padding
                inflater = _inflater(chunk, gzip=gzip)
            piece = await asyncio.to_thread(inflater.decompress, chunk, _STEP)
            chunk = inflater.unused_data if inflater.eof else inflater.unconsumed_tail  # noqa: PLW2901
            yield piece
    while inflater and not inflater.eof:
        if not (piece := await asyncio.to_thread(inflater.decompress, b"", _STEP)):
            raise EOFError
        yield piece


def _inflater(start: bytes, *, gzip: bool) -> _Inflater:
    """For gzip, or for what hosts call deflate: with zlib's header (RFC 9110, 8.4.1.2) or, as many do, without one."""
    if gzip:
        return zlib.decompressobj(_GZIP)
    with_header = start[0] & 0x0F == zlib.DEFLATED and (len(start) < 2 or int.from_bytes(start[:2], "big") % 31 == 0)
    return zlib.decompressobj(zlib.MAX_WBITS if with_header else -zlib.MAX_WBITS)
