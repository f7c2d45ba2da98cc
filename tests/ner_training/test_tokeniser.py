"""Names begin and end where tokens do."""

import pytest
import spacy

from pipeline.ner.training.tokeniser import set_tokeniser

NLP = set_tokeniser(spacy.blank("en"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Cancer cell membrane (CCM)-coated", "CCM"),
        ("cisplatin-induced", "cisplatin"),
        ("4T1-loaded", "4T1"),
        ("RAW264.7-derived", "RAW264.7"),
        ("PLGA/4T1", "4T1"),
        ("CD4+ T cells", "CD4"),
        ("raised IgE.", "IgE"),
        ("Dox@ZIF-8", "Dox"),
        ("[3H]naloxone", "naloxone"),
        ("HeLa–U937", "U937"),
    ],
)
def test_a_name_in_a_compound_stands_on_token_boundaries(text, name):
    start = text.index(name)
    assert NLP(text).char_span(start, start + len(name)) is not None


@pytest.mark.parametrize("text", ["264.7", "1,000"])
def test_numbers_stay_whole(text):
    assert len(NLP(text)) == 1
