"""Cargo that no lexicon has, by its context: "Ag85B-loaded", "the STING agonist diABZI", "131I", "OSI-906".

A code or an abbreviation is a drug where the text loads it, puts a class of drugs in front of it, or gives it in
brackets behind a drug's name; isotopes, companies' codes and stems of nonproprietary names speak for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.linking import Lexicon
from pipeline.ner.rules.cores import names_material
from pipeline.ner.rules.reagents import bought, carried
from pipeline.ner.rules.surfaces import occurrences
from pipeline.ner.rules.words import any_of, suppliers, words
from pipeline.ner.state import MentionCandidate, State
from pipeline.roles import Context

_WORDS = words().drug
_TOLD = (
    r"(?:co|label|load|encapsul|laden|coat|based|trac|radio|conjug|enrich|decay|chelat|contain|PET|modif|bind|bound|induc|mediat|treat"
    r"|resist|sensitiv|free|like|specific|bear|positiv|deficien|tagg|stain|doped|decorat|functionali|express|grafted|linked|to)"
)
"""Beginnings of words that a hyphen ties to a name and that are no part of it."""
_CODE = (
    r"(?:\d{1,2}-)?[A-Za-z\u0370-\u03ff][\w\u0370-\u03ff'\u2019]{0,12}"
    rf"(?:-(?!{_TOLD})[\w\u0370-\u03ff]{{1,12}}){{0,2}}"
)
"""A word that may be a code; whether it is one, :func:`_is_code` tells."""
_LOADED = r"(?:co-?)?(?:loaded|encapsulated|entrapped|laden)"
_NAMED_AS_LOADED = re.compile(
    rf"(?<![\w@/.-])(?P<before>{_CODE})(?:[-\u2010\u2011]{_LOADED}\b"
    r"|(?:\s\([^)]{1,15}\))?(?:\s(?:and|or|plus)\s(?:the\s)?(?:[\w-]+\s){0,2}[\w-]+(?:\s\([^)]{1,15}\))?)?"
    rf"\s(?:was|were|is|are)\s(?:\w+ly\s|then\s|first\s|also\s)*{_LOADED}\s(?:in|into|within|inside|on|onto|by)\b)"
    rf"|\b(?:co-?)?(?:load(?:ed|ing)|encapsulat(?:ed|es|ing|ion)|entrap(?:ped|ping))"
    rf"(?:\s(?:with|of)|(?<=encapsulating)|(?<=entrapping))\s(?:the\s)?"
    rf"(?P<after>{_CODE})(?![\w@/])"
)
"""A code that the text says is loaded, before or after the word that says so."""
_CLASSED = re.compile(
    rf"\b(?P<kind>{any_of(_WORDS.classes)}|(?P<needy>{any_of(_WORDS.classes_of_proteins)}))"
    rf"(?:,?\s(?:called|named|namely|termed))?\s(?P<code>{_CODE})(?![\w@/]|\s\d{{2}}|,\d)"
)
"""A class of drugs in front of a code."""
_EXPLAINED = re.compile(
    rf"(?<![\w@/.-])(?P<code>{_CODE})(?:,|\s\()\s?(?:an?|the)\s(?:[\w/-]+\s){{0,4}}{any_of(_WORDS.classes)}\b"
)
"""A class of drugs behind a code: "NLG919, an IDO inhibitor"."""
_ELEMENT = r"[A-Z][a-z]?"
_MASS = r"(?:1[0-9]|[2-9]\d|1\d\d|2[0-2]\d)m?"
_ISOTOPE = re.compile(
    rf"(?<![\w.,/-])(?:\[{_MASS}{_ELEMENT}\](?:-?(?!{_TOLD})[A-Za-z]\w*)?"
    rf"|{_MASS}{_ELEMENT}(?:-(?!{_TOLD})[A-Za-z]\w*){{0,3}}"
    rf"|{_ELEMENT}-{_MASS}(?![\w-])"
    rf"|(?:{any_of(_WORDS.elements)})-\d{{2,3}}m?)(?![\w\u2013])",
)
"""A radionuclide, with the ligand that carries it: "131I", "64Cu-DOTA", "lutetium-177"."""
_NUCLIDES = frozenset(_WORDS.nuclides)
_COMPANY_CODE = re.compile(rf"(?<![\w@/-])(?:{any_of(_WORDS.code_prefixes)})[- ]?\d{{3,7}}[A-Z]?(?!\w|-\d)")
_STEM = re.compile(rf"(?<![\w-])[A-Za-z][a-z]{{3,}}{any_of(_WORDS.stems)}(?![\w])")
_IN_BRACKETS = re.compile(r"\s\((?P<code>[A-Za-z\u0370-\u03ff][\w\u0370-\u03ff.+\u2019'-]{1,11})[),;]")
_IN_ITS_BRACKET = re.compile(r",\s(?P<code>[A-Za-z][\w-]{1,7})\)")
"""An abbreviation in one bracket with the drug: "(sitagliptin, Sitag)"."""
_WORD_LOADED = re.compile(
    r"(?<![\w-])(?!\w*(?:protein|peptide|antigen|toxin|vaccine|kine|nucleotide|medicine|membrane|vitamin|hormone|gene)-)"
    rf"(?P<word>[A-Za-z][a-z]{{4,}}(?:in|ine|one|ol|ide|ane|ene|ate|il|am|ib|ab|ir|azole))(?=-{_LOADED}\b)"
)
"""A word that ends as names of drugs do, and is said to be loaded: "piceamycin-loaded"."""
_MADE_OF_PEPTIDE = re.compile(
    r"(?<![\w@/-])(?<!through the )(?<!via the )(?!(?:The|This|These|An?|Each|Our|No|All|Such)\b)"
    r"[A-Z\u0370-\u03ff][\w\u0370-\u03ff-]*[A-Z\d\u0370-\u03ff][\w\u0370-\u03ff-]*"
    r"\s(?:peptides?|aptamers?|PROTACs?|degraders?|antigens?|nanobod(?:y|ies)|affibod(?:y|ies)|toxin)\b"
    r"(?!(?:\s?[-\u2010]|\s)(?:modif|conjugat|functionali[sz]|decorat|targeted))"
)
"""A peptide or the like by its sequence's or target's name: "KLA peptide", "AS1411 aptamer"."""


_TARGET = (
    r"(?:(?:immune )?checkpoint|[a-z]+ kinase|proteasome|[A-Za-z][a-z]{3,}ase|[a-z]+ receptor"
    r"|[A-Z][\w\u0370-\u03ff/-]*[A-Z\d\u0370-\u03ff][\w/-]*)"
)
_BY_TARGET = re.compile(
    rf"(?<![\w/-]){_TARGET}\s(?:inhibitors?|agonists?|antagonists?|blockers?|degraders?|activators?)"
    rf"(?![\w-])(?!\s(?:{_CODE}(?<=[A-Z\d])|cocktail|tablet|drug))"
)
"""A drug that is called by what it acts on alone: "DPP4 inhibitor", "immune checkpoint inhibitors"."""
_EXPLAINS = re.compile(r"(?:,| \(|, which is| is)\s?(?:an?|the)\s(?:[\w-]+\s)?$")
_LAST_CODE = re.compile(rf"(?<![\w-]){_CODE}$")
_EXTRACT = re.compile(
    r"(?<![\w-])(?:[A-Z][a-z]{3,}\s[a-z]{4,}|(?:green tea|grape seed|turmeric|ginger|garlic|propolis|olive leaf"
    r"|rosemary|aloe vera|ginseng|licorice|pomegranate|cannabis))\s(?:extracts?|(?:essential )?oils?"
    r"|polysaccharides?)(?![\w-])"
)
"""What was won from a plant: "Ginkgo biloba extract"."""
_HERBAL = Context("drug.plants-listed")
"""Words that open a list of plants."""
_PLANT = re.compile(r"(?<![\w-])[A-Z][a-z]{3,}\s[a-z]{4,}(?:a|us|is|um|i|ale|ense|ans|ens)(?![\w-])")
"""Plants in a list of what is given: "herbal drugs such as Ginkgo biloba"."""
_SHORTENED = re.compile(
    r"(?<![\w-])(?P<word>[A-Za-z][a-z]{5,}(?:in|ine|ol|one|ide|ane|il|am|ib|ab|ir|azole|oside|ate))"
    r"\s\((?P<short>[A-Z][A-Za-z]{1,5}\d?)\)"
)
"""A word that ends as names of drugs do, and has an abbreviation: "pachypodol (Pac)"."""
_ACTS = Context("drug.does")
"""Words of a sentence that tells of a substance what it does."""
_PROTEIN = (
    "actin", "ectin", "tulin", "bulin", "bumin", "globin", "ritin", "ratin", "minin", "herin", "grin", "tenin", "entin",
    "brin", "mbin", "astin", "lin", "ysin", "otein", "ferrin", "roline", "umane", "alone", "edicine", "achine",
    "outine", "aseline", "itochondrial", "domain", "brane", "estimate", "substrate", "climate", "control", "protocol",
    "alcohol", "late", "strate", "aspartate", "glutamate",
)  # fmt: skip
"""Ends of proteins' names and of common words, which are abbreviated as drugs are."""


