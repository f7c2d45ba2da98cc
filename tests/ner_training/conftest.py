"""A few invented marked texts, and a recipe with a small network."""

import random
import re
import shutil

import pytest

from pipeline.ner.training import CorpusMark, CorpusText
from pipeline.settings import models_dir

DRUGS = ["florine", "zintol", "carbexate", "nuvidone"]
LINES = ["QX-7", "Zelo9", "M9-T", "RB-22"]


def marked(text, name="t"):
    """A passage from a text with marks such as ``{zinc|DRUG}``."""
    bare, marks, last = "", [], 0
    for found in re.finditer(r"\{([^|{}]+)\|(\w+)\}", text):
        bare += text[last : found.start()]
        marks.append(CorpusMark(len(bare), len(bare) + len(found[1]), found[2]))
        bare += found[1]
        last = found.end()
    return CorpusText(name, "invented", bare + text[last:], tuple(marks))


@pytest.fixture(scope="session")
def passages():
    """Texts that say the same of different names."""
    chance = random.Random(3)
    return [
        marked(
            f"Particles were loaded with {{{chance.choice(DRUGS)}|DRUG}} and given to {{{chance.choice(LINES)}"
            f"|CELL_LINE}} cells. The {{{chance.choice(DRUGS)}|DRUG}} stayed inside for two days in water and blood.",
            f"t{number}",
        )
        for number in range(40)
    ]


@pytest.fixture(scope="session")
def recipe(tmp_path_factory):
    """The shipped recipe with a small network and few updates."""
    folder = tmp_path_factory.mktemp("recipe") / "recipe"
    shutil.copytree(models_dir() / "training", folder)
    config = (folder / "config.cfg").read_text()
    for key, value in {
        "width": "32", "depth": "2", "hidden_width": "32", "rows": "[400, 100, 200, 200]", "max_steps": "120",
        "total_steps": "120", "warmup_steps": "5", "eval_frequency": "40", "size": "300", "dropout": "0.1",
    }.items():  # fmt: skip
        config, changed = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", config)
        assert changed, key
    (folder / "config.cfg").write_text(config)
    return folder
