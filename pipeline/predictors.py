"""What the benchmark's baselines and the pipeline itself say of a document of the benchmark, as predictions."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline import ner, readers, relations
from pipeline.document import Document
from pipeline.errors import UsageError
from pipeline.evaluation import baselines
from pipeline.evaluation.benchmark import Benchmark, BenchmarkDocument, Prediction, source_of
from pipeline.evaluation.benchmark.assembly import id_of
from pipeline.evaluation.benchmark.predictions import PredictedName, PredictedRecord, PredictedValue
from pipeline.evaluation.voices import with_tags
from pipeline.linking import shipped_lexicon
from pipeline.records import FIELDS, Mention, Record
from pipeline.roles import GROUP, Tagger, TaggerWeights

if TYPE_CHECKING:
    from spacy.language import Language

Found = tuple[list[Mention], list[Record]]
_SUFFIX: Final = {"text": ".txt", "markdown": ".md"}
_UNSURE: Final = -0.5
"""Log odds of a name without a rule: too low to bear a value, and not so low that rules cannot lift it."""


class RecognizedDocument:
    """A document and the names in it, with and without what was learnt; each is recognised at most once."""

    def __init__(self, document: Document) -> None:
        """Take the document."""
        self.document = document

    @cached_property
    def mentions(self) -> list[Mention]:
        """What the full recognition finds."""
        return ner.annotate(self.document)

    @cached_property
    def by_rules(self) -> list[Mention]:
        """What lexicons and rules find."""
        return ner.annotate(self.document, _without_weights())


System = Callable[[RecognizedDocument], Found]


def dictionary(recognized: RecognizedDocument) -> Found:
    """The names of the lexicons, each of which is a value."""
    found = baselines.from_dictionary(recognized.document, shipped_lexicon())
    return found, baselines.every(recognized.document, found)


def nearest(recognized: RecognizedDocument) -> Found:
    """The full recognition; of each core the nearest name of every other kind is a value."""
    return recognized.mentions, baselines.nearest_to_core(recognized.document, recognized.mentions)


def rules(recognized: RecognizedDocument) -> Found:
    """Lexicons and rules alone: no trained ``ner``, no learnt roles, no learnt scores of values."""
    return recognized.by_rules, baselines.in_roles(recognized.document, recognized.by_rules)


def pipeline(recognized: RecognizedDocument) -> Found:
    """The pipeline as it is shipped."""
    return recognized.mentions, relations.assemble(recognized.document, recognized.mentions)


SYSTEMS: Final[Mapping[str, System]] = {
    "dictionary": dictionary, "nearest": nearest, "rules": rules, "pipeline": pipeline,
}  # fmt: skip
"""The ways to work, by name, from the simplest."""


@cache
def _without_weights() -> Language:
    """The recognition pipeline without anything learnt."""
    nlp: Any = ner.load.__wrapped__()
    nlp.disable_pipe("model")
    flat = {group: {"bias": _UNSURE} for group in set(GROUP.values())}
    nlp.get_pipe("roles").tagger = Tagger(weights=TaggerWeights(note="nothing learnt", support=flat, other={}))
    return nlp  # type: ignore[no-any-return]


def files_of(given: Iterable[str]) -> dict[str, Path]:
    """The files of documents that the benchmark does not hold, from ``ID=PATH`` or a folder of them by name.

    Raises:
        UsageError: one of them is neither.
    """
    found: dict[str, Path] = {}
    for each in given:
        name, equals, path = each.partition("=")
        if Path(each).is_dir():
            found |= {id_of(file.stem): file for file in sorted(Path(each).iterdir()) if file.is_file()}
        elif name and equals and path:
            found[name] = Path(path)
        else:
            raise UsageError(
                f"--file {each}: write ID=PATH, such as lin2023=review.pdf, or name a folder that is there"
            )
    return found


def predict(
    benchmark: Benchmark,
    documents: Iterable[BenchmarkDocument],
    systems: Sequence[str],
    files: Mapping[str, Path] | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, list[Prediction]]:
    """What systems say of documents of the benchmark, by the systems' names.

    Args:
        benchmark: the benchmark.
        documents: of it.
        systems: names of :data:`SYSTEMS`.
        files: where documents are that the benchmark does not hold, by their id; one that is nowhere is left out.
        tell: is told which are left out.

    Raises:
        UsageError: there is no such system, or a file is not there.
    """
    if unknown := [name for name in systems if name not in SYSTEMS]:
        raise UsageError(f"{unknown[0]}: no such system; there are {', '.join(SYSTEMS)}")
    found: dict[str, list[Prediction]] = {name: [] for name in systems}
    for document in documents:
        path = (files or {}).get(document.id) or source_of(document, benchmark.root)
        if path is None and document.text is None:
            tell(f"{document.id}: left out, since the benchmark does not hold it (doi:{document.doi}); name its file")
            continue
        recognized = RecognizedDocument(_read(document, path))
        for name in systems:
            found[name].append(_prediction(document, recognized, SYSTEMS[name]))
    return found


def _read(document: BenchmarkDocument, path: Path | None) -> Document:
    if path is not None:
        if not path.is_file():
            raise UsageError(f"{path}: is not there; name the file of {document.id}")
        return readers.read(path)
    with tempfile.TemporaryDirectory(prefix="coatmine-") as folder:
        written = Path(folder) / f"{document.id}{_SUFFIX[document.format]}"
        written.write_text(with_tags(document.text or "", document.scripts), encoding="utf-8")
        return readers.read(written)


def _prediction(given: BenchmarkDocument, recognized: RecognizedDocument, system: System) -> Prediction:
    document = recognized.document
    mentions, records = system(recognized)
    names = None if given.mentions is None else tuple(_names(given.text or "", document.text, _outer(mentions)))
    return Prediction(id=given.id, mentions=names, records=tuple(_record(document, record) for record in records))


def _outer(mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions that lie within no other one: the benchmark's names do not nest."""
    found: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not found or mention.end > found[-1].end:
            found.append(mention)
    return found


