"""``coatmine train``: corpora in, a spaCy pipeline out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.training import Example
from spacy.training.loop import train_while_improving
from spacy.util import load_config, load_model_from_config, registry
from thinc.api import fix_random_seed

from pipeline.errors import UsageError
from pipeline.ner.training import gazetteer, recogniser
from pipeline.ner.training.augment import Names, Templates
from pipeline.ner.training.card import write_card
from pipeline.ner.training.corpora import Schemes, split_corpora
from pipeline.ner.training.derive import Deriver
from pipeline.ner.training.examples import for_scoring, stream
from pipeline.ner.training.tokeniser import set_tokeniser
from pipeline.settings import models_dir, version

Report = Callable[[str], None]

_RECIPE = ("config.cfg", "schemes.json", "templates.json", "outputs.json", "card.md.j2")


def train(
    data_dir: Path,
    out_dir: Path,
    *,
    recipe: Path | None = None,
    final: bool = False,
    steps: int | None = None,
    report: Report = lambda _: None,
) -> Path:
    """Train the recognition model and write it as a spaCy pipeline, with a card of how it does.

    The card's figures are of the test splits for a ``final`` model and of the development splits otherwise.

    Args:
        data_dir: the folder that holds the corpora and vocabularies, at the paths that ``schemes.json`` names.
        out_dir: where the pipeline is written; what stands there is overwritten.
        recipe: a folder with the files of ``models/training``, which is taken when None.
        final: train on the development splits as well, and keep the last weights instead of the best.
        steps: updates to make, when the recipe's number is not wanted.
        report: called with a line of progress at each evaluation.

    Returns:
        ``out_dir``.

    Raises:
        UsageError: the recipe or a corpus it names is not there.
    """
    recipe = recipe or models_dir() / "training"
    for name in _RECIPE:
        if not (recipe / name).is_file():
            raise UsageError(f"{recipe / name}: not found; a recipe is a folder with {', '.join(_RECIPE)}")
    config = load_config(recipe / "config.cfg", interpolate=True)
    settings = config.pop("training")
    if steps is not None:
        settings["max_steps"] = settings["optimizer"]["learn_rate"]["total_steps"] = steps
    fix_random_seed(settings["seed"])
    schemes = Schemes.read(recipe / "schemes.json")
    templates = Templates.read(recipe / "templates.json")
    training, dev = split_corpora(schemes, data_dir, final=final)
    report(f"{len(training)} training and {len(dev)} development passages")

    outputs = json.loads((recipe / "outputs.json").read_text("utf-8"))
    nlp = _pipeline(config, schemes, outputs, data_dir)
    nlp.meta.update(_meta(settings, len(training), final=final))
    names = _names(schemes, data_dir)
    derivers = [Deriver(rule, _vocabulary(schemes, data_dir, rule.vocabulary)) for rule in schemes.derived]
    examples = stream(nlp, training, schemes, templates, names, derivers, settings["seed"])
    _learn(nlp, examples, for_scoring(nlp, dev), settings, out_dir, keep_last=final, report=report)
    write_card(out_dir, data_dir, recipe=recipe, split="test" if final else "dev")
    return out_dir


def _pipeline(config: Any, schemes: Schemes, outputs: dict[str, list[str]], data: Path) -> Language:
    config["components"][recogniser.FACTORY]["outputs"] = outputs
    nlp = set_tokeniser(load_model_from_config(config, auto_fill=True))
    tokenise = set_tokeniser(spacy.blank("en")).tokenizer
    words = gazetteer.build(schemes.vocabularies, data, lambda name: [t.text for t in tokenise(name)])
    pipe = recogniser.of(nlp)
    pipe.use(schemes.classes, words)
    nlp.initialize(lambda: [])
    return nlp


def _meta(settings: dict[str, Any], passages: int, *, final: bool) -> dict[str, Any]:
    return {
        "name": "coatmine_ner",
        "version": version(),
        "description": "Cell lines, cell types, chemicals, diseases and species in biomedical text",
        "license": "MIT",
        "training": {
            "seed": settings["seed"],
            "steps": settings["max_steps"],
            "batch_words": settings["batch_words"],
            "passages": passages,
            "final": final,
        },
    }


def _names(schemes: Schemes, data: Path) -> Names:
    """Names that may stand for each other in invented and altered passages, by kind."""
    names: dict[str, list[str]] = {}
    for vocabulary in schemes.vocabularies:
        if vocabulary.swap:
            pool = names.setdefault(vocabulary.kind, [])
            pool.extend(n for n in gazetteer.read_names(vocabulary, data) if vocabulary.fits(n))
    return names


def _vocabulary(schemes: Schemes, data: Path, kind: str) -> Iterator[str]:
    return (name for v in schemes.vocabularies if v.kind == kind for name in gazetteer.read_names(v, data))


def _batches(examples: Iterable[tuple[int, Example]], words: int) -> Iterator[tuple[int, list[Example]]]:
    batch: list[Example] = []
    size = 0
    for epoch, example in examples:
        batch.append(example)
        size += len(example.reference)
        if size >= words:
            yield epoch, batch
            batch, size = [], 0


def _learn(
    nlp: Language,
    examples: Iterator[tuple[int, Example]],
    dev: list[Example],
    settings: dict[str, Any],
    out_dir: Path,
    *,
    keep_last: bool,
    report: Report,
) -> None:
    optimizer = registry.resolve({"optimizer": settings["optimizer"]})["optimizer"]
    pipe = recogniser.of(nlp)
    calls = count()

    def evaluate() -> tuple[float, dict[str, Any]]:
        if next(calls) == 0:  # before anything is learnt: weights of chance mark everything, and slowly
            return 0.0, {"names_per_head": {}}
        pipe.every_head = True
        fresh = [Example(nlp.make_doc(eg.reference.text), eg.reference) for eg in dev]
        scores = recogniser.score(_annotated(nlp, fresh))
        pipe.every_head = False
        return scores["names_f"], scores

    steps = train_while_improving(
        nlp,
        optimizer,
        _batches(examples, settings["batch_words"]),
        evaluate,
        dropout=settings["dropout"],
        eval_frequency=settings["eval_frequency"],
        accumulate_gradient=1,
        patience=0,
        max_steps=settings["max_steps"],
        exclude=[],
        annotating_components=[],
        before_update=None,
    )
    for _, info, best in steps:
        if best is not None:
            report(_line(info))
        if best or (keep_last and info["step"] == settings["max_steps"]):
            with nlp.use_params(optimizer.averages):
                nlp.to_disk(out_dir, exclude=["vocab"])  # the training texts' words, of no use to others


def _annotated(nlp: Language, examples: list[Example]) -> list[Example]:
    for start in range(0, len(examples), nlp.batch_size):
        batch = [eg.predicted for eg in examples[start : start + nlp.batch_size]]
        pipe = recogniser.of(nlp)
        pipe.set_annotations(batch, pipe.predict(batch))
    return examples


def _line(info: dict[str, Any]) -> str:
    heads = info["other_scores"]["names_per_head"]
    parts = " ".join(f"{head} {100 * f1:.2f}" for head, f1 in heads.items())
    return f"step {info['step']} epoch {info['epoch']} {info['seconds']} s: mean {100 * info['score']:.2f} {parts}"
