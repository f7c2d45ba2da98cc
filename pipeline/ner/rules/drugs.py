"""Drugs and other cargo: lexicon hits, abbreviations of the document, nucleic acids by their pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.linking import Entry, Hit
from pipeline.linking.linker import settle
from pipeline.ner.rules import cargo
from pipeline.ner.rules.cells import longest
from pipeline.ner.rules.cores import names_material
from pipeline.ner.rules.reagents import bought, carried, feeds_culture, in_buffer, labels_antibody, only_stains
from pipeline.ner.rules.surfaces import occurrences
from pipeline.ner.rules.words import words
from pipeline.ner.state import MentionCandidate, State
from pipeline.ranges import Ranges
from pipeline.roles import Context

_WORDS = words().drug
_SOURCE = Context("drug.source")
_SOURCE_BEHIND = Context("drug.source-behind")
_ENZYME = Context("drug.enzyme")
_MEASURED = Context("drug.enzyme-measured")
_ACTED_ON = Context("drug.acted-on")
_AMBIGUOUS = frozenset(_WORDS.ambiguous)
"""Abbreviations of drugs that mean other things as often; they count where the words beside them speak of cargo."""
_KNOWN_SHORT = frozenset(_WORDS.known_short)
"""Those of them for which it is enough that the sentence speaks of cargo."""
_FACTORS = frozenset(("IL-2", "IL-12", "IL-15", "GM-CSF", "BMP-2"))
"""Those that cells secrete and cultures are fed with: they count where something is loaded or delivered."""
_CARGO = Context("drug.about-cargo")
_CARGO_AFTER = Context("drug.cargo-behind")
_CARGO_BEFORE = re.compile(
    r"(?:load\w*|encapsulat\w*|deliver\w*|carr\w+|co-?deliver\w*|releas\w*|free|incorporat\w*|entrap\w*"
    r"|(?:differentiated|primed|stimulated|polari[sz]ed|treated)\swith)\s+"
    r"(?:with\s+|of\s+|the\s+|both\s+|drug\s+|chemotherapeutic\s+|model\s+|anticancer\s+|agents?\s+|by\s+"
    r"|[\w-]+ and )*$",
    re.IGNORECASE,
)
_LOADED_AFTER = Context("drug.put-in-behind")
_LOADED_BEFORE = Context("drug.put-in-before")
_RECOMBINANT = Context("drug.recombinant")
_CLASSES = ("agonist", "antagonist", "inhibitor")
_CODE_NEXT = Context("drug.class-code")
_NO_DRUG_AFTER = Context("drug.not-behind")

_NO_TARGET = (
    r"(?:The|This|These|Those|And|Of|With|total|RNA|For|In|On|At|To|From|By|As|Using|Free|Naked|Each|No|Scrambled|Control|NC"
    r"|Both|FITC|Cy\d(?:\.\d)?|Here|Thus|Then|When|While|Since|After|Before|Because|However|Although|If|Its|Their|Our|Such|Most"
    r"|Many|Some|Two|Three|New|Long|Small|Therapeutic|Messenger|Synthetic|Modified|Purified|Encapsulated|Loaded|Released"
    r"|Delivered|Delivering|Intact|Endogenous|Exogenous|Circulating|Cellular|Viral|Functional|Where|Whether|Neither|Only|Loading"
    r"|Exosomal|Vesicular|Plasma|Serum|Lip|COVID-19|Multiple|Various|Packaging|Packaged|Condensed|Adding|Added|Fluorescent|Labell?ed)"
)
"""Words before a nucleic acid that do not name its target."""
_NUCLEIC = re.compile(
    r"(?<![\w/-])(?:"
    rf"(?!{_NO_TARGET}[- ])(?:[A-Z][A-Za-z\u0370-\u03ff0-9-]{{1,9}}|anti-[A-Z]\w+|[a-z]?[A-Z]\w{{1,7}})[- ]"
    r"(?:siRNA|shRNA|miRNA|mRNA|circRNA|ASO|RNP|antisense oligonucleotides?|plasmid|pDNA)s?"
    r"|(?:siRNA|shRNA|miRNA|microRNA|mRNA|sgRNA)[-\s]?"
    r"(?:(?:targeting|against|encoding|for|to)\s+(?:the\s+)?(?:[A-Z]\w*|[a-z]\d+|[a-z]+(?:in|ase)\b)(?:-\w+)?"
    r"|(?!(?:LNP|NP|NC|NV|EV|COVID|SARS|Vaccine|Therap|Deliver|Lipid|Nano|Load|Encapsul|Complex|Cargo|Transfect)\w*"
    r"|[A-Z][a-z]+(?:tion|ment|ing|sis|ity|ies|els|ers|ery)\b)[A-Z0-9][\w-]*)(?:\s(?:mimics?|inhibitors?))?"
    r"|(?:plasmids?|pDNA)\sencoding\s(?:the\s)?[A-Z][\w-]*"
    r"|mRNA\s(?:encoding|coding(?:\sfor)?)\s(?:the\s)?(?:murine\s|mouse\s|human\s)?[\w-]+"
    r"|(?:p53|p21|interleukin-\d+|luciferase|ovalbumin|survivin|insulin|erythropoietin)\s(?:mRNA|siRNA|plasmids?|pDNA)"
    r"|(?:si|sh)(?=[A-Z]{2})[A-Z][A-Z0-9]{1,7}(?:-[A-Z]?\d)?(?![A-Za-z])"
    r"|(?:si|sh)[A-Z][a-z]{1,5}-?\d\w?"
    r"|(?:anti-?)?(?:miR|microRNA|miRNA|let)-?\d+[a-z]?(?:-[35]p)?(?:\s(?:mimics?|inhibitors?|antagomirs?|antagonists?|sponges?|oligonucleotides?))?"
    r"|(?:siRNA|shRNA|small interfering RNA|microRNA|miRNA|antagomir|mRNA|messenger RNA)s?|(?:anti-)?miRs"
    r")(?!\w)"
)
_UNTOLD = ("sirna", "shrna", "mirna", "microrna", "mrna", "small interfering rna", "messenger rna", "antagomir")
_OF_NOTHING = frozenset([*_UNTOLD, *(f"{kind}s" for kind in _UNTOLD), "mirs", "anti-mirs"])
"""Nucleic acids without a target: cargo only where the sentence says so."""
_KINDS = ("siRNA", "shRNA")
"""Nucleic acids that no cell makes by itself: loaded once, each mention is of the cargo."""
_MICRO = re.compile(r"(?:miR|microRNA|miRNA|let)-?\d+[a-z]?(?:-[35]p)?")
"""A microRNA by its number: given as such or as its mimic, or only measured."""
_MARKERS = frozenset(("microrna", "micrornas", "mirna", "mirnas"))
_WITH_CARRIER = Context("drug.nucleic-carrier")
_MADE_TO_ACT = (" mimic", " inhibitor", " antagomir", " antagonist", " sponge", " oligonucleotide")
_NUMBER = re.compile(r"\d+[a-z]?")
_AGAINST = re.compile(r"\s(?:against|targeting)\s")
_LEVEL = re.compile(
    r"s?\s(?:levels?|expression|abundance|transcripts?|was (?:up|down)|were (?:up|down)|decreas|increas|rose|fell)"
)
_CARRIER = re.compile(r"-([A-Z]\w+)(?![\w@])")
_SALT = Context("drug.salt")
_ANTIBODY = Context("drug.antibody")


def find(text: str, state: State) -> Iterator[MentionCandidate]:
    """Every drug or other cargo."""
    found = [*_nucleic_acids(text, state), *_known(text, state)]
    yield from found
    yield from cargo.find(text, state, found)


def _known(text: str, state: State) -> Iterator[MentionCandidate]:
    """Drugs and cargo that the lexicon has, and the document's abbreviations of them."""
    drugs = longest(state.hits, "drug")
    for hit in drugs:
        found = _drug(hit, text, state)
        if found is not None:
            yield found
    known = Ranges(drugs)
    for hit in longest(state.hits, "chemical"):
        if not known.over(hit.start, hit.end) and _is_cargo(hit, text, state.limits.loading):
            link = settle(hit.entries, text[hit.start : hit.end])
            made = _RECOMBINANT.before(text, hit.start)
            yield MentionCandidate(
                made.start() if made else hit.start, hit.end, "DRUG", link.name, 0.6, "lexicon", "chemicals",
                curie=link.curie, candidates=link.candidates,
            )  # fmt: skip
    yield from _defined(text, state)


