"""A small invented corpus and a recipe for it, made anew for each session."""

import gzip
import json
import random
import shutil

import pytest

from pipeline.ner.training import train
from pipeline.settings import models_dir

LINES = ["QX-7", "Zelo", "M9-T", "RB-22", "Varo 3"]
DRUGS = ["florine", "zintol", "carbexate", "nuvidone"]


@pytest.fixture(scope="session")
def corpora(tmp_path_factory):
    """A folder with one corpus that marks lines and drugs, one that marks drugs alone, and a vocabulary of each."""
    root = tmp_path_factory.mktemp("corpora")
    chance = random.Random(7)
    for name, count in (("train", 60), ("dev", 10), ("test", 10)):
        (root / f"both.{name}").write_text("\n\n".join(_abstract(chance, f"{name}{i}", True) for i in range(count)))
        (root / f"drugs.{name}").write_text("\n\n".join(_abstract(chance, f"d{name}{i}", False) for i in range(count)))
    (root / "lines.tsv").write_text("\n".join(LINES))
    (root / "drugs.tsv.gz").write_bytes(gzip.compress("\n".join(DRUGS).encode()))
    return root


def _abstract(chance, name, lines):
    number = str(int.from_bytes(name.encode()) % 10**8)
    title = f"Study {number} of {chance.choice(['uptake', 'growth', 'death'])} in culture and of its many causes"
    text, rows = title, []
    for _ in range(3):
        line, drug = chance.choice(LINES), chance.choice(DRUGS)
        text += f" We gave {drug} to {line} cells."
        start = len(text) - len(f"{drug} to {line} cells.")
        rows.append((start, start + len(drug), drug, "Drug"))
        if lines:
            start = len(text) - len(f"{line} cells.")
            rows.append((start, start + len(line), line, "Line"))
    head, body = text[: len(title)], text[len(title) + 1 :]
    marks = "\n".join(f"{number}\t{a}\t{b}\t{t}\t{label}\tX" for a, b, t, label in rows)
    return f"{number}|t|{head}\n{number}|a|{body}\n{marks}"


@pytest.fixture(scope="session")
def recipe(tmp_path_factory):
    """The shipped recipe with a small network and the invented corpora."""
    folder = tmp_path_factory.mktemp("recipe")
    shipped = models_dir() / "training"
    config = (shipped / "config.cfg").read_text()
    changes = {
        "width = 128": "width = 32",
        "rows = 10000": "rows = 400",
        "hints = 12": "hints = 4",
        "batch_words = 3000": "batch_words = 600",
        "eval_frequency = 500": "eval_frequency = 20",
        "warmup_steps = 200": "warmup_steps = 5",
        "dropout = 0.25": "dropout = 0.0",
    }
    for old, new in changes.items():
        assert old in config
        config = config.replace(old, new)
    config = config.replace("batch_words = 3000", "batch_words = 600").replace(
        "eval_frequency = 500", "eval_frequency = 10"
    )
    (folder / "config.cfg").write_text(config)
    for name in ("templates.json", "card.md.j2"):
        shutil.copy(shipped / name, folder / name)
    templates = json.loads((folder / "templates.json").read_text())
    templates.update(teaches="both", sentences=["{CELL_LINE:CELL_LINE} with {CHEMICAL:CHEMICAL}"])
    templates["shares"].update(swap_CELL_LINE=0.0, swap_CHEMICAL=0.0, swap_DISEASE=0.0, case=0.0)
    (folder / "templates.json").write_text(json.dumps(templates))
    heads = [_head("both", {"Line": "CELL_LINE", "Drug": "CHEMICAL"}), _head("drugs", {"Drug": "CHEMICAL"})]
    vocabularies = [
        {"kind": "CELL_LINE", "path": "lines.tsv", "column": 0, "exact": True, "swap": ".+"},
        {"kind": "CHEMICAL", "path": "drugs.tsv.gz", "column": 0, "exact": False, "swap": ".+"},
    ]
    for vocabulary in vocabularies:
        vocabulary.update(source="invented", licence="none")
    (folder / "schemes.json").write_text(json.dumps({"heads": heads, "vocabularies": vocabularies}))
    outputs = {"CELL_LINE": ["both:CELL_LINE"], "CHEMICAL": ["both:CHEMICAL", "drugs:CHEMICAL"]}
    (folder / "outputs.json").write_text(json.dumps(outputs))
    return folder


def _head(name, labels):
    files = {split: [f"{name}.{split}"] for split in ("train", "dev", "test")}
    return {"name": name, "form": "pubtator", "labels": labels, "source": "invented", "licence": "none", **files}


@pytest.fixture(scope="session")
def trained(corpora, recipe, tmp_path_factory):
    lines = []
    out = train(corpora, tmp_path_factory.mktemp("out") / "model", recipe=recipe, steps=60, report=lines.append)
    return out, lines