def find(text: str, state: State, known: Iterable[MentionCandidate]) -> Iterator[MentionCandidate]:
    """Drugs that the lexicon lacks, given those that it has."""
    known = list(known)
    named: dict[str, MentionCandidate] = {}
    yield from _by_target(text, state)
    for found in (*_by_itself(text, state), *_by_context(text, state), *_shortened(text, state)):
        named.setdefault(text[found.start : found.end], found)
        yield found
    for short, drug in (*_in_brackets(text, state, known), *_beginnings(text, state, known)):
        named.setdefault(short, drug)
    for name, found in named.items():  # what was told once holds throughout
        if found.component in ("isotopes", "stems", "codes"):
            continue
        longer = [short for short in state.abbreviations if len(short) > len(name) and short.startswith(name)]
        for start, end in occurrences(text, name, before="@/-", behind="@"):
            if _numbered(text, end) or any(text.startswith(short, start) for short in longer):
                continue  # "OBB" of "OBB-CD"
            yield replace(found, start=start, end=end, score=0.7, priority=0)


def _numbered(text: str, end: int) -> bool:
    """Whether a name goes on with a hyphen and a number: "OSI" of "OSI-906"."""
    return text[end : end + 1] == "-" and text[end + 1 : end + 2].isdigit()


def _by_itself(text: str, state: State) -> Iterator[MentionCandidate]:
    """Names whose shape says that they are drugs."""
    for match in _ISOTOPE.finditer(text):
        nuclide = re.search(r"\d+m?[A-Z][a-z]?|[A-Z][a-z]?-\d+m?", match.group())
        if nuclide is None or _nuclide(nuclide.group()) in _NUCLIDES:
            yield _drug(match.start(), match.end(), match.group(), "isotopes", 0.85)
    for match in _COMPANY_CODE.finditer(text):
        if not _is_other(match.group(), state):
            yield _drug(match.start(), match.end(), match.group(), "codes", 0.8)
    for match in _STEM.finditer(text):
        if match.start() not in state.drugs and not _is_other(match.group(), state):
            yield _drug(match.start(), match.end(), match.group().lower(), "stems", 0.75)


