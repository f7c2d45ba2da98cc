"""An unfinished download: its bytes so far, and which remote file they belong to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

import httpx
from pydantic import BaseModel, ValidationError

from pipeline.acquisition.errors import FetchError


class _Origin(BaseModel):
    """Which file the bytes belong to: its address, and the mark by which its host knows one state of it."""

    url: str
    mark: str


class Partial:
    """``NAME.partial``, the bytes so far, and ``NAME.partial.json``, their origin."""

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f"{target.name}.partial")
        self._origin_path = target.with_name(f"{target.name}.partial.json")

    def range_headers(self, url: str) -> dict[str, str]:
        """The headers that ask for the rest, or for the whole where nothing of this file is here."""
        try:
            origin = _Origin.model_validate_json(self._origin_path.read_bytes())
            size = self.path.stat().st_size
        except (OSError, ValidationError):
            return {}
        return {"Range": f"bytes={size}-", "If-Range": origin.mark} if origin.url == url and size else {}

    def open(self, url: str, response: httpx.Response) -> BinaryIO:
        """The file to write the answer's body to: at its end for the rest, emptied for the whole.

        Raises:
            FetchError: the answer is another part than was asked for.
        """
        plain = "Content-Encoding" not in response.headers  # an offset counts the bytes as they are sent
        if response.status_code == httpx.codes.PARTIAL_CONTENT:
            stream = self.path.open("ab")
            if plain and re.match(rf"bytes {stream.tell()}-", response.headers.get("Content-Range", "")):
                return stream
            stream.close()
            self.discard()
            raise FetchError("failed", f"{url}: sent another part than was asked for", again=True)
        self.discard()
        etag = response.headers.get("ETag", "")
        mark = response.headers.get("Last-Modified", "") if etag.startswith("W/") or not etag else etag
        if mark and plain:
            self._origin_path.write_text(_Origin(url=url, mark=mark).model_dump_json())
        return self.path.open("wb")

    def discard(self) -> None:
        """Forget what has come."""
        self._origin_path.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def finish(self, target: Path) -> None:
        """Put the file in its place."""
        self.path.replace(target)
        self._origin_path.unlink(missing_ok=True)
