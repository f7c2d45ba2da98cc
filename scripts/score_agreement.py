"""Compare a second reader's marks of texts with their authors'.

python scripts/score_agreement.py      F1 of names by label, with the same boundaries and partial; roles and studies

corpus/second_reading holds three texts of each of twelve authors (corpus/voices), marked again by a reader who had not
seen the authors' marks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from score_voices import figures
from train_roles import ROOT, VOICES

from pipeline.evaluation.mentions import LabelledSpan
from pipeline.evaluation.voices import MarkedText, read_text

SECOND: Final = ROOT / "corpus" / "second_reading"


def main() -> None:
    """Print how far the marks agree."""
    sys.stdout.writelines(f"{line}\n" for line in agreement(pairs()))


def pairs() -> Iterator[tuple[MarkedText, MarkedText]]:
    """Each text as its author marked it, and as the second reader did."""
    for path in sorted(SECOND.glob("*.txt")):
        yield read_text(author_of(path)), read_text(path)


def author_of(path: Path) -> Path:
    """The author's file of the same text."""
    return VOICES / path.stem.partition("-")[0] / path.name


def agreement(texts: Iterator[tuple[MarkedText, MarkedText]]) -> Iterator[str]:
    """Agreement on names by label, and on role and study of the names that both marked alike."""
    first: list[LabelledSpan] = []
    second: list[LabelledSpan] = []
    same = roles = studies = count = 0
    for one, other in texts:
        count += 1
        first += [LabelledSpan(one.id, m.start, m.end, m.label) for m in one.marks]
        second += [LabelledSpan(one.id, m.start, m.end, m.label) for m in other.marks]
        mine = {(m.start, m.end, m.label): m for m in one.marks}
        for mark in other.marks:
            if (met := mine.get((mark.start, mark.end, mark.label))) is not None:
                same += 1
                roles += met.role == mark.role
                studies += met.study == mark.study
    yield f"{count} texts"
    yield from figures(first, second)
    if same:
        yield f"of {same} names that both marked alike: role the same {roles / same:.3f}, study {studies / same:.3f}"


if __name__ == "__main__":
    main()
