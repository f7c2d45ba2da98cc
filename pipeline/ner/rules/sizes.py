"""Particle sizes: a length in nanometres that the sentence says is a particle's, never a wavelength or a pore."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal

from pipeline.ner.rules.words import any_of, words
from pipeline.ner.state import Found, State
from pipeline.records import SizeFacts

_WORDS = words().size
_NUM = r"\d{1,4}(?:[.,]\d{1,3})?"
_UNIT = r"(?:(?:d\.\s?)?nm|nanomet(?:er|re)s?|(?-i:[µμ]m)|micromet(?:er|re)s?)"
SIZE = re.compile(
    rf"(?<![\w.,/])(?<![×x]\s)(?<!×)(?P<approx>{any_of(_WORDS.approximately)}[\s-]*)?(?P<open>\((?=[\d.]+\s?(?:±|\+/-|\+/−)\s?[\d.]+\)))?"
    rf"(?P<a>{_NUM})(?:[\s-]?(?P<u1>{_UNIT}))?"
    rf"(?:\s?(?P<op>±|\+/-|\+/−|–|—|−|-|~|to|and)\s?(?P<b>{_NUM})(?(open)\))(?:[\s-]?(?P<u2>{_UNIT}))?)?(?![\w%])",
    re.IGNORECASE,
)
_BEFORE_RANGE = re.compile(r"(?:between|from|rang\w+(?: of)?)\s*$", re.IGNORECASE)
_PARTICLES = re.compile(rf"\b{any_of(_WORDS.about_particles)}\b", re.IGNORECASE)
_PARTICLE_AFTER = re.compile(
    r"(?:[\s-]+sized)?\s+(?:wide|across|cores?|(?:nano)?particles?|NPs?|(?:nano)?vesicles?|spheres?)\b", re.IGNORECASE
)
_DISPERSED = re.compile(r"[\s,;(]{1,3}(?:(?:and|with)\s(?:a\s)?)?(?:PDI|poly-?dispers\w+)\b", re.IGNORECASE)
"""What follows the size of particles alone: how widely they are dispersed."""
_MEMBER = re.compile(
    rf"(?<![\w.,/(-])(?P<a>{_NUM})(?:\s?(?:±|\+/-|\+/−)\s?(?P<sd>{_NUM}))?\s?(?:,\s?(?:and\s|or\s)?|\s(?:and|or|to)\s)$"
)
"""A size without its unit in front of one that has it: "98, 112 and 125 nm"."""
_DIFFERENCE = re.compile(
    r"\s(?:larger|smaller|bigger|thicker|thinner|wider|greater|more|less)\b|[\s-](?:increase|growth)\b"
)
_SHIFTED = re.compile(
    r"\b(?:bands?|peaks?|absor\w+|emission|LSPR|plasmon|wavelength|maximum)\b[^.;]{0,40}\b\w*(?:shift|mov)\w*(?:\sfrom)?\s*$",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\b(?:by|add(?:s|ed|ing)|gained|(?:increase|increment|growth|difference|gain)(?:\sin\s(?:size|diameter|radius))?\sof)"
    r"\s*(?:about |approximately |~|ca\. )?$"
)
_OUTCOME = re.compile(
    r"\b(?:(?:arriv|end|settl|land)\w*(?:\sup)?\sat|c[ao]me(?:\sout)?\s(?:at|to)|averag(?:ed|ing)(?:\sat)?|amount(?:ed|ing)?\sto"
    r"|(?:hybrids?|products?|formulations?|constructs?|carriers?|decoys?|sponges?|bodies|platforms?)(?:,|:|\s\(|\sreach(?:ed)?)?(?:\sof)?)"
    r"[\s(]*$"
)
"""Words right before a length that give it as what came out, or as the size of what was made."""
_MEASURED = re.compile(
    r"(?P<what>[^.;,]{0,40})\bmeasur(?:ed|es|ing)\s(?:about |approximately |around |only |ca\. |~)?"
    r"(?:[\d.]+(?:\s?±\s?[\d.]+)?\s?nm\sand\s)?$"
)
_LAYERS = re.compile(
    r"shell|layer|pore|\bcoat\b|coatings?\b|membrane\s*$|gap|film|wall|thick|tumou?r|cells?\s*$", re.IGNORECASE
)
"""Subjects of "measured" that are no particles."""
_NAMED = re.compile(
    r"(?<![\w@/-])(?=[\w/-]*[A-Z])(?!UV|NIR|LED|Cy\d|Fig|Table)\w+(?:[-@/]\w+)+\s\((?:~|\u2248|ca\. |about )?$"
)
"""The written-out name of what was made, with an opened bracket: "PLT-E (157 nm)"."""
_WITH_COAT = re.compile(r"\s(?:with|without|including)\s(?:its\s|their\s|the\s|a\s)?(?:coat|membrane|cloak)\b")
_AT_THIS_SIZE = re.compile(
    r",?\s(?:the|these|they|it|such)\b(?!.*\b(?:light|laser|irradiat|absor|extinct|excit|emi(?:t|ss)|fluoresc|transparen|spectr))"
    r"[^.;]*\b(?:is|are|was|were|had|could|can|passed?|remain|circulat|small|larg)",
    re.IGNORECASE,
)
"""Behind a size at the head of a sentence: "At 138 nm the crystals were larger than ..."."""
_GREW = re.compile(r"\b(?:growth|grew|grown)\sfrom\s(?:about |approximately |~)?$")
_LONGEST_AT: Final = 300  # nm; light is longer
_NUMBERED = re.compile(
    r"\b(?:days?|weeks?|groups?|hours?|batch|lane|panel|cycles?|pH|Fig\w*\.?|Tables?|n\s?=)\s?$", re.IGNORECASE
)
"""Words before a number that counts something else, and is no member of a list of sizes."""
_KEPT_OUT = re.compile(
    r"\s(?:were|was|are|is)\s(?:\w+ly\s)?(?:removed|rejected|discarded|excluded|filtered|eliminated|pelleted)\b"
)
_AGGREGATES = re.compile(r"\baggregates?\b[^.;]{0,40}$", re.IGNORECASE)
_GAPS = re.compile(
    r"\b(?:gaps?|fenestr\w+|sinusoids?|capillar\w+|junctions?|clefts?|openings?|MMAD|spheroids?|organoids?)\b[^.;,]{0,40}$",
    re.IGNORECASE,
)
"""What bodies have that is measured in the lengths of particles, and a droplet's aerodynamic size."""
_MICRO = re.compile(r"\bmicro(?:particle|sphere|gel|capsule|bead|carrier|robot|motor)s?\b", re.IGNORECASE)
_AT = re.compile(r"\bat\s*$", re.IGNORECASE)
_SIZED = re.compile(r"\b(?:sizes?|sized|diameters?|hydrodynamic|Z-average)\b", re.IGNORECASE)
_OTHER_BEFORE = re.compile(
    rf"(?:\b{any_of(_WORDS.of_light_and_pores_before)}\b|\b(?:em|ex)\.|@)(?:[\s,:=(]+{any_of(_WORDS.between)}){{0,5}}\s*[(,=:]?\s*$",
    re.IGNORECASE,
)
_OTHER_AFTER = re.compile(
    r"\s*,?\s?(?:\)?\s*)?(?:(?:thick|thin|outer|outermost|uniform|membrane|organic)\s)*"
    + any_of(_WORDS.of_light_and_pores_after),
    re.IGNORECASE,
)
_OTHERS_SIZE = re.compile(
    rf"\b{any_of(_WORDS.others_sizes)}(?:[\s,:=(]+{any_of(_WORDS.between)}){{0,3}}\s*$", re.IGNORECASE
)
"""The size or diameter of something that is no particle."""
_CORE = re.compile(rf"\b{any_of(_WORDS.of_the_core)}\b", re.IGNORECASE)
_COATED = re.compile(rf"\b{any_of(_WORDS.of_the_coated)}\b", re.IGNORECASE)
_COATING = re.compile(r"coat|camoufl|cloak|membrane|fusion|wrap", re.IGNORECASE)
_GROWTH = re.compile(rf"\b{any_of(_WORDS.growth)}\b", re.IGNORECASE)
_TO_ANOTHER = re.compile(r"[^.;]{0,45}?\bto\s+(?:about |approximately |ca\. |~)?\d")
_FROM = re.compile(r"\bfrom\s+(?:about |approximately |ca\. |~|\w+\s)?$")
_BECAME = re.compile(r"\b(?:became|turned into|yield\w+|gave|giving|to)\s+(?:about |approximately |around |ca\. |~)?$")
_BEFORE_AND_AFTER = re.compile(r"\bbefore and after\b[^.]*$", re.IGNORECASE)
_BECOMES = re.compile(r"[^,;.]{0,25}?\s(?:became|grew to|increased to|rose to)\s")
_ANOTHER = r"(?:about |ca\. |~|by DLS, )?[\d.]+(?:\s?±\s?[\d.]+)?\s?nm"
_THEN_COATED = re.compile(
    r"(?:\s\w+){0,2}\sbefore\b"
    rf"|[^.]{{0,45}}?(?:\b(?:and|to|by DLS,)|[;,:])\s{_ANOTHER}\s\(?(?:\w+\s)?"
    r"(?:after|upon|once|with (?:the |an? )?(?:[\w-]+ )?(?:coat|membrane|cloak))"
    r"|[^.;]{0,30}[;,]?\s(?:and )?(?:after|upon|once) (?:coating|cloaking|camouflaging|wrapping|coated|cloaked|wrapped)"
    r" (?:to )?[\d.]+\s?(?:±|nm)"
    r"|[^.;]{0,30}[;,]?\s(?:and )?(?:the )?coated,?(?: \w+)? [\d.]+\s?(?:±|nm)"
)
"""Behind the size of a core: the coated particle's, "76 nm before and 88 nm after hiding"."""
_OF_THE_MATERIAL = re.compile(
    r"\blateral\s(?:size|dimension|width)s?\b[^.;]*$|\bpores? (?:sizes? )?of [\d.–-]+ nm\b[^.;]*$", re.IGNORECASE
)
"""In front of a size that only what lies below the coat has."""
_IN_BRACKETS = re.compile(
    r"\s?\((?:(?P<bare>bare|uncoated|naked|pristine|cores?|before|without)|coated|cloaked|camouflaged|wrapped|disguised|dressed"
    r"|enveloped|after|with)\b"
)
"""Behind a size, what it is of: "71.2 nm (bare)"."""
_LONG = re.compile(r"\s(?:long|in length)\b")
_ONE_MORE = re.compile(r"\s?(?:nm)?\s?(?:and|to|,)\s(?:about |~)?\d")
_CORE_NEXT = re.compile(r"[-\s]cores?\b")
_CORE_AFTER = re.compile(r"[^,;.]{0,40}?\b(?:for|in|of) (?:the )?(?:bare|uncoated|naked|pristine|cores?)\b")


