"""The tokeniser: names begin and end at token boundaries."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from spacy.tokenizer import Tokenizer
from spacy.util import compile_infix_regex, compile_suffix_regex, registry

if TYPE_CHECKING:
    from spacy.language import Language

# Every hyphen, slash, bracket, plus and the like parts words ("HeLa-coated", "(CCM)-coated", "PLGA/4T1", "CD4+"), since
# names begin and end there; "264.7" and "1,3" stay whole. English rules decide the rest.
_BREAKS = (
    r"[-\u2010-\u2015\u2212/\\+~:;()\[\]{}<>=*@\u00b7\u2022|\u2192\u00d7\u2122\u00ae&^_%\"']",
    r"(?<=[^\W\d_]),(?=\w)",
    r"(?<=\w),(?=[^\W\d_])",
)
_FULL_STOP = r"(?<=[A-Z0-9)\]])\."  # "IgE." and "hepatitis C." end a sentence more often than they abbreviate


@registry.tokenizers("coatmine.Tokenizer.v1")  # type: ignore[untyped-decorator]
def make_tokeniser() -> Callable[[Language], Tokenizer]:
    """Make spaCy's tokeniser with this field's breaks; the name to give in ``[nlp.tokenizer]`` of a config.cfg."""

    def make(nlp: Language) -> Tokenizer:
        tokeniser = cast(Tokenizer, registry.tokenizers.get("spacy.Tokenizer.v1")()(nlp))
        rules = nlp.Defaults
        tokeniser.infix_finditer = compile_infix_regex([*(rules.infixes or ()), *_BREAKS]).finditer
        tokeniser.suffix_search = compile_suffix_regex([*(rules.suffixes or ()), _FULL_STOP]).search
        return tokeniser

    return make