def _nuclide(name: str) -> str:
    """A nuclide in one spelling: "131I" of "I-131"."""
    element, dash, mass = name.partition("-")
    return f"{mass}{element}" if dash else name


def _by_target(text: str, state: State) -> Iterator[MentionCandidate]:
    """Drugs by what they act on, with their abbreviations, and extracts of plants."""
    plants = (m for h in _HERBAL.every(text) for m in _PLANT.finditer(text, h.end(), state.sentence(h.start())[1]))
    for match in (*_BY_TARGET.finditer(text), *_EXTRACT.finditer(text), *plants):
        if bought(text, match.start(), state) or _tells_of_drug(text, match, state):
            continue
        found = _drug(match.start(), match.end(), match.group(), "targets", 0.6)
        yield found
        short = _IN_BRACKETS.match(text, match.end())
        if short and short["code"] in state.abbreviations:
            for start, end in occurrences(text, short["code"], before="@/-", behind="@-"):
                yield replace(found, start=start, end=end, kind="abbreviation")


def _tells_of_drug(text: str, match: re.Match[str], state: State) -> bool:
    """Whether a class only explains the drug beside it: "the TLR7 agonist imiquimod", "RSL3, a GPX4 inhibitor"."""
    return match.end() + 1 in state.drugs or explains_drug(text, match.start(), match.end(), state)


