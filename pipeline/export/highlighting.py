"""Puts highlights into a PDF: the child process of :mod:`pipeline.export.formats.highlighted`.

Takes JSON on stdin, the path of a PDF and its highlights; writes the PDF with them to stdout. A file that takes too
long or too much ends the process.
"""

from __future__ import annotations

import ctypes
import io
import json
import re
import resource
import signal
import sys
from hashlib import sha256
from itertools import groupby
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

_MEMORY: Final = 2 << 30
_SECONDS: Final = 120
_PER_POINT: Final = 1000  # pdfium takes whole numbers: thousandths of a point


def main() -> None:
    """Highlight what stdin asks for."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.alarm(_SECONDS)
    work = json.load(sys.stdin)
    pdf = pypdfium2.PdfDocument(work["path"])
    for number, group in groupby(work["highlights"], key=lambda highlight: highlight["page"]):
        page = pdf[number - 1]
        for highlight in group:
            _highlight(page, highlight)
        page.close()
    data = io.BytesIO()
    pdf.save(data)
    sys.stdout.buffer.write(_settled(data.getvalue()))


def _settled(pdf: bytes) -> bytes:
    """The file with the identifier that pdfium draws by chance replaced by one of its content, as long as before."""
    found = list(re.finditer(rb"/ID\s*\[[^\]]{0,400}<([0-9A-Fa-f]+)>\s*\]", pdf))
    if not found:
        return pdf
    start, end = found[-1].span(1)
    digest = sha256(pdf[:start] + pdf[end:]).hexdigest().upper().encode()
    return pdf[:start] + (digest * 4)[: end - start] + pdf[end:]


def _highlight(page: Any, about: dict[str, Any]) -> None:
    """Add an annotation over some boxes, in points from the page's top left as displayed."""
    annotation = pdfium.FPDFPage_CreateAnnot(page, pdfium.FPDF_ANNOT_HIGHLIGHT)
    if not annotation:
        return
    corners = [_quad(page, box) for box in about["boxes"]]
    for quad in corners:
        pdfium.FPDFAnnot_AppendAttachmentPoints(annotation, quad)
    across = [x for quad in corners for x in (quad.x1, quad.x2, quad.x3, quad.x4)]
    up = [y for quad in corners for y in (quad.y1, quad.y2, quad.y3, quad.y4)]
    pdfium.FPDFAnnot_SetRect(annotation, pdfium.FS_RECTF(min(across), max(up), max(across), min(up)))
    pdfium.FPDFAnnot_SetColor(annotation, pdfium.FPDFANNOT_COLORTYPE_Color, *about["colour"], 255)
    pdfium.FPDFAnnot_SetFlags(annotation, pdfium.FPDF_ANNOT_FLAG_PRINT)
    for key, text in ((b"Contents", about["note"]), (b"T", "coatmine"), (b"NM", about["id"])):
        pdfium.FPDFAnnot_SetStringValue(annotation, key, _wide(text))
    pdfium.FPDFPage_CloseAnnot(annotation)


def _quad(page: Any, box: list[float]) -> Any:
    """The corners of a box in the page's own coordinates: left to right, the upper ones first."""
    x0, top, x1, bottom = box
    (a, b), (c, d), (e, f), (g, h) = (_own(page, x, y) for x, y in ((x0, top), (x1, top), (x0, bottom), (x1, bottom)))
    return pdfium.FS_QUADPOINTSF(a, b, c, d, e, f, g, h)


def _own(page: Any, x: float, y: float) -> tuple[float, float]:
    """A place on the displayed page in the page's own coordinates, its rotation and crop taken back."""
    width, height = page.get_size()
    across, up = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDF_DeviceToPage(
        page, 0, 0, round(width * _PER_POINT), round(height * _PER_POINT), 0, round(x * _PER_POINT),
        round(y * _PER_POINT), across, up,
    )  # fmt: skip
    return across.value, up.value


def _wide(text: str) -> Any:
    data = (text + "\x00").encode("utf-16-le")
    return ctypes.cast(ctypes.create_string_buffer(data, len(data)), ctypes.POINTER(ctypes.c_ushort))


if __name__ == "__main__":
    main()
