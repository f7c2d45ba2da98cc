"""Score recognition where the lexicon lacks the names: what rules and the trained ner find of names never listed.

    python scripts/score_unseen.py FOLDER...

Each folder holds marked texts of an author (see docs/training.md). Every row of the lexicon that spells a drug,
disease, cell or line marked in them is taken out; then the texts are annotated with the component ``ner`` and without
it, and scored beside the whole lexicon. Boundaries and label must be right; a cell's two labels count as one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from score_voices import Text, texts_of
from spacy.language import Language

from pipeline.evaluation.mentions import LabelledSpan, score_mentions
from pipeline.linking import Lexicon, shipped_lexicon
from pipeline.linking.normalise import normalise
from pipeline.ner import annotate, load

LABELS = {"DRUG": "DRUG", "DISEASE": "DISEASE", "CELL_LINE": "CELL", "CELL_TYPE": "CELL"}
_TYPES = frozenset(("drug", "chemical", "disease", "cell_line", "cell_type"))
_SHOWN = ("DRUG", "DISEASE", "CELL", "CORE", "MODALITY", "ANIMAL_MODEL", "SIZE", "all")


def without_names(rows: Iterable[str], names: Iterable[str]) -> Lexicon:
    """The lexicon of these rows, except for those of drugs, diseases and cells with one of these names."""
    gone = {form for name in names for form in (normalise(name), normalise(name.removesuffix("s")))}
    return Lexicon(row for row in rows if not (row.split("\t")[4] in _TYPES and normalise(row.split("\t")[0]) in gone))


def figures(texts: list[Text], nlp: Language) -> str:
    """Strict F1 by label, and precision, recall and F1 of all."""
    gold = [LabelledSpan(t.id, m.start, m.end, LABELS.get(m.label, m.label)) for t in texts for m in t.marked]
    found = [
        LabelledSpan(t.id, m.start, m.end, LABELS.get(m.label, m.label))
        for t in texts
        for m in annotate(t.document, nlp)
    ]
    scores = {label: schemes["strict"] for label, schemes in score_mentions(gold, found).items()}
    rates = " ".join(f"{scores[label].f1 or 0:>12.3f}" for label in _SHOWN)
    return f"{rates}   P {scores['all'].precision or 0:.3f} R {scores['all'].recall or 0:.3f}"


def main() -> None:
    """Print the figures with the whole lexicon and without the names, each with the ner and without it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    texts = texts_of(parser.parse_args().folders)
    nlp = load()
    lexicon, voter = nlp.get_pipe("lexicon"), nlp.get_pipe("model")
    names = {t.document.text[m.start : m.end] for t in texts for m in t.marked if m.label in LABELS}
    rows = list(shipped_lexicon().rows())
    sys.stdout.write(f"{'':28}" + " ".join(f"{label:>12}" for label in _SHOWN) + "\n")
    for what, own in (("whole lexicon", Lexicon(rows)), ("names taken out", without_names(rows, names))):
        lexicon.use(own)  # type: ignore[attr-defined]
        for ask in (None, "ner"):
            voter.ask = ask  # type: ignore[attr-defined]
            sys.stdout.write(f"{what}, {'with' if ask else 'without'} ner".ljust(28) + f"{figures(texts, nlp)}\n")


if __name__ == "__main__":
    main()