def explains_drug(text: str, start: int, end: int, state: State) -> bool:
    """Whether a class of drugs ``[start, end)`` only explains the drug named before it: "RSL3, a GPX4 inhibitor"."""
    explained = _EXPLAINS.search(text, max(0, start - 24), start)
    if explained is None or text.startswith(" (", end):
        return False
    code = _LAST_CODE.search(text, max(0, explained.start() - 20), explained.start())
    return explained.start() in state.drug_ends or (code is not None and _is_code(code.group(), state))


def _shortened(text: str, state: State) -> Iterator[MentionCandidate]:
    """Words that the text abbreviates, and that end as names of drugs do."""
    for match in _SHORTENED.finditer(text):
        word, short = match["word"], match["short"]
        if (
            word.casefold().endswith(_PROTEIN)
            or not short.lower().startswith(word[0].lower())
            or any(_is_other(name, state) or _is_drug(name, state) for name in (word, short))
            or not (carried(text, match.start(), state) or _ACTS.within(text, *state.sentence(match.start())))
        ):
            continue
        yield _drug(match.start(), match.end("word"), word, "shortened", 0.65)
        yield replace(_drug(*match.span("short"), word, "shortened", 0.65), kind="abbreviation")


def _by_context(text: str, state: State) -> Iterator[MentionCandidate]:
    """Codes that the words beside them make drugs."""
    for match in _NAMED_AS_LOADED.finditer(text):
        group = "before" if match["before"] else "after"
        if _is_code(match[group], state):
            yield _drug(match.start(group), match.end(group), match[group], "loaded", 0.75)
    for pattern in (_CLASSED, _EXPLAINED):
        for match in pattern.finditer(text):
            needy = "needy" in match.re.groupindex and match["needy"] is not None
            if _is_code(match["code"], state) and not (needy and not carried(text, match.start(), state)):
                yield _drug(match.start("code"), match.end("code"), match["code"], "classed", 0.75)
    for match in _MADE_OF_PEPTIDE.finditer(text):
        if carried(text, match.start(), state):
            yield _drug(match.start(), match.end(), match.group(), "peptides", 0.7)
    for match in _WORD_LOADED.finditer(text):
        if not _is_other(match["word"], state):
            yield _drug(match.start(), match.end(), match["word"], "loaded", 0.65)


def _in_brackets(text: str, state: State, known: Iterable[MentionCandidate]) -> Iterator[tuple[str, MentionCandidate]]:
    """Abbreviations in brackets right behind a drug, whatever their letters: "sinoporphyrin sodium (DVDMS)"."""
    for drug in known:
        match = _IN_BRACKETS.match(text, drug.end) or _IN_ITS_BRACKET.match(text, drug.end, drug.end + 16)
        if (
            match is None
            or (match.re is _IN_ITS_BRACKET and text[drug.start - 1 : drug.start] != "(")
            or _is_drug(match["code"], state)
        ):
            continue
        loaded = drug.component == "chemicals" and carried(text, drug.start, state)
        if (loaded or drug.component == "nucleic_acids") and match["code"] in state.abbreviations:
            yield match["code"], replace(drug, kind="abbreviation", priority=0)
        elif match["code"] not in state.abbreviations and (
            _is_code(match["code"], state) or _begins(match["code"], text[drug.start : drug.end])
        ):
            yield match["code"], replace(drug, kind="abbreviation", component="drugs", priority=0)


