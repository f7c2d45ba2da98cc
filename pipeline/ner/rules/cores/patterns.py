"""Materials that no list can hold, by how chemists write them: frameworks by number, compounds, polymers, "AuNPs"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.linking import Entry, Hit, Lexicon
from pipeline.ner.rules.words import any_of, words

_WORDS = words().core
_ELEMENT = (
    r"(?:H|He|Li|Be|B|C|N|O|F|Na|Mg|Al|Si|P|S|Cl|K|Ca|Sc|Ti|V|Cr|Mn|Fe|Co|Ni|Cu|Zn|Ga|Ge|As|Se|Br|Rb|Sr|Y|Zr|Nb|Mo|Ru|Rh"
    r"|Pd|Ag|Cd|In|Sn|Sb|Te|I|Cs|Ba|La|Ce|Pr|Nd|Sm|Eu|Gd|Tb|Dy|Ho|Er|Tm|Yb|Lu|Hf|Ta|W|Re|Os|Ir|Pt|Au|Hg|Tl|Pb|Bi)"
)
COMPOUND = re.compile(
    rf"(?=\w*[a-z\d])(?:{_ELEMENT}(?:\d+(?:\.\d+)?)?(?:[-\u2212\u2013]?[xy](?![a-z]))?){{2,6}}(?::\s?(?:\d+%\s?)?{_ELEMENT}(?:[,/]\s?(?:\d+%\s?)?{_ELEMENT})*(?:\d?[+])?)?"
)
"""The formula of a compound, with what it is doped with: "CdSe", "NaGdF4:Yb,Tm"."""
_FRAMEWORK = re.compile(
    r"(?<![\w@-])(?:ZIF|UiO|UIO|MIL|PCN|NU|HKUST|MOF|IRMOF|DUT|CAU|MUV|BUT|COF|HOF)-(?:\d{1,4}[A-Z]?|L)(?![\w])(?:\([A-Z][a-z]?\))?(?:-NH2|-COOH)?"
)
_METAL = r"(?:Al|Ti|Mn|Fe|Co|Ni|Cu|Zn|Ga|Zr|Mo|Nb|Ru|Pd|Ag|Cd|Sn|Gd|Hf|Ta|Re|Ir|Pt|Au|Bi|Ce|Yb|Er)"
_BARE_COMPOUND = re.compile(
    rf"(?<![\w@:/,.-])(?:(?=\w*\d)|(?=[A-Z]\w*{_METAL}|{_METAL}[A-Z])(?!PdI\b|CoA|PdISP)){COMPOUND.pattern}(?![\w@]|-\w)"
)
METAL_COMPOUND = re.compile(rf"(?=\w*{_METAL}){COMPOUND.pattern}")
"""The formula of a metal's compound, whatever it is used for: "CoCl2"."""
_SALT = re.compile(r"[HNCOSPFK]\d?[A-Z]|H\d|Na(?![A-Z]\w*F\d)|.*(?:Cl\d?|NO3|SO4)$")
"""Formulas of what is dissolved and of gases."""
_COMPOUND_NAME = re.compile(
    rf"(?<![\w-]){any_of(_WORDS.elements)}(?:\([IV]+\))?\s{any_of(_WORDS.anions)}(?![\w-])", re.IGNORECASE
)
"""An inorganic compound in words: "molybdenum oxide", "boron nitride"."""
_POLYMER = re.compile(
    r"(?<![\w-])(?:poly\s?\((?:[^()]|\([^()]*\)){3,60}\)"
    r"|poly(?!mer|clon|disper|morph|saccharid|phenol|peptid|ol\b)[a-z-]{3,}(?:ene|ide|ate|ester|ane|amine|amide|imide|ether|one|ole|acid))(?![\w])",
    re.IGNORECASE,
)
_SYMBOL = re.compile(r"(?<![\w@/-])(?P<symbol>(?:[A-Z][a-z]?\d?){1,3})N(?:P|R|C|S|D|St|Sh)s?(?![\w-])")
"""Particles by a formula and the initials of their form: "AuNPs", "AuNRs", "Fe3O4NPs"."""
_COORDINATED = re.compile(rf"(?<![\w@:/,.-]){_METAL}[-\u2013](?!DTPA|DOTA|EDTA|NOTA|DFO)[A-Z]{{2,6}}(?![\w@-])")
"""A metal and the ligand that it is coordinated with: "Fe-GA", "Hf-TCPP", but no contrast agent."""


def patterned(text: str, lexicon: Lexicon) -> Iterator[Hit]:
    """Materials by pattern, as if the lexicon had them."""
    for pattern, alone in ((_FRAMEWORK, "alone"), (_COMPOUND_NAME, ""), (_POLYMER, ""), (_COORDINATED, "")):
        for match in pattern.finditer(text):
            if not lexicon.lookup(match.group(), ("material",)):
                yield Hit(match.start(), match.end(), (_entry(match.group(), match.group(), alone),))
    for match in _BARE_COMPOUND.finditer(text):
        if not lexicon.lookup(match.group()) and not _SALT.match(match.group()):
            yield Hit(match.start(), match.end(), (_entry(match.group(), match.group(), ""),))
    for match in _SYMBOL.finditer(text):
        named = lexicon.lookup(match["symbol"], ("material",))
        if named and not lexicon.lookup(match.group()):
            yield Hit(
                match.start(), match.end(), (_entry(match.group(), f"{named[0].preferred} nanoparticle", "alone"),)
            )


def _entry(name: str, preferred: str, note: str) -> Entry:
    return Entry(name, None, preferred, "name", "material", "", "pattern", note)
