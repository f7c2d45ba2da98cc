"""Small PDFs written operator by operator, for what no typesetting program would draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

WIDTH, HEIGHT = 420, 560


def words(x: float, y: float, text: str, size: float = 10, font: str = "F") -> str:
    """The operators that show a text with its baseline at y from the top."""
    shown = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").decode("latin-1")
    return f"BT /{font} {size} Tf 1 0 0 1 {x} {HEIGHT - y} Tm ({shown}) Tj ET\n"


def prose(x: float, y: float, lines: Sequence[str], size: float = 10, pitch: float = 12) -> str:
    """Lines of text beneath one another."""
    return "".join(words(x, y + pitch * place, line, size) for place, line in enumerate(lines))


def bar(x0: float, y0: float, x1: float, y1: float) -> str:
    """A filled rectangle's path, not yet painted."""
    return f"{x0} {HEIGHT - y1} {x1 - x0} {y1 - y0} re\n"


def rule(x0: float, x1: float, y: float, thick: float = 0.5) -> str:
    """A horizontal rule."""
    return bar(x0, y, x1, y + thick) + "f\n"


def write(
    path: Path, pages: Sequence[str], fonts: Mapping[str, bytes] | None = None, more: Sequence[bytes] = ()
) -> Path:
    """Write pages of operators; ``fonts`` are dictionaries by name, beside F (Helvetica) and B (its bold).

    ``more`` are further objects, numbered from ``3 + 2 * len(pages)`` on.
    """
    faces = {
        "F": b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        "B": b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    } | dict(fonts or {})
    named = b" ".join(b"/%s %s" % (name.encode(), face) for name, face in faces.items())
    kids = b" ".join(b"%d 0 R" % (3 + 2 * place) for place in range(len(pages)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids)]
    for place, page in enumerate(pages):
        content = page.encode("latin-1")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R /Resources << /Font << %s >> >> >>"
            % (WIDTH, HEIGHT, 4 + 2 * place, named)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    objects.extend(more)
    body, places = b"%PDF-1.7\n", []
    for number, item in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    size = len(objects) + 1
    path.write_bytes(
        body + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(body))
    )  # fmt: skip
    return path