def _nucleic_acids(text: str, state: State) -> Iterator[MentionCandidate]:
    """siRNA, miRNA, mRNA, plasmids: by the pattern of their names."""
    matches = list(_NUCLEIC.finditer(text))
    loaded = {kind for m in matches if carried(text, m.start(), state) for kind in _KINDS if kind in m.group()}
    given = {number for m in matches if _is_given(m, text, state) for number in _NUMBER.findall(m.group())}
    for match in matches:
        end, name = match.end(), match.group()
        if (target := _AGAINST.search(name)) and text[: match.start()].lower().endswith("the "):
            end, name = match.start() + target.start(), name[: target.start()]
        here = carried(text, match.start(), state) or _WITH_CARRIER.behind(text, match.end()) is not None
        if name.casefold() in _MARKERS or (
            _MICRO.fullmatch(name) and not (here or given.intersection(_NUMBER.findall(name)))
        ):
            continue  # a marker, or what cells make
        if name.casefold() in _OF_NOTHING and not (here or any(kind in name for kind in loaded)):
            continue
        expressed = name.endswith("mRNA") and not here
        if expressed and _LEVEL.match(text, end):
            continue  # what cells express
        yield MentionCandidate(
            match.start(), end, "DRUG", name, 0.85, "rule", "nucleic_acids", priority=2,
            supposed=expressed,
        )  # fmt: skip


