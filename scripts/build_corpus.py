"""Typeset the sample papers: every ``corpus/sources/SET/NAME.typ``, in folders too, becomes ``corpus/SET/NAME.pdf``.

The same sources and the same typst give the same bytes: only the fonts that typst brings are used, and the creation
time is fixed. ``--check`` writes nothing and says which PDFs differ from what their sources give.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
CREATED = 1_767_225_600  # 2026-01-01 00:00 UTC, in Unix seconds


def sources(corpus: Path = CORPUS) -> Iterator[tuple[Path, Path]]:
    """Each paper's source and the PDF it becomes, in the order of their names."""
    root = corpus / "sources"
    for source in sorted(root.glob("*/**/*.typ")):
        yield source, corpus / source.relative_to(root).with_suffix(".pdf")


def typeset(source: Path, corpus: Path = CORPUS) -> bytes:
    """One source as the bytes of a PDF.

    Raises:
        typst.TypstError: the source does not compile; the error says where.
    """
    import typst

    compiler = typst.Compiler(str(source), root=str(corpus), ignore_system_fonts=True)
    pdf = compiler.compile(format="pdf", timestamp=CREATED, pdf_tags=False)
    assert isinstance(pdf, bytes)  # noqa: S101 (one document, hence one piece of bytes)
    return pdf


def main(arguments: list[str] | None = None) -> int:
    """Build the papers whose names are given, or all of them; the exit code is 1 if ``--check`` found a difference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="stems of the papers to build (default: all)")
    parser.add_argument("--check", action="store_true", help="compare with the PDFs that stand there; write nothing")
    options = parser.parse_args(arguments)
    stale = 0
    for source, target in sources():
        if options.names and source.stem not in options.names:
            continue
        pdf = typeset(source)
        if target.is_file() and target.read_bytes() == pdf:
            continue
        stale += 1
        sys.stderr.write(f"{target.relative_to(CORPUS.parent)}\n")
        if not options.check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(pdf)
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
