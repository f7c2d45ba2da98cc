"""Score one label of recognition on a corpus in PubTator format, boundaries exact, and its links.

    python scripts/score_corpus.py ../shared/data/biored/test.pubtator CellLine CELL_LINE
    python scripts/score_corpus.py ../shared/data/bc5cdr/test.pubtator Chemical DRUG --without recogniser

The corpora's guidelines are not ours (strains of mice as cell lines, glucose as a drug's equal), so that the figures
tell the parts of the pipeline from one another rather than the pipeline from others' systems.
"""

from __future__ import annotations

import argparse
import re
import sys
from hashlib import sha256
from pathlib import Path

from pipeline.document import Block, Document
from pipeline.evaluation.mentions import LabelledSpan, score_mentions
from pipeline.ner import annotate, load

Annotated = dict[tuple[int, int], str]


def read(path: Path, kind: str) -> dict[str, tuple[str, Annotated]]:
    """Each abstract's text and the identifiers of its annotated ranges of this type."""
    found: dict[str, tuple[str, Annotated]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if part := re.match(r"(\d+)\|[ta]\|(.*)", line):
            before, marked = found.get(part[1], ("", {}))
            found[part[1]] = (f"{before} {part[2]}" if before else part[2], marked)
        elif (fields := line.split("\t")) and len(fields) >= 6 and fields[4] == kind:
            found[fields[0]][1][int(fields[1]), int(fields[2])] = fields[5].removeprefix("MESH:")
    return found


def as_document(name: str, text: str) -> Document:
    """An abstract as a document of one paragraph."""
    digest = sha256(text.encode()).hexdigest()
    blocks = (Block(kind="paragraph", start=0, end=len(text)),)
    return Document(id=f"sha256:{digest}", source=name, media_type="text/plain", text=text, blocks=blocks)


def main() -> None:
    """Print precision, recall, F1, and how many right mentions of the vocabulary's own identifiers are linked right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("kind", help="the corpus's type")
    parser.add_argument("label", help="ours")
    parser.add_argument("--without", action="append", default=[], help="leave a component of the pipeline out")
    parser.add_argument("--model", help="a spaCy model whose entities take part in the vote")
    args = parser.parse_args()
    nlp = load(args.model)
    gold, predicted, links = [], [], []
    with nlp.select_pipes(disable=args.without):
        for name, (text, marked) in read(args.corpus, args.kind).items():
            gold += [LabelledSpan(name, *place, args.label) for place in marked]
            for mention in annotate(as_document(name, text), nlp):
                if mention.label != args.label:
                    continue
                predicted.append(LabelledSpan(name, mention.start, mention.end, args.label))
                wanted = marked.get((mention.start, mention.end))
                if wanted and wanted.startswith("CVCL") and mention.curie:
                    links.append(mention.curie.endswith(wanted))
    figure = score_mentions(gold, predicted)[args.label]["strict"]
    sys.stdout.write(f"P {figure.precision:.3f}  R {figure.recall:.3f}  F1 {figure.f1:.3f}  of {len(gold)}\n")
    if links:
        sys.stdout.write(f"links {sum(links) / len(links):.3f} right of {len(links)} made\n")


if __name__ == "__main__":
    main()