def _is_given(match: re.Match[str], text: str, state: State) -> bool:
    """Whether a nucleic acid is said to be loaded, or made to act as another or against it."""
    name = match.group()
    acts = name.startswith("anti") or name.removesuffix("s").endswith(_MADE_TO_ACT)
    return acts or carried(text, match.start(), state)


def _is_cargo(hit: Hit, text: str, reach: int) -> bool:
    """Whether a chemical that is no drug by itself is said to be loaded or delivered."""
    if hit.entries[0].source == "curated":
        loaded = _LOADED_AFTER.behind(text, hit.end) or _LOADED_BEFORE.before(text, hit.start, hit.start - reach)
        return loaded is not None
    surface = text[hit.start : hit.end]
    if not (surface.islower() or surface.istitle()) or "nanoparticle" in surface:
        return False
    after = _CARGO_AFTER.behind(text, hit.end)
    return after is not None or _CARGO_BEFORE.search(text, max(0, hit.start - reach), hit.start) is not None


def _drug(hit: Hit, text: str, state: State) -> MentionCandidate | None:
    surface = text[hit.start : hit.end]
    entries: Sequence[Entry] = hit.entries
    kind, end = "lexicon", hit.end
    unsure = _needs_cargo(surface) and not carried(text, hit.start, state)
    if surface.islower() and len(surface) < 6 and entries[0].source == "mesh":
        return None
    if (
        surface.casefold() in _MARKERS
        or (surface[0].islower() and _NO_DRUG_AFTER.behind(text, end))
        or _serves(surface, hit, text, state)
    ):
        return None
    if _is_code(surface):
        long = state.abbreviations.get(surface)
        if long is not None:
            entries, kind = _resolve(long, state), "abbreviation"
        if not entries:
            return None
        unsure = unsure or (long is None and surface in _AMBIGUOUS and not _meant(surface, hit, text, state))
    link = settle(entries, surface)
    if link.name.startswith("anti-") and only_stains(link.name, text, hit.start, end, state):
        return None
    end = _extended(surface, end, link.name, entries, text)
    return MentionCandidate(
        hit.start, end, "DRUG", link.name, 0.9, kind, "drugs",
        curie=link.curie, candidates=link.candidates, priority=1, supposed=unsure,
    )  # fmt: skip


def _extended(surface: str, end: int, name: str, entries: Sequence[Entry], text: str) -> int:
    """Where a drug's name ends with its charge, its salt, the word for antibodies, or for what acts against it."""
    if text[end : end + 1] == "+" and entries[0].name.endswith("+"):
        return end + 1
    salt = _SALT.behind(text, end) if surface.isalpha() else None
    antibody = _ANTIBODY.behind(text, end) if name.startswith("anti-") else None
    behind = salt or antibody or _ACTED_ON.behind(text, end)
    return behind.end() if behind else end


