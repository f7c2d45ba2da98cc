"""Score one label of recognition on a corpus's test split, boundaries exact, and its links to Cellosaurus.

    python scripts/score_corpus.py ../shared/data biored CELL_LINE
    python scripts/score_corpus.py ../shared/data bc5cdr DRUG --without ner

Corpora, and what their classes are here, are those of models/training/corpora.json. Documents that stand in the
training or development part of a corpus whose names the lexicons hold (BC5CDR, BioRED) are left out. The corpora's
guidelines are not ours (strains as cell lines, glucose as a drug's equal), so that the figures tell the parts of
the pipeline from one another rather than the pipeline from others' systems.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from pipeline.document import Block, Document
from pipeline.evaluation.mentions import LabelledSpan, score_mentions
from pipeline.ner import annotate, load
from pipeline.ner.training.corpora import Corpora, without
from pipeline.ner.training.corpus_formats import CorpusText
from pipeline.settings import models_dir

MentionKey = tuple[str, int, int]


def test_split(data: Path, corpus: str) -> list[CorpusText]:
    """A corpus's test documents, without those whose names the lexicons may hold from another corpus."""
    corpora = {c.name: c for c in Corpora.read(models_dir() / "training/corpora.json").corpora}
    if corpus not in corpora:
        raise SystemExit(f"no corpus {corpus!r}; known are {', '.join(corpora)}")
    known = [p for name in ("bc5cdr", "biored") for part in ("train", "dev") for p in corpora[name].load(data, part)]
    return without(corpora[corpus].load(data, "test"), known)


def accessions(data: Path, corpus: str) -> dict[MentionKey, str]:
    """Identifiers of Cellosaurus by document and range, where the corpus has them."""
    path = data / corpus / "test.pubtator"
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()) if path.exists() else ()
    return {(r[0], int(r[1]), int(r[2])): r[5] for r in rows if len(r) > 5 and r[5].startswith("CVCL")}


def as_document(name: str, text: str) -> Document:
    """A text as a document of one paragraph."""
    digest = sha256(text.encode()).hexdigest()
    blocks = (Block(kind="paragraph", start=0, end=len(text)),)
    return Document(id=f"sha256:{digest}", source=name, media_type="text/plain", text=text, blocks=blocks)


def links(found: Iterable[tuple[MentionKey, str]], wanted: dict[MentionKey, str]) -> list[bool]:
    """For each link made where the corpus has one, whether it is the same."""
    return [curie.endswith(wanted[place]) for place, curie in found if place in wanted]


def main() -> None:
    """Print precision, recall, F1, and how many of the links made are right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the corpora")
    parser.add_argument("corpus")
    parser.add_argument("label", help="ours, such as DRUG")
    parser.add_argument("--without", action="append", default=[], help="leave a component of the pipeline out")
    parser.add_argument("--model", help="a spaCy model whose entities take part in the vote")
    args = parser.parse_args()
    nlp = load(args.model)
    gold, predicted, linked = [], [], []
    for part in args.without:
        nlp.remove_pipe(part)
    for number, passage in enumerate(test_split(args.data, args.corpus)):
        name = f"{number} {passage.id}"  # sentence corpora repeat their identifiers
        gold += [LabelledSpan(name, m.start, m.end, args.label) for m in passage.marks if m.label == args.label]
        for mention in annotate(as_document(name, passage.text), nlp):
            if mention.label == args.label:
                predicted.append(LabelledSpan(name, mention.start, mention.end, args.label))
                linked.append(((passage.id, mention.start, mention.end), mention.curie or ""))
    if not gold:
        raise SystemExit(f"{args.corpus} marks no {args.label}; see models/training/corpora.json")
    figure = score_mentions(gold, predicted)[args.label]["strict"]
    sys.stdout.write(f"P {figure.precision:.3f}  R {figure.recall:.3f}  F1 {figure.f1:.3f}  of {len(gold)}\n")
    if same := links(((place, curie) for place, curie in linked if curie), accessions(args.data, args.corpus)):
        sys.stdout.write(f"links {sum(same) / len(same):.3f} right of {len(same)} made\n")


if __name__ == "__main__":
    main()
