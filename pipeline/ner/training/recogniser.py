"""The trained recogniser as a spaCy component.

It learns from several corpora at once. Each has a head of its own (its labels, one softmax over their tags) on a shared
network, and a text teaches only the heads of the corpora that mark it. What the pipeline reports are *outputs*: a label
is read off one or several heads, whose probabilities are averaged, as ``outputs`` says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.pipeline.trainable_pipe import TrainablePipe
from spacy.tokens import Doc, Span, SpanGroup
from spacy.training import Example
from spacy.vocab import Vocab
from thinc.api import Model, Optimizer, set_dropout_rate

from pipeline.ner.training.decode import Found, decode, tags_of
from pipeline.ner.training.gazetteer import Gazetteer
from pipeline.ner.training.layers import ARCHITECTURE

FACTORY = "coatmine_recogniser"
SPANS = "recogniser"
"""The key in ``doc.spans`` of what was found; its ``attrs["scores"]`` holds each span's score."""

Floats = NDArray[np.float32]

_DEFAULT_MODEL = {
    "@architectures": ARCHITECTURE,
    "width": 128,
    "depth": 4,
    "window_size": 1,
    "maxout_pieces": 2,
    "rows": 10000,
    "hints": 12,
}


@Language.factory(
    FACTORY,
    assigns=["doc.ents", "doc.spans"],
    default_config={"model": _DEFAULT_MODEL, "outputs": {}, "every_head": False},
    default_score_weights={"names_f": 1.0},
)
def make_recogniser(
    nlp: Language, name: str, model: Model[list[Doc], Any], outputs: dict[str, list[str]], every_head: bool
) -> Recogniser:
    """Construct the component for ``nlp.add_pipe``. See :class:`Recogniser` for the arguments."""
    return Recogniser(nlp.vocab, model, name, outputs=outputs, every_head=every_head)