def _serves(surface: str, hit: Hit, text: str, state: State) -> bool:
    """Whether a name only serves: in a formulation's name, a culture or a buffer, as a label, for a whole class."""
    return (
        _in_formulation(surface, hit.end, text, state)
        or labels_antibody(text, hit.start, hit.end)
        or (surface.rstrip("s").endswith(_CLASSES) and _is_class(hit, text, state))
        or (all(e.subtype == "stain" for e in hit.entries) and bought(text, hit.start, state))
        or _is_source(hit, text)
        or _ENZYME.behind(text, hit.end) is not None
        or (surface.endswith("ase") and _MEASURED.behind(text, hit.end) is not None)
        or in_buffer(text, hit.start, state)
        or feeds_culture(text, hit.start, hit.end, state)
    )


def _is_class(hit: Hit, text: str, state: State) -> bool:
    """Whether the name of a class only says what a drug beside it is."""
    return _CODE_NEXT.behind(text, hit.end) is not None or cargo.explains_drug(text, hit.start, hit.end, state)


def _is_source(hit: Hit, text: str) -> bool:
    """Whether a plant is only what something is won from."""
    if hit.entries[0].subtype != "plant":
        return False
    return _SOURCE.before(text, hit.start) is not None or _SOURCE_BEHIND.behind(text, hit.end) is not None


def _needs_cargo(surface: str) -> bool:
    """Whether a name is of nucleic acids or tools for them that cells have or are given as often as particles."""
    return surface.casefold() in _OF_NOTHING or "CRISPR" in surface


def _in_formulation(short: str, end: int, text: str, state: State) -> bool:
    """Whether an abbreviation of the document stands in a formulation's own name: "VNB-TSL"."""
    carrier = _CARRIER.match(text, end) if short in state.abbreviations else None
    return carrier is not None and names_material(state.abbreviations.get(carrier[1], ""), state)


def speaks_of_cargo(text: str, start: int, end: int) -> bool:
    """Whether the stretch ``[start, end)`` speaks of loading, delivery or treatment."""
    return _CARGO.within(text, start, end) is not None


def _meant(surface: str, hit: Hit, text: str, state: State) -> bool:
    """Whether the words around an ambiguous abbreviation speak of cargo."""
    if surface in _FACTORS and not carried(text, hit.start, state):
        return False
    if "@" in (text[hit.start - 1 : hit.start], text[hit.end : hit.end + 1]) or _CARGO_AFTER.behind(text, hit.end):
        return True
    if _CARGO_BEFORE.search(text, max(0, hit.start - state.limits.loading_of_short), hit.start):
        return True
    return surface in _KNOWN_SHORT and speaks_of_cargo(text, *state.sentence(hit.start))


def _resolve(long: str, state: State) -> list[Entry]:
    """The drug that a long form names: the whole of it, or a drug's name inside it."""
    if state.lexicon is None:
        return []
    if whole := state.lexicon.lookup(long, ("drug",)):
        return whole
    hits = [h for h in state.lexicon.find(long) if any(e.type == "drug" for e in h.entries)]
    if not hits:
        return []
    best = max(hits, key=lambda h: h.end - h.start)
    if best.end - best.start < state.limits.long_form * len(long):
        return []
    return [e for e in best.entries if e.type == "drug"]


def _defined(text: str, state: State) -> Iterator[MentionCandidate]:
    """Abbreviations that the document defines as a drug, though no lexicon has them."""
    if state.lexicon is None:
        return
    for short, long in state.abbreviations.items():
        if state.lexicon.lookup(short, ("drug",)):
            continue
        entries = _resolve(long, state)
        if not entries or long.casefold() in _OF_NOTHING:
            continue
        link = settle(entries, long)
        for start, end in occurrences(text, short, before="-"):
            if _in_formulation(short, end, text, state):
                continue
            yield MentionCandidate(
                start, end, "DRUG", link.name, 0.85, "abbreviation", "drugs", curie=link.curie, priority=1
            )


def _is_code(surface: str) -> bool:
    """Whether a name is an abbreviation or a code, which may mean other things."""
    return len(surface) <= 7 and (
        sum(c.isupper() for c in surface) >= 2 or surface in _AMBIGUOUS or any(c.isdigit() for c in surface)
    )