_CAPITAL = re.compile(r"(?<![\w-])(?P<short>[A-Z][a-z]{2,3})(?![\w])")


def _beginnings(text: str, state: State, known: Iterable[MentionCandidate]) -> Iterator[tuple[str, MentionCandidate]]:
    """The beginning of a drug's name as its abbreviation, used more than once where cargo is spoken of: "Sun"."""
    names = {text[d.start : d.end].casefold(): d for d in known if d.end - d.start > 6}
    places: dict[str, list[int]] = {}
    for match in _CAPITAL.finditer(text):
        places.setdefault(match["short"], []).append(match.start())
    for short, starts in places.items():
        drug = next((d for name, d in names.items() if name.startswith(short.casefold())), None)
        if drug is None or len(starts) < 2 or short in state.abbreviations or _is_other(short, state):
            continue
        common = next(occurrences(text, short.lower()), None) is not None
        if not common and all(carried(text, at, state) or text[at - 1] == "@" for at in starts[:2]):
            yield short, replace(drug, kind="abbreviation", component="drugs", priority=0)


def _begins(short: str, name: str) -> bool:
    """Whether an abbreviation is the beginning of a name: "Sitag" of sitagliptin."""
    return len(short) > 2 and short[0].isupper() and name.casefold().startswith(short.casefold())


def _is_code(word: str, state: State) -> bool:
    """Whether a word is a code or an abbreviation that means nothing else here."""
    capitals = sum(c.isupper() for c in word)
    shaped = capitals >= 2 or (capitals == 1 and any(c.isdigit() for c in word))
    particle = "@" in word or word.endswith(_ENDS_OF_PARTICLES) or word.startswith(_BEGINS_OF_PARTICLES)
    if not shaped or particle or word.isdigit() or word.casefold() in _NO_CODE or word in suppliers():
        return False
    long = state.abbreviations.get(word)
    if long is not None and (names_material(long, state) or _IS_NO_DRUG.within(long)):
        return False
    return not _is_other(word, state)


_NO_CODE = frozenset(name.casefold() for name in _WORDS.no_codes)
_ENDS_OF_PARTICLES = ("NP", "NPs", "NC", "NCs", "M", "some", "somes")
_BEGINS_OF_PARTICLES = ("CM", "CCM", "RBC", "MOF", "PLGA", "PEG", "DSPE")
"""The looks of what is loaded, not of what it is loaded with."""
_IS_NO_DRUG = Context("drug.no-drug")


def _is_other(word: str, state: State) -> bool:
    """Whether the lexicon knows a word as something that is no drug."""
    lexicon = state.lexicon
    if lexicon is None:
        return False
    return any(_means_other(part, lexicon) for part in dict.fromkeys((word, word.partition("-")[0])))


def _is_drug(word: str, state: State) -> bool:
    return state.lexicon is not None and bool(state.lexicon.lookup(word, ("drug",)))


def _means_other(word: str, lexicon: Lexicon) -> bool:
    entries = lexicon.lookup(word)
    if any(e.type == "drug" for e in entries):
        return False
    return any(
        e.type in ("material", "form", "cell_line", "cell_type", "modality", "disease", "strain", "nonspecific")
        or (e.type == "blocklist" and e.subtype != "protein")
        for e in entries
    )


def _drug(start: int, end: int, name: str, component: str, score: float) -> MentionCandidate:
    return MentionCandidate(start, end, "DRUG", name, score, "rule", component, priority=0)
