"""Draws regions of PDFs' pages: the child process of :mod:`pipeline.export.report.crops`.

Takes JSON on stdin. Writes, for each document, a line of base64 a region, in order, and an empty line. A document
that takes too long or too much ends the process; its lines before stand.
"""

from __future__ import annotations

import io
import json
import resource
import signal
import sys
from base64 import b64encode
from itertools import groupby
from typing import Any, Final

import pypdfium2
from PIL import Image

_PIXELS_PER_POINT: Final = 1.5
_LARGEST: Final = 6000  # pixels along a side of a page, whatever size it claims
_MEMORY: Final = 2 << 30
_SECONDS: Final = 60  # for one document
_QUALITY: Final = 30


def main() -> None:
    """Draw what stdin asks for, until there is as much as was asked for."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    work = json.load(sys.stdin)
    written = 0
    for document in work["documents"]:
        signal.alarm(_SECONDS)
        written += _document(document)
        sys.stdout.write("\n")
        sys.stdout.flush()
        if written > work["budget"]:
            return


def _document(work: dict[str, Any]) -> int:
    written = 0
    pdf = pypdfium2.PdfDocument(work["path"])
    for number, regions in groupby(work["regions"], key=lambda region: int(region[0])):
        size = work["sizes"][str(number)]
        picture = _page(pdf, number, size)
        for region in regions:
            line = _cut(picture, region, size)
            written += len(line)
            sys.stdout.write(line + "\n")
    pdf.close()
    return written


def _page(pdf: Any, number: int, size: tuple[float, float]) -> Image.Image:
    page = pdf[number - 1]
    scale = min(_PIXELS_PER_POINT, _LARGEST / max(size))
    picture: Image.Image = page.render(scale=scale).to_pil()
    page.close()
    return picture


def _cut(picture: Image.Image, region: list[float], size: tuple[float, float]) -> str:
    across, down = picture.width / size[0], picture.height / size[1]
    _, x0, top, x1, bottom = region
    part = picture.crop((round(x0 * across), round(top * down), round(x1 * across), round(bottom * down)))
    data = io.BytesIO()
    part.convert("RGB").save(data, "WEBP", quality=_QUALITY, method=1)
    return b64encode(data.getvalue()).decode()


if __name__ == "__main__":
    main()
