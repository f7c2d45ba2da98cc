"""Count the records that texts without a coat give: each is false.

python scripts/score_silence.py                 real abstracts, real papers, and the abstracts of BioRED and BC5CDR
python scripts/score_silence.py SET...          some of: abstracts, pdfs, papers_md, biored, bc5cdr

All of it lies in ../shared. The training parts of BioRED and BC5CDR and the papers as Markdown are among what the
weights were learnt from as texts without a coat; the rest is not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from train_roles import ROOT, pubtator

from pipeline import ner, readers, relations
from pipeline.document import Document
from pipeline.errors import ReadError

SHARED: Final = ROOT.parent / "shared"
FOLDERS: Final = {
    "abstracts": SHARED / "corpus" / "abstracts",
    "pdfs": SHARED / "corpus" / "pdfs",
    "papers_md": SHARED / "corpus" / "papers_md",
}
CORPORA: Final = ("biored", "bc5cdr")


def main() -> None:
    """Print per set how many texts there are and which of them give a record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", metavar="SET", choices=[*FOLDERS, *CORPORA, []])
    args = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit(f"{SHARED} is not here")
    for name in args.sets or [*FOLDERS, *CORPORA]:
        texts = records = 0
        for document in of_corpus(name) if name in CORPORA else of_folder(FOLDERS[name]):
            texts += 1
            for record in relations.assemble(document, ner.annotate(document)):
                records += 1
                coats = ", ".join(value.text for value in record.membranes)
                sys.stdout.write(f"  {Path(document.source).name}: {record.study.key}: {coats}\n")
        sys.stdout.write(f"{name:10} {texts:5} texts {records:4} records\n")
        sys.stdout.flush()


def of_folder(folder: Path) -> Iterator[Document]:
    """The documents of a folder that can be read."""
    for path in sorted(folder.iterdir()):
        if path.suffix in (".txt", ".md", ".pdf"):
            try:
                yield readers.read(path)
            except ReadError as error:
                sys.stdout.write(f"  {path.name}: {error}\n")


def of_corpus(name: str) -> Iterator[Document]:
    """The abstracts of a corpus in PubTator's format, each once."""
    seen: set[str] = set()
    for path in sorted((SHARED / "data" / name).glob("*.pubtator")):
        for number, document in pubtator(path):
            if number not in seen:
                seen.add(number)
                yield document


if __name__ == "__main__":
    main()