def _names(text: str, read: str, mentions: Iterable[Mention]) -> Iterator[PredictedName]:
    """Mentions of a document at their places in the text that it was read from."""
    places = aligned(read, text)
    for mention in mentions:
        start, last = places.get(mention.start), places.get(mention.end - 1)
        if start is not None and last is not None and start <= last:
            role = "negated" if mention.negated else mention.role
            yield PredictedName(start=start, end=last + 1, label=mention.label, role=role)


def aligned(read: str, text: str) -> dict[int, int]:
    """For each character of a text as it was read its place in the text itself, white space apart.

    Readers join lines and fold some characters; where they do so one by one the order of characters tells their places,
    else the longest runs that both texts have.
    """
    ours, theirs = ([i for i, c in enumerate(body) if not c.isspace()] for body in (read, text))
    if len(ours) == len(theirs):
        return dict(zip(ours, theirs, strict=True))
    runs = SequenceMatcher(
        None, [read[i] for i in ours], [text[i] for i in theirs], autojunk=False
    ).get_matching_blocks()
    return {ours[a + n]: theirs[b + n] for a, b, size in runs for n in range(size)}


def _record(document: Document, record: Record) -> PredictedRecord:
    values = {
        field: tuple(
            PredictedValue(
                text=value.text, name=value.name if value.name != value.text else None, curie=value.curie,
                materials=getattr(value, "materials", ()),
            )
            for value in record.values(field)
            if getattr(value, "of", "coated") != "core"
        )
        for field in FIELDS
    }  # fmt: skip
    return PredictedRecord(study=_printed_key(document, record.study.key), doi=record.study.doi, **values)


def _printed_key(document: Document, key: str) -> str:
    """A study's key as the document prints it: in a list without numbers its first author and year."""
    listed = document.reference(key)
    if listed is None or not listed.authors or listed.year is None:
        return key
    if document.text[listed.start : listed.end].lstrip("[( ").startswith(key):
        return key
    cited = [document.text[c.start : c.end] for c in document.citations if key in c.references]
    if any(re.search(rf"\b{re.escape(key)}\b", words) for words in cited):
        return key
    return f"{listed.authors[0].split()[0].rstrip(',')} {listed.year}"
