"""What stands around a mention: its role, negation and hypothesis.

The cues are short phrases to the left and right of the mention within its sentence.
"""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.ner.state import Found, State, state_of
from pipeline.records import Role

REACH = 90
"""Characters to each side in which a cue counts."""

_MEMBRANE_RIGHT = re.compile(
    r"^(?:'s|\u2019s)?(?:[\s-]+(?:\([\w\s/-]{1,15}\)|[\w-]*(?:cancer|tumou?r|carcinoma|melanoma|glioma|breast|lung|murine|human|cell|cells|"
    r"plasma|line|lines|derived|macrophages?|fibroblasts?|the|and|or|source|membrane-derived|outer|mouse|leukemia|myeloma|colon|[A-Z]\w*\d\w*))[,]?){0,6}"
    r"[\s-]+(?:membran\w+|membrane-\w+|CM\b|ghosts?|vesicles?\b(?!\s+of)|nanoghosts?)"
    r"|^[-\s](?:coated|camouflaged|cloaked|mimicking|derived (?:membran|vesic|nanoves|exosom))"
    r"|^M[@-]|^\s+(?:cells?\s+)?(?:were|was) (?:chosen|selected|used|employed) as (?:the )?(?:membrane|source)"
    r"|^\s+(?:cells?\s+)?(?:as|served as) (?:the )?(?:membrane|source)"
    r"|^[\w\s-]{0,20}(?:were|was) (?:lysed|homogenized|homogenised|sonicated|fragmented|broken)"
    r"|^[\w\s-]{0,12} (?:fragments|ghosts|coat(?:ing|s)?)\b"
)
_MEMBRANE_LEFT = re.compile(
    r"(?:(?:membran\w*|CMs?|vesicles?|ghosts?|fragments)(?:\s+\(\w+\))?\s+(?:\w+\s+){0,2}?(?:of|from|obtained|derived|extracted|isolated|purified|prepared|harvested|collected|originating)"
    r"(?:\s+from)?|(?:coat|camouflag|cloak|wrap|disguis|cover|functionali[sz]|encapsulat|decorat)\w*\s+(?:\w+\s+){0,4}?(?:with|by|in|within|inside)"
    r"|source (?:of (?:the )?(?:membranes?|cell membranes?)|cells?)|membrane (?:donors?|source)s?(?::| was| were)?)"
    r"(?:\s+(?:the|a|an|mouse|murine|human|rat|autologous|homologous|purified|fresh|live|cultured|source|breast|lung|cancer|tumou?r|either|both|melanoma|carcinoma|glioma|activated|natural|patient-derived|of|from|parent(?:al)?|cells?|lines?)){0,5}\s*$"
    r"|(?:shell|coat(?:ing)?|layer|corona) (?:of|from)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_TEST_LEFT = re.compile(
    r"(?:incubated? with|against|toward|towards|uptake (?:by|in|of)|internali[sz]\w+ (?:by|in|into)|taken up by|toxicity (?:to|in|of|on|against)|"
    r"inoculat\w+ (?:with|of)|inject\w+ with|kill(?:ed|ing|s)?(?: of)?|treated|inhibit\w* (?:the )?\w*\s*(?:of|in)|viability of|apoptosis (?:of|in)|"
    r"bearing|implant\w+ with|adhe\w+ to|bind\w* to|binding (?:to|with)|target\w* (?:to )?|recogni[sz]\w+ (?:of|by)|challenged with|lysis of|cultured|co-cultured with|"
    r"in(?:side|to)?|by|on|from|of|to|with|for|metastatic|transfected|xenografted?)\s+(?:the |live |cultured |homologous |murine |human |mouse |source |parental |both )*$",
    re.IGNORECASE,
)
_TEST_RIGHT = re.compile(
    r"^(?:[\s-]+[\w/-]+){0,4}?[\s-]+(?:cells?|tumou?rs?|xenografts?|bearing|spheroids?|models?|mice|lines?)\b",
    re.IGNORECASE,
)

