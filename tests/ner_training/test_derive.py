"""A head that no corpus marks by itself learns only from what follows from the corpora's own marks."""

import pytest
import spacy

from pipeline.ner.training.corpora import Derived
from pipeline.ner.training.derive import Deriver
from pipeline.ner.training.examples import annotated
from pipeline.ner.training.passages import Mark, Passage

RULE = Derived(
    name="lines", label="CELL_LINE", same=("a:LINE",), within=("b:PHRASE",), vocabulary="CELL_LINE", pattern=".+"
)


def derived(text, corpus, label):
    """The derived marks of a text all of whose characters are one mark; None where it does not teach the head."""
    doc = annotated(spacy.blank("en"), Passage("1", corpus, text, (Mark(0, len(text), label),)))
    Deriver(RULE, ["QX-7", "QX-7 M", "Zelo"])(doc)
    return [s.text for s in doc.spans["lines"]] if "lines" in doc.spans else None


@pytest.mark.parametrize(
    ("text", "corpus", "label", "expected"),
    [
        ("Zelo", "a", "LINE", ["Zelo"]),
        ("other", "a", "STRAIN", []),
        ("human QX-7 M cells", "b", "PHRASE", ["QX-7 M"]),
        ("QX - 7 cells", "b", "PHRASE", ["QX - 7"]),
        ("monocytic cell lines", "b", "PHRASE", []),
        ("unknown RR-5 cells", "b", "PHRASE", None),
        ("Zelo", "c", "LINE", None),
    ],
)
def test_what_a_text_teaches(text, corpus, label, expected):
    assert derived(text, corpus, label) == expected
