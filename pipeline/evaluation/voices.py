"""Marked texts: names are marked inline, records stand below the text.

A file is one text: ``kind: ...``, the title, an empty line, the text, ``---``, and the records, one JSON object per
line.
A name is marked as ``{{surface|LABEL|role|study}}``. See corpus/voices/README.md.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

from pipeline.document import Reference, Script
from pipeline.errors import GoldError
from pipeline.evaluation.gold import GoldValue, in_parts
from pipeline.records import FIELD_OF, FIELDS, FieldName, Label, Mention, Role, fold

_TAG: Final = re.compile(r"</?(?:sub|sup|b|i)>")
_RAISED: Final[Mapping[str, Literal["subscript", "superscript"]]] = {"<sub>": "subscript", "<sup>": "superscript"}
_REFERENCES: Final = re.compile(r"(?m)^References$")
_UNKNOWN: Final = frozenset({"none", "template", "other"})
_MARK: Final = re.compile(
    r"\{\{(?P<surface>.+?)\|(?P<label>[A-Z_]+)\|(?P<role>[a-z_]+)\|(?P<study>[^|{}]+)\}\}", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked name: ``[start, end)`` in the text without marks.

    Attributes:
        start: where it begins, in code points.
        end: where it ends.
        label: its label.
        role: its role, in the words of the corpus.
        study: ``self``, the printed key of a study, or ``-``.
    """

    start: int
    end: int
    label: str
    role: str
    study: str


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text of a voice.

    Attributes:
        id: the file's stem; its first two letters are the voice.
        kind: abstract, letter, excerpt, review or negative.
        text: the title, an empty line and the text, as they are read from a .txt file.
        marks: the names, in the order of the text.
        records: what a reader makes of it; none for a text without a coat.
    """

    id: str
    kind: str
    text: str
    marks: tuple[Mark, ...]
    records: tuple[Mapping[str, Any], ...]

    @property
    def voice(self) -> str:
        """Who wrote it."""
        return self.id.partition("-")[0]


def read_text(path: Path) -> MarkedText:
    """A text with its marks and records.

    Raises:
        GoldError: the file is not as the corpus' page says.
    """
    head, _, body = path.read_text(encoding="utf-8").partition("\n")
    if not head.startswith("kind: "):
        raise GoldError(f"{path}: the first line is not 'kind: ...'")
    body, _, below = body.rpartition("\n---")
    text, marks = _unmark(body.strip("\n"), path)
    records = tuple(json.loads(line) for line in below.splitlines() if line.strip())
    return MarkedText(path.stem, head.removeprefix("kind: ").strip(), text, marks, records)


def read_voice(folder: Path) -> Iterator[MarkedText]:
    """The texts of a voice, in the order of their names."""
    for path in sorted(folder.glob("*.txt")):
        yield read_text(path)


def _unmark(body: str, path: Path) -> tuple[str, tuple[Mark, ...]]:
    marks: list[Mark] = []
    parts: list[str] = []
    at = size = 0
    for match in _MARK.finditer(body):
        between = body[at : match.start()]
        size += len(between)
        surface = match["surface"]
        if match["label"] not in get_args(Label):
            raise GoldError(f"{path}: {match.group()} has no label of {', '.join(get_args(Label))}")
        marks.append(Mark(size, size + len(surface), match["label"], match["role"], match["study"]))
        parts += [between, surface]
        size += len(surface)
        at = match.end()
    text = "".join([*parts, body[at:]])
    if "{{" in text or "}}" in text:
        raise GoldError(f"{path}: a mark is not closed")
    return text, tuple(marks)


def without_tags(text: MarkedText) -> tuple[MarkedText, tuple[Script, ...]]:
    """The text as it is printed, and which of its characters are raised or lowered."""
    cuts: list[tuple[int, int]] = []
    scripts: list[Script] = []
    opened = gone = 0
    for tag in _TAG.finditer(text.text):
        at = tag.start() - gone
        gone += len(tag.group())
        cuts.append((tag.start(), len(tag.group())))
        if tag.group() in _RAISED:
            opened = at
        elif tag.group() in ("</sub>", "</sup>") and at > opened:
            scripts.append(Script(start=opened, end=at, kind=_RAISED[tag.group().replace("/", "")]))

    def moved(place: int) -> int:
        return place - sum(length for start, length in cuts if start < place)

    marks = tuple(replace(mark, start=moved(mark.start), end=moved(mark.end)) for mark in text.marks)
    return replace(text, text=_TAG.sub("", text.text), marks=marks), tuple(scripts)


def with_tags(text: str, scripts: Iterable[Script]) -> str:
    """A text with tags around its raised and lowered characters, as readers of plain text know them."""
    parts: list[str] = []
    at = 0
    for script in scripts:
        tag = "sub" if script.kind == "subscript" else "sup"
        parts += [text[at : script.start], f"<{tag}>", text[script.start : script.end], f"</{tag}>"]
        at = script.end
    return "".join([*parts, text[at:]])


def reference_list(text: str) -> tuple[int, int] | None:
    """Where the list of references stands; what is named in it is no mention."""
    heading = _REFERENCES.search(text)
    return (heading.start(), len(text)) if heading else None


def role_of(mark: Mark) -> Role | Literal["negated"]:
    """The role of a mark in the words of :data:`pipeline.records.Role`, or ``negated``."""
    if mark.role == "model" and mark.label in ("CELL_LINE", "CELL_TYPE"):
        return "test_cells"
    if mark.role in _UNKNOWN or (mark.role == "background" and mark.label != "DISEASE"):
        return "unknown"
    return cast(Role, mark.role)


def placed(marks: tuple[Mark, ...], text: str, document_text: str) -> list[Mark]:
    """The marks of a text where they stand in the document that a reader made of it.

    A reader joins lines, strips mark-up and folds ligatures, so each mark is looked for behind the one before it. One
    that is not found is left out.
    """
    found: list[Mark] = []
    at = 0
    for mark in marks:
        pattern = r"\s*".join(re.escape(c) for c in _bare(text[mark.start : mark.end]))
        hit = re.compile(pattern).search(document_text, at)
        if hit is not None:
            found.append(Mark(hit.start(), hit.end(), mark.label, mark.role, mark.study))
            at = hit.end()
    return found


def _bare(surface: str) -> str:
    """A surface as readers write it: without mark-up and white space."""
    plain = html.unescape(re.sub(r"</?\w+>", "", surface))
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", plain))


def study_key(ref: str | None, references: Sequence[Reference]) -> str:
    """The key that a study has in the document: by its number, or by first author and year.

    An author of a text writes a key as it is printed: "14", "[14]", "Li2020", "Li et al. (2020)". In a document that
    lists its references without numbers the key is the position in the list.
    """
    if ref is None:
        return "self"
    if number := re.fullmatch(r"\[?(\d+)\]?", ref.strip()):
        return number[1]
    named = re.match(r"(?P<name>[^\W\d_][\w'\u2019-]*[^\W\d_]).*?(?P<year>(?:19|20)\d\d)", ref.strip())
    if named is None:
        return ref
    for reference in references:
        if reference.year == int(named["year"]) and reference.authors and named["name"] in reference.authors[0]:
            return reference.key
    return named["name"] + named["year"]


def wanted(
    record: Mapping[str, Any], mentions: Iterable[Mention], study: str
) -> dict[FieldName, tuple[GoldValue, ...]]:
    """A record's values as gold, by field.

    A record has strings as printed; what recognition calls a mention of that string is accepted as its name too.
    """
    return values_of(record, study, list(mentions))


def values_of(
    record: Mapping[str, Any], study: str, mentions: Sequence[Mention] = ()
) -> dict[FieldName, tuple[GoldValue, ...]]:
    """A record's values as gold, by field, with the names and identifiers of these mentions of the same."""
    found: dict[FieldName, tuple[GoldValue, ...]] = {}
    spare = record.get("optional") or {}
    for field in FIELDS:
        values = [_gold(field, s, mentions, study, optional=False) for s in record.get(field, ())]
        values += [_gold(field, s, mentions, study, optional=True) for s in _listed(spare.get(field, ()))]
        found[field] = in_parts(tuple(values)) if field == "modalities" else tuple(values)
    return found


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _gold(field: FieldName, printed: str, mentions: Sequence[Mention], study: str, *, optional: bool) -> GoldValue:
    plain = re.sub(r"</?\w+>", "", printed)
    if field == "sizes":
        name = size_name(plain) or next((m.name for m in mentions if m.label == "SIZE" and m.text == plain), plain)
        return GoldValue(study=study, field=field, text=plain, name=name, source="voice", optional=optional)
    same = [m for m in mentions if FIELD_OF[m.label] == field and _like(m.text, plain)]
    return GoldValue(
        study=study, field=field, text=plain, name=plain, source="voice", optional=optional,
        curies=tuple(dict.fromkeys(m.curie for m in same if m.curie)),
        also=tuple(dict.fromkeys(m.name for m in same)),
    )  # fmt: skip


_STATED: Final = re.compile(
    r"(?P<low>\d+(?:\.\d+)?)(?:\s*(?:nm)?\s*(?:[\u2013-]|to|and)\s*(?P<high>\d+(?:\.\d+)?))?.*?(?P<unit>nm|[uµμ]m)\b"
)


def size_name(printed: str) -> str | None:
    """A printed size as its name in a record, of a range the middle; None where the unit stands elsewhere."""
    stated = _STATED.search(printed)
    if stated is None:
        return None
    low, high = float(stated["low"]), float(stated["high"] or stated["low"])
    return f"{(low + high) / 2:g} {stated['unit']}"


def _like(text: str, printed: str) -> bool:
    """Whether a mention's surface is a printed string, whatever kind of cell or particle it adds."""
    return head_of(text) == head_of(printed)


def head_of(text: str) -> str:
    """A name without what it adds on the kind of cell or particle, folded."""
    folded = re.sub(r"</?\w+>", "", fold(text))
    folded = re.sub(r"\b(?:cells?|membranes?|nanoparticles?|nps?|particles?)$", "", folded).strip(" -")
    return re.sub(r"s$", "", folded)