def parse(match: re.Match[str], text: str, unit: str | None = None) -> tuple[int, int, SizeFacts] | None:
    """The range and the facts of a matched size; ``unit`` is the heading's where the cell gives none."""
    both = match["b"] is not None and _one_size(match, text)
    last = "2" if both else "1"
    shown = match[f"u{last}"] or match["u1"] or unit
    if not shown:
        return None
    if match["open"] and not both:
        return None
    end = match.end(f"u{last}") if match[f"u{last}"] else match.end("b" if both else "a")
    approximate = bool(match["approx"]) and match["approx"].strip()[0] not in "<>≤≥"
    facts = SizeFacts(value=_number(match["a"]), unit="nm" if shown[0] in "ndN" else "µm", approximate=approximate)
    if both and match["op"] in _SPREAD:
        facts = facts.model_copy(update={"sd": _number(match["b"])})
    elif both:
        low, high = facts.value, _number(match["b"])
        if low >= high:
            return None
        facts = facts.model_copy(update={"value": round((low + high) / 2, 3), "low": low, "high": high})
    return match.start("open" if match["open"] else "a"), end, facts


_SPREAD = ("±", "+/-", "+/−")


def _one_size(match: re.Match[str], text: str) -> bool:
    """Whether the two numbers are one size (a spread or a range), not two."""
    sign = match["op"].casefold()
    if sign in _SPREAD:
        return True
    if match["u1"] and not match["u2"]:
        return False  # "100 nm and 5"
    if sign == "and" or (sign == "to" and match["u1"]):
        return _BEFORE_RANGE.search(text, max(0, match.start() - 30), match.start()) is not None
    return True


