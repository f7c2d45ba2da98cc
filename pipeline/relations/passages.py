"""Which sentences speak of which study: in a review a stretch of sentences belongs to the study it cites."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from pipeline.document import Block, Document
from pipeline.relations.references import cited_by_author
from pipeline.sentences import Range, split

_PROSE: Final = frozenset({"paragraph", "list_item", "abstract"})

_ANAPHORA = re.compile(
    r"""(?:(?:as\ a\ result|moreover|furthermore|in\ addition|additionally|importantly|notably|interestingly|meanwhile
        |besides|then|consequently|subsequently|finally|thus|therefore|hence|also|here|in\ vivo|in\ vitro|after\ \w+)
        ,?\s+)*
    (?:they|their|it|its|these|this|those|such|both|compared|treatment|\w+\ results
    |the\ (?:authors?|team|group|researchers|same|resulting|obtained|as-prepared|final|coated|cloaked|camouflaged
        |biomimetic|carriers?|coat(?:ing)?|nano\w*|particles?|nps?|formulations?|systems?|platforms?|vaccines?
        |membranes?|vesicles?|product|loaded|hybrid|drug|in\ vivo|in\ vitro|results?|finding|treated|study|work))\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""A sentence that opens like this goes on about what was spoken of before."""
_OPENING = re.compile(
    r"""(?:(?:[Mm]ore\ )?[Rr]ecently|[Ss]imilarly|[Ll]ikewise|For\ (?:example|instance)|Another|Others?\b
    |In\ (?:another|one|a|the|their)\ (?:\w+\ )?(?:study|work|report|example|laboratory|case|attempt|approach)
    |In\ (?:a\ )?(?:recent|related|similar|separate|further|different|follow-up|parallel)
        \ (?:\w+\ )?(?:study|work|report)
    |A(?:nother|n\ interesting)\ (?:group|team|study|approach)|As\ (?:an|another)\ example|Two\ further
    |(?:One|A)\ (?:(?:similar|different|further|second|third|recent)\ )?
        (?:group|team|study|example|approach|strategy|work)
    |[A-Z][\w'’-]+\ (?:et\ al\b|and\ (?:co-?workers|colleagues)|and\ [A-Z]))""",
    re.VERBOSE,
)
"""A sentence that opens like this introduces a study."""
_GENERAL = re.compile(
    r"""(?:in\ (?:summary|general|conclusion|short|total|this\ (?:section|review|digest)|recent\ years)|overall
    |altogether|taken\ together|to\ (?:date|summari[sz]e|sum\ up)|so\ far|until\ now|generally|collectively
    |despite\ (?:the|these)
    |many|most|several|various|numerous|all\ (?:of\ )?these|nowadays|currently|future
    |the\ (?:field|following|above|studies|rule)|it\ (?:is|has\ been)\ (?:well\ )?known|for\ decades)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""A sentence that opens like this speaks of no study in particular."""


@dataclass(slots=True)
class Stretch:
    """The sentences of a review that speak of one study.

    Attributes:
        study: the reference's key.
        ranges: ``[start, end)`` of the sentences, in the order of the text.
    """

    study: str
    ranges: list[Range] = field(default_factory=list)


def stretches(document: Document) -> list[Stretch]:
    """The stretches of a document, in the order of the text; a sentence of several citations belongs to none.

    A stretch begins where a study is cited, or before that where it is introduced ("In another study, ..."), and holds
    until the next study or a general remark. It goes on into a new paragraph only with a word that points back.
    """
    found: list[Stretch] = []
    current: Stretch | None = None
    for block in document.blocks:
        if block.kind in _PROSE:
            current = _read_paragraph(document, block, current, found)
        elif block.kind == "caption":
            _read_caption(document, block, found)
        elif block.kind == "heading":
            current = None
    return found


def _read_paragraph(document: Document, block: Block, current: Stretch | None, found: list[Stretch]) -> Stretch | None:
    """Append this paragraph's sentences to stretches; returns the one that a following paragraph may go on with."""
    waiting: list[Range] = []  # sentences since an introduction whose citation is still to come
    for index, (start, end) in enumerate(split(document.text, block.start, block.end)):
        sentence = document.text[start:end]
        keys = cited(document, start, end)
        refers_back = _ANAPHORA.match(sentence) is not None
        if len(keys) == 1:
            if current is None or current.study != keys[0]:
                current = Stretch(keys[0], list(waiting))
                found.append(current)
            current.ranges.append((start, end))
            waiting = []
        elif keys or _GENERAL.match(sentence):
            current, waiting = None, []
        elif _OPENING.match(sentence):
            current, waiting = None, [(start, end)]
        elif waiting:
            waiting.append((start, end))
        elif current is not None and (index > 0 or refers_back):
            current.ranges.append((start, end))
        else:
            current = None
    return current


def _read_caption(document: Document, block: Block, found: list[Stretch]) -> None:
    """A figure taken from one study speaks of that study; one that cites several does so sentence by sentence."""
    if re.match(r"\s*tab", document.text[block.start : block.end], re.IGNORECASE):
        return
    ranges = split(document.text, block.start, block.end)
    keys = [cited(document, *r) for r in ranges]
    together = list(dict.fromkeys(key for some in keys for key in some))
    if len(together) == 1:
        found.append(Stretch(together[0], ranges))
    else:
        found.extend(Stretch(some[0], [r]) for some, r in zip(keys, ranges, strict=True) if len(some) == 1)


def cited(document: Document, start: int, end: int) -> list[str]:
    """The studies cited in a sentence: by citation, else by author and year or author "et al."."""
    keys = [key for citation in document.citations_in(start, end) for key in citation.references]
    return list(dict.fromkeys(keys or cited_by_author(document, document.text[start:end])))