_CARGO_RIGHT = re.compile(
    r"^(?:\s*\([^)]{1,15}\))?(?:[\s-]*(?:and|/|,|&)\s*[\w()-]+){0,2}[\s-]+(?:co-?)?(?:loaded|load|loading|encapsulat\w+|entrapped|laden|bearing nano\w+|conjugated|incorporated|carrying|containing|doped|delivery|release|payload|prodrug|dimer|liposom\w+|nanoparticles?|NPs|nano\w+|was (?:loaded|encapsulated)|were (?:co-)?(?:loaded|encapsulated)|(?:is|are|was|were) (?:\w+ )?(?:loaded|encapsulated|incorporated|entrapped|embedded|delivered|released|adsorbed|co-delivered|packed|sealed))"
    r"|^@"
)
_CARGO_LEFT = re.compile(
    r"(?:load\w*|encapsulat\w*|entrap\w*|incorporat\w*|carr(?:y|ies|ied|ying)|contain\w*|deliver\w*|release\w*|releasing|releases|embedd\w+|pack\w+|payload|cargo|drug|drugs|seal\w+|adsorb\w+|consist\w+ of|compos\w+ of|fill\w+|equipped)"
    r"(?:\s+(?:with|of|by|the|both|drug|drugs|agent|agents|model|anticancer|chemotherapeutic|chemotherapeutics|photosensiti[sz]ers?|hydrophobic|hydrophilic|adjuvants?|inhibitors?|molecules?|a|an|as|sensiti[sz]er|sonosensiti[sz]er|dye|into|in|such|[\w-]+(?:-\d)?\s+inhibitor|high|amounts?|enzyme|toll-like|receptor|\d|agonist|prodrug|therapeutic|small|molecule|antibiotic|immune|chemo\w*|efficiency|capacity|content|cytotoxic|natural|product|encapsulated|loaded)){0,6}"
    r"(?:\s+[\w\u0370-\u03ff-]+(?:\s*\([^)]{1,15}\))?\s*(?:,|and|plus|/|with)\s*(?:the )?(?:[\w-]+ ){0,3}?)?\s*\(?$"
    r"|[\w)]@$|\bof\s+encapsulated\s+$",
    re.IGNORECASE,
)
_FREE_LEFT = re.compile(
    r"(?:\bfree|\bbare|\bnaked|\bunencapsulated|\bcommercial|compared (?:with|to)(?: that of)?(?: the)?|than(?: that of)?(?: the)?(?: free)?|versus|vs\.?|rather than|superior to|treated with(?: the)? free|soluble)\s+$",
    re.IGNORECASE,
)
_FREE_RIGHT = re.compile(
    r"^(?:\s*\([^)]{1,15}\))?\s+(?:alone|solution|injection|monotherapy|only)\b|^-treated (?:group|mice)"
)
_REAGENT_LEFT = re.compile(
    r"(?:stain\w+ (?:with|by)|label\w+ (?:with|by)|purchased|dissolved in|induced by|pretreated with|stimulated with|supplemented with|anesthetized with|dyed with|inhibitors?:?)\s+(?:the )?$",
    re.IGNORECASE,
)
_REAGENT_RIGHT = re.compile(
    r"^(?:\s*\([^)]{1,15}\))?(?:[\s-](?:labell?ed|label|stained|staining|tagged)\b|\s+(?:was|were) (?:purchased|obtained from|bought|provided|supplied)|[\s-](?:induced|stimulated|treated|resistant|sensitive)\b)"
)

_NEGATION_LEFT = re.compile(
    r"(?:\bno|\bnot|\bwithout|\bneither|\bnor|\bnever|\babsence of|\black(?:s|ed|ing)?(?: of)?|\bdevoid of|\bfree of|\bexcluding|\brather than|\binstead of|\bexcept(?: for)?|\bfailed to|\bunlike|\bcannot|n't)"
    r"(?:\s+[\w-]+){0,4}\s*$",
    re.IGNORECASE,
)
_NEGATION_STOP = re.compile(r"[,;:]|\b(?:but|however|although|whereas|while|only|which|that)\b", re.IGNORECASE)
_NEGATION_RIGHT = re.compile(
    r"^(?:-free\b|\s+(?:cells?\s+)?(?:was|were|is|are|did|does|do|could|can) not\b(?! only))", re.IGNORECASE
)
_HYPOTHESIS = re.compile(
    r"(?:\b(?:may|might|could|potential(?:ly)?|promising for|hypothesi[sz]\w+|expected to|envision\w*|possib(?:le|ly)|in the future|future|would|can be extended to|"
    r"applicable to|has been proposed|remains to be|whether|if)\b)(?:\s+[\w-]+){0,9}\s*$",
    re.IGNORECASE,
)


def annotate_context(text: str, state: State) -> None:
    """Set role, negation and hypothesis of every finding."""
    for found in state.found:
        start, end = state.sentence(found.start)
        left = text[max(start, found.start - REACH) : found.start]
        right = text[found.end : min(end, found.end + REACH)]
        if found.role == "unknown":
            found.role = role_of(found, left, right)
        found.negated = found.negated or negated(left, right)
        found.hypothetical = found.hypothetical or _HYPOTHESIS.search(left) is not None


def role_of(found: Found, left: str, right: str) -> Role:
    """The role that the words around a mention give it."""
    if found.label in ("CELL_LINE", "CELL_TYPE"):
        return _cell_role(found, left, right)
    if found.label == "CORE":
        return "core"
    if found.label == "DRUG":
        return _drug_role(found, left, right)
    return "unknown"


def _cell_role(found: Found, left: str, right: str) -> Role:
    if _MEMBRANE_RIGHT.search(right) or _MEMBRANE_LEFT.search(left):
        return "membrane_source"
    if found.label == "CELL_TYPE":
        return "unknown"
    if _TEST_LEFT.search(left) or _TEST_RIGHT.search(right):
        return "test_cells"
    return "unknown"


def _drug_role(found: Found, left: str, right: str) -> Role:
    if _FREE_LEFT.search(left) or _FREE_RIGHT.search(right):
        return "comparator"
    if _REAGENT_LEFT.search(left) or _REAGENT_RIGHT.search(right):
        return "reagent"
    if found.note == "label":
        return "reagent"
    if _CARGO_RIGHT.search(right) or _CARGO_LEFT.search(left):
        return "cargo"
    return "unknown"


def negated(left: str, right: str) -> bool:
    """Whether the mention is said not to be, or not to have been used."""
    match = _NEGATION_LEFT.search(left)
    if match and not _NEGATION_STOP.search(match.group()) and not re.match(r"not only", match.group(), re.IGNORECASE):
        return True
    return _NEGATION_RIGHT.search(right) is not None


@Language.factory("coatmine_context")
class Context:
    """The component that sets roles, negation and hypothesis."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Annotate every finding of the Doc."""
        annotate_context(doc.text, state_of(doc))
        return doc