def _number(text: str) -> float:
    if re.fullmatch(r"\d{1,3},\d{3}", text):
        return float(text.replace(",", ""))
    return float(text.replace(",", "."))


def name_of(facts: SizeFacts) -> str:
    """A size as its mention's name: the value in its unit, or the range."""
    if facts.low is not None and facts.high is not None:
        return f"{facts.low:g}\u2013{facts.high:g} {facts.unit}"
    return f"{facts.value:g} {facts.unit}"


def find(text: str, state: State) -> Iterator[Found]:
    """Every particle size in the text."""
    at = 0
    while match := SIZE.search(text, at):
        at = match.end()
        parsed = parse(match, text)
        if parsed is None:
            at = match.end("a")
            continue
        start, end, facts = parsed
        at = end
        begin, stop = state.sentence(start)
        left, right = text[begin : match.start()], text[end:stop]
        of_core = _of_named_core(text, start, end, state)
        if not _plausible(facts, left, right) or not (
            of_core
            or _opens(facts, left, right)
            or _is_particle_size(left, right, _core_beside(start, end, begin, stop, state))
        ):
            continue
        score = 0.9 if _SIZED.search(left[-80:] + right[:40]) else 0.7
        for first, last, one in (*_members(text, begin, match, facts), *_apart(start, end, facts, match, left)):
            named = of_core or _of_bare_core(text, first, state)
            of = "core" if named else _measured(text[begin:first], text[last:stop])
            size = one.model_copy(update={"of": of})
            yield Found(first, last, "SIZE", name_of(size), score, "rule", "sizes", size=size)


