"""Marked texts and corpora as the files that ``spacy train`` reads."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.util import filter_spans

from pipeline.document import Block, Document
from pipeline.linking import shipped_lexicon
from pipeline.ner.annotate import annotate
from pipeline.ner.training.copies import Swaps
from pipeline.ner.training.corpora import Corpora, Corpus
from pipeline.ner.training.corpus_formats import CorpusMark, CorpusText

_TAG = re.compile(r"</?su[bp]>")
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many texts there are to learn from and to choose by, and the share of marks that no tokens fit."""

    train: int
    dev: int
    lost: float


def bare(passage: CorpusText) -> CorpusText:
    """The passage without tags for raised and lowered characters, as readers give it."""
    parts: list[str] = []
    cuts: list[Range] = []
    at = 0
    for tag in _TAG.finditer(passage.text):
        parts.append(passage.text[at : tag.start()])
        cuts.append(tag.span())
        at = tag.end()

    def moved(offset: int) -> int:
        return offset - sum(min(end, offset) - start for start, end in cuts if start < offset)

    marks = tuple(CorpusMark(moved(m.start), moved(m.end), m.label) for m in passage.marks)
    return CorpusText(passage.id, passage.corpus, "".join(parts) + passage.text[at:], marks)


def as_doc(passage: CorpusText, unknown: Iterable[Range], make_doc: Callable[[str], Doc]) -> tuple[Doc, int]:
    """A Doc with the marks as entities, and how many marks no tokens fit.

    Where it is not known what stands (``unknown``, a mark without label, a mark that cuts a token), the tokens have no
    tag at all: they teach neither a name nor its absence.
    """
    doc = make_doc(passage.text)
    ents, missing, lost = [], set[int](), 0
    for mark in passage.marks:
        span = doc.char_span(mark.start, mark.end, label=mark.label or "", alignment_mode="strict")
        if span is not None and mark.label:
            ents.append(span)
            continue
        lost += span is None and mark.label is not None
        missing.update(_tokens(doc, mark.start, mark.end))
    for start, end in unknown:
        missing.update(_tokens(doc, start, end))
    ents = filter_spans(ents)
    missing -= {token.i for ent in ents for token in ent}
    doc.set_ents(ents, missing=[doc[i : i + 1] for i in sorted(missing)], default="outside")
    return doc, lost


def _tokens(doc: Doc, start: int, end: int) -> Iterator[int]:
    span = doc.char_span(start, end, alignment_mode="expand")
    return (token.i for token in span) if span is not None else iter(())


def write(
    marked: Sequence[CorpusText],
    chosen_by: Sequence[CorpusText],
    data: Path | None,
    recipe: Path,
    out: Path,
    *,
    rules: Language,
    make_doc: Callable[[str], Doc],
    seed: int,
) -> Sizes:
    """Write ``train.spacy`` and ``dev.spacy``.

    Args:
        marked: texts with all our labels marked, to learn from.
        chosen_by: such texts to choose the best weights by.
        data: the folder that holds the public corpora; None to learn from the marked texts alone.
        recipe: the folder with corpora.json and names.json.
        out: the folder to write to.
        rules: the pipeline whose findings say where a corpus may have left something of ours unmarked.
        make_doc: the tokeniser.
        seed: what chance begins with.
    """
    chance = random.Random(seed)  # noqa: S311 - which names stand in is no secret
    swaps = Swaps.read(recipe / "names.json")
    pools = swaps.pools(shipped_lexicon().rows())
    docs = [as_doc(p, (), make_doc) for text in marked for p in swaps.of(bare(text), pools, chance)]
    if data is not None:
        for corpus, passages in Corpora.read(recipe / "corpora.json").to_learn(data):
            docs += [as_doc(p, _ours_unmarked(p, corpus, rules), make_doc) for p in passages]
    chance.shuffle(docs)
    dev = [as_doc(bare(p), (), make_doc)[0] for p in chosen_by]
    out.mkdir(parents=True, exist_ok=True)
    DocBin(docs=[doc for doc, _ in docs]).to_disk(out / "train.spacy")
    DocBin(docs=dev).to_disk(out / "dev.spacy")
    marks = sum(len(doc.ents) for doc, _ in docs)
    lost = sum(lost for _, lost in docs)
    return Sizes(len(docs), len(dev), lost / max(marks + lost, 1))


def _ours_unmarked(passage: CorpusText, corpus: Corpus, rules: Language) -> list[Range]:
    """Where the rules find what this corpus does not mark."""
    return [(m.start, m.end) for m in annotate(as_document(passage), rules) if m.label not in corpus.marked]


def as_document(passage: CorpusText) -> Document:
    """A passage as a document of one paragraph."""
    digest = sha256(passage.text.encode()).hexdigest()
    blocks = (Block(kind="paragraph", start=0, end=len(passage.text)),)
    return Document(id=f"sha256:{digest}", source=passage.id, media_type="text/plain", text=passage.text, blocks=blocks)
