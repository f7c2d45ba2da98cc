"""The network: words by their parts, a convolution over context, and the same word elsewhere in the text.

Everything is thinc, on CPU. Three things differ from spaCy's stock ``MultiHashEmbed`` + ``MaxoutWindowEncoder``:

- A word is embedded once a batch, however often it occurs, from its form, affixes, shape and inner letter groups.
- Hits in a :class:`~pipeline.ner.training.gazetteer.Gazetteer` are added to the word's vector.
- After the convolution each token also sees the mean of all occurrences of its word in the document, since a name
  explained once ("murine 4T1 breast cancer cells") is the same thing where it stands bare.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from spacy.ml.models.tok2vec import MaxoutWindowEncoder
from spacy.strings import get_string_id
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import HashEmbed, Linear, Maxout, Model, chain, concatenate, get_current_ops, uniform_init
from thinc.layers.array_getitem import ints_getitem
from thinc.types import Floats2d

Floats = NDArray[np.float32]

ARCHITECTURE = "coatmine.WordCNN.v1"
_LETTERS = 3  # the shortest inner letter group; the longest is two more
_FORGET = 100_000  # words whose parts are remembered
_STRETCH = (
    1000  # tokens encoded at a time, few enough for the processor's cache: twice as fast as a whole paper at once
)


class Words:
    """Words as numbers: per word a row of keys (form, affixes, shape) and the hashes of its inner letter groups."""

    columns = 9

    def __init__(self) -> None:
        self._known: dict[str, tuple[list[int], list[int]]] = {}

    def __call__(self, words: list[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.int64]]:
        """Keys (one row a word), letter groups (all words' in a row), and how many groups each word has."""
        if len(self._known) > _FORGET:
            self._known.clear()
        parts = [self._parts(word) for word in words]
        return (
            np.array([p[0] for p in parts], dtype="uint64").reshape(-1, self.columns),
            np.array([g for p in parts for g in p[1]], dtype="uint64"),
            np.array([len(p[1]) for p in parts], dtype="int64"),
        )

    def _parts(self, word: str) -> tuple[list[int], list[int]]:
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = _parts(word)
        return known


def _parts(word: str) -> tuple[list[int], list[int]]:
    low = word.lower()
    shape = re.sub(r"(.)\1{2,}", r"\1\1", re.sub("[a-zα-ω]", "x", re.sub("[A-ZΑ-Ω]", "X", re.sub(r"\d", "d", word))))
    forms = [word, low, re.sub(r"\d+", "0", low), low[:2], low[:4], low[-2:], low[-3:], low[-5:], shape]
    framed = f"<{low[:40]}>"
    groups = {framed[i : i + n] for n in range(_LETTERS, _LETTERS + 3) for i in range(len(framed) - n + 1)}
    return [get_string_id(f) for f in forms], sorted(get_string_id(g) for g in groups)


def LetterGroups(width: int, rows: int) -> Model[Any, Floats2d]:  # noqa: N802  -- layers are named as thinc names them
    """The sum of a word's letter-group vectors, scaled by the root of their number."""
    return Model(
        "letter_groups", _groups_forward, init=_groups_init, params={"E": None}, dims={"nO": width, "nV": rows}
    )


def _groups_init(model: Model[Any, Floats2d], X: Any = None, Y: Any = None) -> None:  # noqa: N803, ARG001
    table = model.ops.alloc2f(model.get_dim("nV"), model.get_dim("nO"))
    model.set_param("E", uniform_init(model.ops, table.shape, lo=-0.1, hi=0.1))


def _groups_forward(model: Model[Any, Floats2d], groups: Any, is_train: bool) -> tuple[Floats2d, Callable[..., Any]]:  # noqa: ARG001
    hashes, lengths = groups
    table = cast(Floats, model.get_param("E"))
    rows = (hashes % np.uint64(model.get_dim("nV"))).astype("int32")
    word = np.repeat(np.arange(len(lengths), dtype="int32"), lengths)
    scale = (1 / np.sqrt(np.maximum(lengths, 1))).astype("f")[:, None]
    total = _sums(table[rows], word, len(lengths))

    def backprop(d_out: Floats) -> Any:
        model.inc_grad("E", cast(Any, _sums((d_out * scale)[word], rows, len(table))))
        return groups

    return cast(Floats2d, total * scale), backprop


def _embedding(width: int, rows: int, pieces: int) -> Model[Any, Floats2d]:
    """Keys and letter groups of distinct words -> vectors."""
    widths = [width // 2, width, width // 2, *([width // 2] * 6)]
    sizes = [rows, rows, rows // 2, 1000, rows // 2, 500, rows // 4, rows // 2, 2000]
    tables: list[Model[Any, Any]] = [
        chain(ints_getitem((slice(0, None), i)), HashEmbed(w, n, seed=11 + i))
        for i, (w, n) in enumerate(zip(widths, sizes, strict=True))
    ]
    keys: Model[Any, Any] = concatenate(*tables)
    letters = LetterGroups(width // 2, 2 * rows)
    mix = Maxout(nO=width, nI=sum(widths) + width // 2, nP=pieces, normalize=True, dropout=0.0)
    return Model("embedding", _embedding_forward, init=_embedding_init, layers=[keys, letters, mix])


def _embedding_init(model: Model[Any, Floats2d], X: Any = None, Y: Any = None) -> None:  # noqa: N803, ARG001
    keys, letters, mix = model.layers
    keys.initialize(X=np.zeros((1, Words.columns), dtype="uint64"))
    letters.initialize()
    mix.initialize()


def _embedding_forward(model: Model[Any, Floats2d], parts: Any, is_train: bool) -> tuple[Floats2d, Callable[..., Any]]:
    keys, letters, mix = model.layers
    rows, groups, lengths = parts
    known, d_known = keys(rows, is_train)
    spelt, d_spelt = letters((groups, lengths), is_train)
    out, d_mix = mix(np.hstack([known, spelt]), is_train)

    def backprop(d_out: Floats) -> Any:
        d_in = d_mix(d_out)
        d_known(np.ascontiguousarray(d_in[:, : known.shape[1]]))
        d_spelt(np.ascontiguousarray(d_in[:, known.shape[1] :]))
        return parts

    return out, backprop


@registry.architectures(ARCHITECTURE)  # type: ignore[untyped-decorator]
def word_cnn(
    width: int, depth: int, window_size: int, maxout_pieces: int, rows: int, hints: int
) -> Model[list[Doc], Floats2d]:
    """Tokens -> one row of scores each, all documents of a batch one below the other.

    Args:
        width: of a token's vector.
        depth: convolutions, each of which sees ``window_size`` tokens to either side.
        window_size: see ``depth``.
        maxout_pieces: of each layer.
        rows: of the table of word forms; the other tables are sized after it.
        hints: columns of the gazetteer's features.

    The gazetteer's features of a Doc come from the function in ``model.attrs["hints"]``, which the component sets.
    """
    return Model(
        "word_cnn",
        _forward,
        init=_init,
        dims={"nO": None, "nI": width},
        layers=[
            _embedding(width, rows, maxout_pieces),
            Linear(nO=width, nI=hints),
            cast(Any, MaxoutWindowEncoder(width, window_size, maxout_pieces, depth)),
            Maxout(nO=width, nI=2 * width, nP=maxout_pieces, normalize=True, dropout=0.0),
            Linear(nI=width),
        ],
        attrs={"words": Words(), "hints": None, "reach": depth * window_size},
    )


def _init(model: Model[list[Doc], Floats2d], X: Any = None, Y: Any = None) -> None:  # noqa: N803, ARG001
    embedding, hints, encoder, context, output = model.layers
    width = model.get_dim("nI")
    if model.has_dim("nO"):
        output.set_dim("nO", model.get_dim("nO"))
    embedding.initialize()
    hints.initialize()
    encoder.initialize(X=[np.zeros((2, width), dtype="f")])
    context.initialize()
    output.initialize()


def _same_word(docs: list[Doc], word: NDArray[np.int64], words: int) -> Callable[[Floats], Floats]:
    """The function that replaces each row by the mean over its word's rows in the same document; its own transpose."""
    of = np.repeat(np.arange(len(docs)), [len(d) for d in docs]) * words + word
    _, group, count = np.unique(of, return_inverse=True, return_counts=True)
    group, share = group.astype("int32"), (1 / count).astype("f")[:, None]

    def mean(rows: Floats) -> Floats:
        return cast(Floats, (_sums(rows, group, len(share)) * share)[group])

    return mean


def _sums(rows: Floats, index: NDArray[np.int32], length: int) -> Floats:
    """A table of ``length`` rows, each the sum of those of ``rows`` whose ``index`` names it."""
    table = np.zeros((length, rows.shape[1]), dtype="f")
    ops: Any = get_current_ops()
    ops.scatter_add(table, index, np.ascontiguousarray(rows, dtype="f"))
    return table


def _forward(model: Model[list[Doc], Floats2d], docs: list[Doc], is_train: bool) -> tuple[Floats2d, Callable[..., Any]]:
    embedding, hints, encoder, context, output = model.layers
    lengths = [len(d) for d in docs]
    forms, word = np.unique(np.concatenate([d.to_array("ORTH") for d in docs]), return_inverse=True)
    distinct = [docs[0].vocab.strings[form] for form in forms]
    known, d_known = embedding(model.attrs["words"](distinct), is_train)
    hinted, d_hinted = hints(np.vstack([model.attrs["hints"](d) for d in docs]), is_train)
    vectors = known[word] + hinted
    encoded, d_encoded = _encode(encoder, _split(vectors, lengths), model.attrs["reach"], is_train)
    here = np.vstack(encoded)
    same_word = _same_word(docs, word, len(distinct))
    joined, d_joined = context(np.hstack([here, same_word(here)]), is_train)
    scores, d_scores = output(joined, is_train)

    def backprop(d_out: Floats) -> list[Doc]:
        d_both = d_joined(d_scores(d_out))
        width = here.shape[1]
        d_here = d_both[:, :width] + same_word(d_both[:, width:])
        d_vectors = np.vstack(d_encoded(_split(d_here, lengths)))
        d_hinted(d_vectors)
        d_known(_sums(d_vectors, word.astype("int32"), len(known)))
        return docs

    return scores, backprop


def _encode(
    encoder: Model[list[Floats], list[Floats]], docs: list[Floats], reach: int, is_train: bool
) -> tuple[list[Floats], Callable[..., Any]]:
    """Each document's rows in context. Without training by stretches that overlap by the encoder's reach."""
    if is_train:
        return encoder(docs, is_train)
    parts: list[Floats] = []
    for rows in docs:
        for start in range(0, len(rows), _STRETCH):
            seen = rows[max(0, start - reach) : start + _STRETCH + reach]
            parts.append(encoder.predict([seen])[0][min(start, reach) :][:_STRETCH])
    return parts, _untrained


def _untrained(*_: Any) -> Any:
    raise RuntimeError("nothing can be learnt from a prediction")


def _split(rows: Floats, lengths: list[int]) -> list[Floats]:
    return [np.ascontiguousarray(part) for part in np.split(rows, np.cumsum(lengths)[:-1])]
