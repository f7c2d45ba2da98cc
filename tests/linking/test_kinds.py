"""What is a kind of what, in the shipped lexicons."""

from __future__ import annotations

import pytest

from pipeline.linking import kinds_of_diseases, kinds_of_modalities, read_entries
from pipeline.linking.schema import GROUPS
from pipeline.records import fold
from pipeline.settings import models_dir


@pytest.mark.parametrize(
    ("wide", "narrow", "is_wider"),
    [
        ("phototherapy", "photothermal therapy", True),
        ("Phototherapy", "X-ray-induced photodynamic therapy", True),  # over a step between
        ("photothermal therapy", "phototherapy", False),
        ("photothermal therapy", "photothermal therapy", False),
        ("theranostics", "chemotherapy", True),
        ("theranostics", "combination therapy", False),
        ("theranostics", "no modality", False),
    ],
)
def test_a_modality_is_a_kind_of_those_above_it(wide: str, narrow: str, is_wider: bool) -> None:
    assert kinds_of_modalities().is_wider(wide, narrow) is is_wider


def test_a_combination_has_parts_and_a_single_modality_is_its_own() -> None:
    kinds = kinds_of_modalities()
    assert kinds.parts_of("chemo-photothermal therapy") == ("chemotherapy", "photothermal therapy")
    assert kinds.parts_of("chemotherapy") == ("chemotherapy",)


def test_diseases_go_by_identifier() -> None:
    liver_cancer, hepatocellular_carcinoma, stroke = "DOID:3571", "DOID:684", "DOID:6713"
    kinds = kinds_of_diseases()
    assert kinds.is_wider(liver_cancer, hepatocellular_carcinoma)
    assert not kinds.is_wider(hepatocellular_carcinoma, liver_cancer)
    assert not kinds.is_wider(stroke, hepatocellular_carcinoma)


def test_every_parent_of_a_modality_is_in_the_vocabulary() -> None:
    entries = list(read_entries(models_dir() / "lexicons" / "modalities.tsv"))
    known = {fold(entry.preferred) for entry in entries} | set(GROUPS)
    assert {fold(p) for e in entries for p in kinds_of_modalities().parents_of(e.preferred)} <= known
