"""Score recognition on short texts whose names their authors marked inline.

python scripts/score_voices.py FOLDER...               figures by label, by voice and by kind of text
python scripts/score_voices.py FOLDER... --errors      and every difference with the words around it
python scripts/score_voices.py FOLDER... --label CORE  differences of one label only

A voice is a folder of texts, one file each, as corpus/voices/README.md describes them: ``kind: ...`` on the first
line, the title on the second, the text, a line ``---`` and what the author says is to be found. A folder that holds
folders is all of their voices.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import get_args

from pipeline.document import Block, BlockKind, Document
from pipeline.errors import GoldError
from pipeline.evaluation import voices
from pipeline.evaluation.mentions import LabelledSpan, score_mentions
from pipeline.evaluation.voices import Mark, reference_list, without_tags
from pipeline.ner import annotate, load
from pipeline.records import Label, Mention


@dataclass(slots=True)
class Text:
    """A text without its marks and tags."""

    id: str
    voice: str
    kind: str
    document: Document
    marked: list[Mark] = field(default_factory=list)


def read_text(path: Path) -> Text:
    """One marked text.

    Raises:
        GoldError: the file has no kind, or a mark is not closed or says something unknown.
    """
    marked, scripts = without_tags(voices.read_text(path))
    blocks = tuple(_blocks(marked.text))
    cited = [b for b in blocks if b.kind == "reference"]
    marks = [m for m in marked.marks if not any(b.start <= m.start < b.end for b in cited)]
    digest = sha256(f"{path.stem}\n{marked.text}".encode()).hexdigest()
    document = Document(
        id=f"sha256:{digest}",
        source=path.name,
        media_type="text/plain",
        text=marked.text,
        blocks=blocks,
        scripts=scripts,
    )
    return Text(marked.id, path.parent.name, marked.kind, document, marks)


def _blocks(text: str) -> Iterator[Block]:
    """The title, and a paragraph for each line of text; what follows a list of references is one of them."""
    references = reference_list(text)
    for number, line in enumerate(re.finditer(r"[^\n]+", text)):
        kind: BlockKind = "paragraph" if number else "title"
        if references and line.start() >= references[0]:
            kind = "reference" if line.start() > references[0] else "heading"
        yield Block(kind=kind, start=line.start(), end=line.end())


def texts_of(folders: Iterable[Path]) -> list[Text]:
    """Every text of these folders, in the order of their names."""
    paths = [path for folder in folders for path in sorted(folder.rglob("*.txt"))]
    if not paths:
        raise GoldError("no *.txt in " + ", ".join(map(str, folders)))
    return [read_text(path) for path in paths]


def outer(mentions: list[Mention]) -> list[Mention]:
    """The mentions that no longer one holds: marks do not nest."""
    return [
        m
        for m in mentions
        if not any(o is not m and o.start <= m.start and m.end <= o.end and o.label == "ANIMAL_MODEL" for o in mentions)
    ]


def spans(texts: Iterable[Text], found: dict[str, list[Mention]]) -> tuple[list[LabelledSpan], list[LabelledSpan]]:
    """What is marked and what was found."""
    gold = [LabelledSpan(t.id, m.start, m.end, m.label) for t in texts for m in t.marked]
    return gold, [LabelledSpan(t.id, m.start, m.end, m.label) for t in texts for m in found[t.id]]


def figures(gold: list[LabelledSpan], predicted: list[LabelledSpan]) -> Iterator[str]:
    """Precision, recall and F1 with the marks' boundaries, and F1 where half is given for an overlap, by label."""
    yield f"{'label':14}{'n':>6}{'P':>8}{'R':>8}{'F1':>8}{'partial':>9}"
    for label, schemes in score_mentions(gold, predicted).items():
        strict, partial = schemes["strict"], schemes["partial"]
        n = sum(label in ("all", s.label) for s in gold)
        rates = (strict.precision, strict.recall, strict.f1, partial.f1)
        yield f"{label:14}{n:>6}" + "".join("       -" if r is None else f"{r:>8.3f}" for r in rates)


def by_group(texts: list[Text], found: dict[str, list[Mention]], key: str) -> Iterator[str]:
    """Strict and partial F1 over all labels, by voice or kind."""
    for group in sorted({getattr(t, key) for t in texts}):
        own = [t for t in texts if getattr(t, key) == group]
        schemes = score_mentions(*spans(own, found))["all"]
        strict, partial = schemes["strict"].f1 or 0, schemes["partial"].f1 or 0
        yield f"{key} {group:12}{len(own):>4} texts{strict:>8.3f}{partial:>8.3f}"


def errors(texts: list[Text], found: dict[str, list[Mention]], label: str | None) -> Iterator[str]:
    """Every missed and every wrong mention, with what stands in its place."""
    for text in texts:
        gold = {(m.start, m.end, m.label): m for m in text.marked}
        seen: dict[tuple[int, int, str], Mention] = {(m.start, m.end, m.label): m for m in found[text.id]}
        for key in sorted(gold.keys() ^ seen.keys()):
            if label and key[2] != label:
                continue
            start, end, own = key
            body = text.document.text
            what = f"{text.id} {own} {body[start:end]!r}"
            around = f"...{body[max(0, start - 50) : end + 40]}...".replace("\n", " ")
            others = [k for k in (seen if key in gold else gold) if k[0] < end and start < k[1]]
            instead = "".join(f" [{body[a:b]!r} {other}]" for a, b, other in others)
            if key in gold:
                yield f"MISSED   {what} ({gold[key].role}){instead}   {around}"
            else:
                yield f"SPURIOUS {what} ({seen[key].method}){instead}   {around}"


def main() -> None:
    """Print the figures, and the differences when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--errors", action="store_true", help="list every difference")
    parser.add_argument("--label", choices=get_args(Label), help="list differences of this label only")
    parser.add_argument("--model", help="a spaCy model whose entities take part in the vote")
    args = parser.parse_args()
    try:
        texts = texts_of(args.folders)
    except GoldError as error:
        parser.error(str(error))
    nlp = load(args.model)
    found = {t.id: outer(annotate(t.document, nlp)) for t in texts}
    lines = [*figures(*spans(texts, found)), "", *by_group(texts, found, "voice"), *by_group(texts, found, "kind")]
    if args.errors or args.label:
        lines += ["", *errors(texts, found, args.label)]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