class Recogniser(TrainablePipe):  # type: ignore[misc]
    """Finds names and says of what kind they are.

    Args:
        vocab: the pipeline's.
        model: tokens -> one row of scores each (:func:`pipeline.ner.training.layers.word_cnn`).
        name: of the component.
        outputs: label -> the ``head:class`` pairs it is read from; several pairs of one head are taken together, and
            heads are averaged.
        every_head: also put each head's own spans under ``doc.spans[head]``, for measuring.
    """

    def __init__(
        self,
        vocab: Vocab,
        model: Model[list[Doc], Any],
        name: str = FACTORY,
        *,
        outputs: dict[str, list[str]],
        every_head: bool = False,
    ) -> None:
        self.vocab = vocab
        self.model = model
        self.name = name
        self.every_head = every_head
        self.scorer = score
        self.outputs = outputs
        self.cfg: dict[str, Any] = {"heads": {}, "kinds": [], "exact": []}
        self.gazetteer = Gazetteer()
        model.attrs["hints"] = self._hints

    def _hints(self, doc: Doc) -> Floats:
        return self.gazetteer.features([token.text for token in doc])

    @property
    def heads(self) -> dict[str, list[str]]:
        """Each head's classes, in the order of their columns."""
        return cast(dict[str, list[str]], self.cfg["heads"])

    @property
    def labels(self) -> tuple[str, ...]:
        """What the component reports."""
        return tuple(self.outputs)

    def use(self, heads: dict[str, list[str]], gazetteer: Gazetteer) -> None:
        """Say what is to be learnt, before :meth:`initialize`."""
        self.cfg.update(heads=heads, kinds=list(gazetteer.kinds), exact=sorted(gazetteer.exact))
        self.gazetteer = gazetteer
        self.model.set_dim("nO", sum(1 + 4 * len(classes) for classes in heads.values()))

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],  # noqa: ARG002  -- the signature is spaCy's
        *,
        nlp: Language | None = None,  # noqa: ARG002
        labels: Any = None,  # noqa: ARG002
    ) -> None:
        """Set the weights to chance. :meth:`use` must have been called."""
        self.model.initialize()

    def predict(self, docs: Iterable[Doc]) -> list[Floats]:
        """Each document's probabilities: a row a token, the heads' columns side by side."""
        docs = list(docs)
        filled = [d for d in docs if len(d)]
        if not filled:
            return [np.zeros((0, self._columns()), dtype="f") for _ in docs]
        rows = self._softmax(cast(Floats, self.model.predict(filled)))
        parts = iter(np.split(rows, np.cumsum([len(d) for d in filled])[:-1]))
        return [next(parts) if len(d) else rows[:0] for d in docs]

    def set_annotations(self, docs: Iterable[Doc], scores: list[Floats]) -> None:
        """Write the outputs to ``doc.spans["recogniser"]`` and, where they are free, to ``doc.ents``."""
        docs = list(docs)
        for doc, spans in zip(docs, self._read(self.outputs, scores), strict=True):
            group = [Span(doc, found.start, found.end, label) for label, found in spans]
            sure = [round(found.score, 4) for _, found in spans]
            doc.spans[SPANS] = SpanGroup(doc, name=SPANS, attrs={"scores": sure}, spans=group)
            doc.set_ents(_free(group), default="unmodified")
        for head in self.heads if self.every_head else ():
            own = {label: [f"{head}:{label}"] for label in self.heads[head]}
            for doc, seen in zip(docs, self._read(own, scores), strict=True):
                doc.spans[head] = [Span(doc, found.start, found.end, label) for label, found in seen]

    def _read(self, outputs: dict[str, list[str]], scores: list[Floats]) -> list[list[tuple[str, Found]]]:
        """Each document's spans of every label in ``outputs``, without overlaps."""
        found: list[list[tuple[str, Found]]] = [[] for _ in scores]
        gap = np.zeros((1, self._columns()), dtype="f")
        joined = np.vstack([part for rows in scores for part in (rows, gap)])  # one decoding for all documents
        ends = np.cumsum([len(rows) + 1 for rows in scores])
        for label, sources in outputs.items():
            for span in decode(self._tags(sources, joined)):
                at = int(np.searchsorted(ends, span.start, side="right"))
                offset = int(ends[at]) - len(scores[at]) - 1
                found[at].append((label, Found(span.start - offset, span.end - offset, span.score)))
        return [_disjoint(spans) for spans in found]

    def _tags(self, sources: list[str], rows: Floats) -> Floats:
        """Probabilities of :data:`TAGS` of a label that is read from ``sources``, averaged over the heads."""
        by_head: dict[str, list[int]] = {}
        for source in sources:
            head, _, label = source.partition(":")
            by_head.setdefault(head, []).append(self._column(head, label))
        each = [np.sum([rows[:, c : c + 4] for c in columns], axis=0) for columns in by_head.values()]
        mean = np.mean(each, axis=0)
        return np.hstack([1 - mean.sum(axis=1, keepdims=True), mean]).astype("f")

    def _offsets(self) -> Iterator[tuple[str, int, int]]:
        start = 0
        for head, classes in self.heads.items():
            end = start + 1 + 4 * len(classes)
            yield head, start, end
            start = end

    def _column(self, head: str, label: str) -> int:
        start = next(s for h, s, _ in self._offsets() if h == head)
        return start + 1 + 4 * self.heads[head].index(label)

    def _columns(self) -> int:
        return sum(1 + 4 * len(classes) for classes in self.heads.values())

    def _softmax(self, scores: Floats) -> Floats:
        out = np.empty_like(scores)
        for _, start, end in self._offsets():
            part = scores[:, start:end]
            part = np.exp(part - part.max(axis=1, keepdims=True))
            out[:, start:end] = part / part.sum(axis=1, keepdims=True)
        return out

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from a batch. A head learns from a text only if ``reference.spans`` has a group of its name."""
        losses = {} if losses is None else losses
        examples = [eg for eg in examples if len(eg.predicted)]
        losses.setdefault(self.name, 0.0)
        if not examples:
            return losses
        set_dropout_rate(self.model, drop)
        scores, backprop = self.model.begin_update([eg.predicted for eg in examples])
        loss, gradient = self.get_loss(examples, scores)
        backprop(gradient)
        if sgd is not None:
            self.finish_update(sgd)
        losses[self.name] += loss
        return losses

    def get_loss(self, examples: Iterable[Example], scores: Any) -> tuple[float, Floats]:
        """Cross entropy summed over tokens and the heads that know them, and its gradient per token."""
        gradient = np.zeros_like(scores)
        probabilities = self._softmax(scores)
        loss, row, total = 0.0, 0, len(scores)
        for eg in examples:
            rows = slice(row, row + len(eg.reference))
            row = rows.stop
            for head, start, end in self._offsets():
                if head not in eg.reference.spans:
                    continue
                truth = self._truth(eg.reference, head)
                part = probabilities[rows, start:end]
                gradient[rows, start:end] = part
                each = np.arange(len(truth))
                gradient[rows.start + each, start + truth] -= 1
                loss -= float(np.log(np.maximum(part[each, truth], 1e-9)).sum())
        return loss / total, gradient / total

    def _truth(self, reference: Doc, head: str) -> NDArray[np.int64]:
        truth = np.zeros(len(reference), dtype="int64")
        for i, label in enumerate(self.heads[head]):
            spans = [(s.start, s.end) for s in reference.spans[head] if s.label_ == label]
            tags = tags_of(spans, len(reference))
            truth = np.where(tags > 0, tags + 4 * i, truth)
        return truth

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002
        """Write the component; weights are stored at half precision."""
        path = Path(path)
        path.mkdir(parents=True, exist_ok=True)
        (path / "cfg.json").write_text(json.dumps(self.cfg, indent=1), "utf-8")
        np.savez_compressed(path / "names.npz", **self.gazetteer.to_arrays())
        np.savez_compressed(path / "weights.npz", **self._halved())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Recogniser:  # noqa: ARG002
        """Read what :meth:`to_disk` wrote."""
        path = Path(path)
        with np.load(path / "names.npz") as names, np.load(path / "weights.npz") as weights:
            self._restore(json.loads((path / "cfg.json").read_text("utf-8")), names, weights)
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:  # noqa: ARG002
        """The component as bytes, as spaCy sends it to other processes."""
        buffer = BytesIO()
        cfg = np.frombuffer(json.dumps(self.cfg).encode(), dtype="uint8")
        np.savez(buffer, cfg=cfg, **self.gazetteer.to_arrays(), **self._halved())
        return buffer.getvalue()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Recogniser:  # noqa: ARG002
        """Read what :meth:`to_bytes` gave."""
        with np.load(BytesIO(data)) as arrays:
            self._restore(json.loads(arrays["cfg"].tobytes()), arrays, arrays)
        return self

    def _restore(self, cfg: dict[str, Any], names: Mapping[str, Any], weights: Mapping[str, Any]) -> None:
        self.cfg = cfg
        self.use(cfg["heads"], Gazetteer.from_arrays(cfg["kinds"], cfg["exact"], names))
        self.model.initialize()
        for key, node, param in self._weights():
            node.set_param(param, weights[key].astype("float32"))

    def _halved(self) -> dict[str, Any]:
        return {key: cast(Floats, node.get_param(param)).astype("float16") for key, node, param in self._weights()}

    def _weights(self) -> Iterator[tuple[str, Model[Any, Any], str]]:
        """Every array of weights: its key in storage, and the layer and name it has there."""
        for i, node in enumerate(self.model.walk()):
            for param in node.param_names:
                yield f"{i}.{node.name}.{param}", node, param


def _disjoint(found: list[tuple[str, Found]]) -> list[tuple[str, Found]]:
    """Of spans that overlap the surer one, in reading order."""
    kept: list[tuple[str, Found]] = []
    taken: set[int] = set()
    for label, span in sorted(found, key=lambda f: (-f[1].score, f[1].start, f[0])):
        tokens = range(span.start, span.end)
        if taken.isdisjoint(tokens):
            taken.update(tokens)
            kept.append((label, span))
    return sorted(kept, key=lambda f: f[1].start)


def _free(spans: list[Span]) -> list[Span]:
    """The spans none of whose tokens another component has put in an entity."""
    return [s for s in spans if not any(t.ent_type for t in s)]


def of(nlp: Language) -> Recogniser:
    """The pipeline's recogniser.

    Raises:
        KeyError: it has none.
    """
    return cast(Recogniser, nlp.get_pipe(FACTORY))


def score(examples: Iterable[Example], **_: Any) -> dict[str, Any]:
    """Strict F1 of each head over its classes (``names_per_head``), and the mean over the heads (``names_f``)."""
    counts: dict[str, NDArray[np.int64]] = {}
    for eg in examples:
        for head in set(eg.reference.spans) & set(eg.predicted.spans):
            true = {(s.start, s.end, s.label_) for s in eg.reference.spans[head]}
            found = {(s.start, s.end, s.label_) for s in eg.predicted.spans[head]}
            counts.setdefault(head, np.zeros(2, dtype="int64"))
            counts[head] += (2 * len(true & found), len(true) + len(found))
    heads = {head: float(same / max(both, 1)) for head, (same, both) in sorted(counts.items())}
    return {"names_f": sum(heads.values()) / max(len(heads), 1), "names_per_head": heads}
