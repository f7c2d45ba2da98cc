"""What is set aside, of marks and findings alike, before recognition on real abstracts is scored."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from pipeline.evaluation.mentions import LabelledSpan
from tests.scripts import ROOT, script


@pytest.fixture
def scores(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(ROOT) / "scripts"))
    return script("scripts/score_abstracts.py")


@pytest.mark.parametrize(
    ("label", "name", "kept"),
    [
        ("CELL_TYPE", "small extracellular vesicles", None),
        ("CELL_TYPE", "EVs", None),
        ("CELL_TYPE", "platelet EVs", "platelet"),
        ("CELL_TYPE", "plasma cells", "plasma cells"),
        ("ANIMAL_MODEL", "diabetic mouse models", "diabetic mouse"),
        ("DRUG", "Antibiotics", None),
        ("MODALITY", "Tumour immunotherapy", "immunotherapy"),
        ("DISEASE", "Tumours", None),
        ("DISEASE", "brain tumours", "brain tumours"),
        ("CORE", "nanoparticles", None),
        ("CORE", "Ru nanoparticles", "Ru"),
        ("CORE", "PLA NPs", "PLA"),
        ("CORE", "CdTe quantum dots", "CdTe"),
        ("CORE", "starch composite hydrogel", "starch"),
        ("CORE", "quantum dots", "quantum dots"),
        ("CORE", "Co@C core-shell", "Co@C core-shell"),
        ("DRUG", "nanoparticles", "nanoparticles"),
    ],
)
def test_what_guide_and_project_name_differently_is_set_aside(scores, label, name, kept):
    text = f"Here {name} were seen."
    span = scores.comparable(LabelledSpan("a", 5, 5 + len(name), label), text)
    assert (text[span.start : span.end] if span else None) == kept
