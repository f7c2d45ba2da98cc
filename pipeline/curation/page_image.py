"""Draw one page of a PDF, in a child process, so that a bad PDF ends only that process.

``python page_image.py PAGE`` takes the PDF's bytes on stdin and writes the page as JPEG to stdout.
"""

from __future__ import annotations

import io
import resource
import signal
import sys
from typing import Any, Final

import pypdfium2

PIXELS_PER_POINT: Final = 2.0
_LARGEST: Final = 6000  # pixels along a side of a page, whatever size it claims
_MEMORY: Final = 2 << 30
_SECONDS: Final = 30
_QUALITY: Final = 85


def main() -> None:
    """Draw the page that the first argument numbers, from 1."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.alarm(_SECONDS)
    page: Any = pypdfium2.PdfDocument(sys.stdin.buffer.read())[int(sys.argv[1]) - 1]
    scale = min(PIXELS_PER_POINT, _LARGEST / max(page.get_size()))
    picture = page.render(scale=scale).to_pil().convert("RGB")
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=_QUALITY, subsampling=0)
    sys.stdout.buffer.write(data.getvalue())


if __name__ == "__main__":
    main()