def _apart(
    start: int, end: int, facts: SizeFacts, match: re.Match[str], left: str
) -> Iterator[tuple[int, int, SizeFacts]]:
    """A range, or the two sizes that it is where a particle grows: "increased from 95 to 110 nm"."""
    grows = match["op"] == "to" and _FROM.search(left) and _GROWTH.search(left[-90:])
    if not grows or facts.low is None or facts.high is None:
        yield start, end, facts
        return
    middle = match.end("u1") if match["u1"] else match.end("a")
    for first, last, value in ((start, middle, facts.low), (match.start("b"), end, facts.high)):
        yield first, last, SizeFacts(value=value, unit=facts.unit, approximate=facts.approximate)


def _members(text: str, begin: int, match: re.Match[str], facts: SizeFacts) -> Iterator[tuple[int, int, SizeFacts]]:
    """The sizes of a list that share this one's unit, in front of it."""
    at = match.start()
    while (match["op"] in (None, *_SPREAD)) and (member := _MEMBER.search(text, max(begin, at - 30), at)):
        at = member.start()
        if _NUMBERED.search(text, max(begin, at - 12), at):
            return
        end = member.end("sd") if member["sd"] else member.end("a")
        sd = _number(member["sd"]) if member["sd"] else None
        yield at, end, SizeFacts(value=_number(member["a"]), unit=facts.unit, sd=sd)


def _core_beside(start: int, end: int, begin: int, stop: int, state: State) -> bool:
    """Whether a core's name stands in the sentence, as near as a word for particles would have to."""
    first, last = max(begin, start - 100), min(stop, end + 50)
    return any(first <= f.start and f.end <= last for f in state.cores_between(first, last))


_PARENTHESIS = re.compile(r"\s?\((?:~|\u2248|ca\.?|about|approximately|around)?\s*$")
_FOR = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:for|in the case of) (?:the )?")


def _of_named_core(text: str, start: int, end: int, state: State) -> bool:
    """Whether the size is tied to a core by name: "PLGA NPs (90 nm)", "90 nm for PLGA NPs"."""
    cores = state.cores_between(start - 200, end + 60)
    opened = _PARENTHESIS.search(text, max(0, start - 20), start)
    if opened and any(opened.start() in (f.end, f.phrase_end) for f in cores):
        return True
    after = _FOR.match(text, end)
    return after is not None and any(f.start == after.end() for f in cores)


def _of_bare_core(text: str, start: int, state: State) -> bool:
    """Whether a size follows a core's name with "of", and nothing in front of the name tells of a coat."""
    of = _OF_SIZE.search(text, max(0, start - 40), start)
    core = next(
        (f for f in state.cores_between(start - 240, start) if of is not None and of.start() in (f.end, f.phrase_end)),
        None,
    )
    if core is None or _COATED_NEXT.match(text, start):
        return False
    return _WORN.search(text, max(0, core.start - 30), core.start) is None


