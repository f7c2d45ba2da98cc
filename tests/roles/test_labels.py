"""Which label each size of a list has."""

from __future__ import annotations

import re

import pytest

from pipeline.roles.labels import with_labels


def labels(text: str, surfaces: tuple[str, ...] = ()) -> dict[int, str]:
    """The labels of sizes, by their numbers: ``S1`` in the text is the tag of the second name."""
    tagged = re.sub(r"\b([SNCD]\d)\b", r"⟦\1⟧", text)
    clauses = with_labels(tagged, surfaces or tuple(f"name{n}" for n in range(9))).split(" ;; ")[1:]
    return {int(clause[2]): clause.partition(" = ")[2] for clause in clauses}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Z-averages were S0 for the uncoated and S1 for the coated particles.",
            {0: "uncoated", 1: "coated particles"},
        ),
        ("NTA gave S0 (nanovesicles), S1 (PDA) and S2 (M2-PDA).", {0: "nanovesicles", 1: "PDA", 2: "M2-PDA composed"}),
        ("Sizes: uncoated S0; coated S1; membrane alone S2.", {0: "uncoated", 1: "coated", 2: "membrane alone"}),
        ("Sizes were: citrate, S0; C1, S2.", {0: "citrate", 2: "⟦C1⟧"}),
        ("The cores and the coated particles measured S0 and S1.", {0: "The cores", 1: "the coated particles"}),
        ("Diameters were S0 and S1 for bare and coated rods.", {0: "bare", 1: "coated rods"}),
        ("It was S0 for TOV and S1 for CCM@TOV; the control had S2.", {0: "TOV", 1: "CCM@TOV composed", 2: "control"}),
    ],
)
def test_sizes_of_a_list_have_the_label_at_their_side(text: str, found: dict[int, str]) -> None:
    assert labels(text) == found


def test_a_name_within_a_code_counts_as_it_is_printed() -> None:
    found = labels("DLS gave S0 for N1 and S2 for NK-N3.", ("78 nm", "MSN", "97 nm", "MSN"))
    assert found == {0: "⟦N1⟧", 2: "NK-⟦N3⟧ composed"}


@pytest.mark.parametrize("text", ["It was S0 for the coated.", "No size at all.", "S0 then S1."])
def test_a_size_alone_or_without_label_has_none(text: str) -> None:
    assert labels(text) == {}
