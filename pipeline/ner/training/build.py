"""``coatmine train``: marked texts and corpora in, a spaCy ``ner`` and its card out, by ``spacy train``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spacy.training.initialize import init_nlp
from spacy.training.loop import train as spacy_train
from spacy.util import load_config, load_model_from_config

from pipeline.errors import UsageError
from pipeline.ner import components  # noqa: F401 - registers the factories and the tokeniser
from pipeline.ner.annotate import load
from pipeline.ner.training import convert
from pipeline.ner.training.card import write_card
from pipeline.ner.training.corpus_formats import CorpusText
from pipeline.settings import models_dir, version

_RECIPE = ("config.cfg", "corpora.json", "names.json", "card.md.j2")


def train(
    marked: Sequence[CorpusText],
    chosen_by: Sequence[CorpusText],
    out: Path,
    *,
    data: Path | None = None,
    recipe: Path | None = None,
    steps: int | None = None,
) -> Path:
    """Learn a ``ner`` and write it as a spaCy pipeline, with a card of how it does.

    It is what ``python -m spacy train OUT/config.cfg`` does with the files that are written to ``OUT/corpus``.

    Args:
        marked: texts with all our labels marked, to learn from.
        chosen_by: other such texts; the weights that do best on them are kept, and the card's figures are theirs.
        out: where the pipeline is written, in ``OUT/model-best``; what stands there is overwritten.
        data: the folder that holds the public corpora that corpora.json names; None to learn from ``marked`` alone.
        recipe: a folder with the files of ``models/training``, which is taken when None.
        steps: updates to make, when the recipe's number is not wanted.

    Returns:
        The folder of the pipeline.

    Raises:
        UsageError: the recipe or a corpus it names is not there, or there is nothing to learn from or to choose by.
    """
    recipe = recipe or models_dir() / "training"
    for name in _RECIPE:
        if not (recipe / name).is_file():
            raise UsageError(f"{recipe / name}: not found; a recipe is a folder with {', '.join(_RECIPE)}")
    if not marked or not chosen_by:
        raise UsageError("no marked texts; give folders of marked texts with --marked and --dev")
    config = load_config(recipe / "config.cfg", overrides=_overrides(out, steps))
    make_doc = load_model_from_config({"nlp": {**config["nlp"], "pipeline": []}}, auto_fill=True).make_doc
    rules = load()
    with rules.select_pipes(disable=[name for name in ("ner",) if name in rules.pipe_names]):
        sizes = convert.write(
            marked, chosen_by, data, recipe, out / "corpus",
            rules=rules, make_doc=make_doc, seed=int(config["system"]["seed"]),
        )  # fmt: skip
    nlp = init_nlp(config)
    nlp.meta.update(name="coatmine_ner", version=version(), license="MIT")
    spacy_train(nlp, out)
    return write_card(out / "model-best", chosen_by, sizes, recipe=recipe, data=data)


def _overrides(out: Path, steps: int | None) -> dict[str, Any]:
    given: dict[str, Any] = {
        "paths.train": str(out / "corpus" / "train.spacy"),
        "paths.dev": str(out / "corpus" / "dev.spacy"),
    }
    if steps is not None:
        given |= {"training.max_steps": steps, "training.optimizer.learn_rate.total_steps": steps}
    return given