_COATED_NEXT = re.compile(r"[\d.±\s]+[nµμ]m,\s(?:coated|cloaked|camouflaged|wrapped|covered)\b")
_OF_SIZE = re.compile(
    r"\s(?:of|with (?:a )?(?:mean |average )?(?:sizes?|diameters?) of)\s(?:about |approximately |around |ca\. |~)?$"
)
_WORN = re.compile(
    r"(?:coat(?!\w*\sonto?\b)|cloak|camouflag|wrapp|cover|envelop|disguis|dress|hidden|membrane)\w*\s(?:\w+\s)?$|M@$",
    re.IGNORECASE,
)


def _plausible(facts: SizeFacts, left: str, right: str) -> bool:
    """Whether a length can be a particle's: up to 5 µm, or 200 µm where the words beside it speak of microspheres."""
    nanometres = facts.value * (1000 if facts.unit == "µm" else 1)
    micro = _MICRO.search(left[-60:]) or _MICRO.match(right.lstrip())
    return 1 <= nanometres <= (200_000 if micro else 5000)


def _is_particle_size(left: str, right: str, core: bool) -> bool:
    """Whether the words around a length, or a core beside it, speak of particles: not of light, pores or layers."""
    if _is_of_others(left, right):
        return False
    near = left[-70:]
    if _is_given(near) or _WITH_COAT.match(right) or _PARTICLE_AFTER.match(right) or _DISPERSED.match(right):
        return True
    if (other := _OTHER_BEFORE.search(near)) and not _SIZED.search(near, other.start()):
        return False
    if _SIZED.search(left[-120:]) or _SIZED.search(right[:60]):
        return True
    return core or _PARTICLES.search(left[-100:]) is not None or _PARTICLES.search(right[:50]) is not None


def _is_given(near: str) -> bool:
    """Whether the words right before a length give it as the size of what was made."""
    measured = _MEASURED.search(near)
    if measured is not None and not _LAYERS.search(measured["what"]):
        return True
    return any(pattern.search(near) for pattern in (_NAMED, _OUTCOME, _GREW))


def _opens(facts: SizeFacts, left: str, right: str) -> bool:
    """Whether a sentence opens with the size of what it speaks of: "At 138 nm the crystals were larger than ..."."""
    short = facts.unit == "nm" and facts.value <= _LONGEST_AT
    return short and left.strip().casefold() == "at" and _AT_THIS_SIZE.match(right) is not None


def _is_of_others(left: str, right: str) -> bool:
    """Whether a length is a difference, or is said outright to be of something that is no particle."""
    after = _OTHER_AFTER.match(right) or _DIFFERENCE.match(right)
    near = left[-70:]
    at_a_wavelength = _AT.search(near) and not (_SIZED.search(near[-45:]) or _OUTCOME.search(near))
    before = at_a_wavelength or _BY.search(left) or _OTHERS_SIZE.search(left[-60:]) or _SHIFTED.search(left[-90:])
    kept_out = _KEPT_OUT.match(right) or _AGGREGATES.search(left) or _GAPS.search(left)
    return bool(after or before or kept_out)


def _measured(left: str, right: str) -> Literal["coated", "core"]:
    """Whether this size is the bare core's: the nearest word that tells decides, else the coated particle's."""
    if told := _IN_BRACKETS.match(right):
        return "core" if told["bare"] else "coated"
    if _grows_from(left, right):
        return "core"
    if _BECAME.search(left):
        return "coated"
    if _BEFORE_AND_AFTER.search(left):
        return "core" if _ONE_MORE.match(right) else "coated"
    known = _THEN_COATED.match(right) or _CORE_AFTER.match(right) or _CORE_NEXT.match(right) or _is_length(left, right)
    if known or _OF_THE_MATERIAL.search(left) or _last(_CORE, left) > _last(_COATED, left):
        return "core"
    return "coated"


def _is_length(left: str, right: str) -> bool:
    """Whether a size is how long something is of which nothing tells that it was coated."""
    return _LONG.match(right) is not None and not (_COATED.search(left) or _COATED.search(right[:25]))


def _grows_from(left: str, right: str) -> bool:
    """Whether a size is the one from which a coat makes a particle grow: "from 110 nm to 128 nm after coating"."""
    grows = _TO_ANOTHER.match(right) and (_GROWTH.search(left[-90:]) or _FROM.search(left))
    if grows and (_COATING.search(left) or _COATING.search(right)):
        return True
    return bool(_BECOMES.match(right) and _COATING.search(right))


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((m.start() for m in pattern.finditer(text)), default=-1)
