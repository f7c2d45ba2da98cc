"""What part rules and weights together give to the cells, drugs, sizes and diseases of a sentence."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

import pytest

from pipeline.records import CoreFacts, Label, SizeFacts
from pipeline.roles import MODEL, Tagger, Verdict, tag, unmark


@dataclass(frozen=True)
class Named:
    """A name as recognition gives it, here without an identifier."""

    start: int
    end: int
    label: Label
    name: str
    curie: str | None = None
    size: SizeFacts | None = None
    core: CoreFacts | None = None


@pytest.fixture(scope="module")
def decided():
    """The verdicts of the shipped rules and weights on a marked sentence, in the order of the text."""
    tagger = Tagger()

    def read(sentence: str) -> list[tuple[str, Verdict]]:
        text, marked = unmark(sentence)
        names = [
            Named(
                m.start, m.end, m.label, name := text[m.start : m.end], size=_size(name) if m.label == "SIZE" else None
            )
            for m in marked
        ]
        verdicts = tagger.decide(text, 0, len(text), names, ("at=results",))
        return [(text[name.start : name.end], verdict) for name, verdict in verdicts]

    return read


def _size(text: str) -> SizeFacts:
    return SizeFacts(value=float(text.split(maxsplit=1)[0]))


@pytest.fixture
def parts(decided):
    """The roles alone."""
    return lambda sentence: [(name, verdict.role) for name, verdict in decided(sentence)]


COAT = "membrane_source"
not_yet = pytest.mark.xfail(strict=True, reason="the shipped weights do not tell this yet")
gap = partial(pytest.param, marks=not_yet)


@pytest.mark.parametrize(
    "sentence",
    [
        "[PLGA|CORE] dressed with [KB|CELL] membrane.",
        "[PLGA|CORE] was coated with a [KB|CELL] [oral cancer|DISEASE] cell membrane.",
        "[KB|CELL]-cell-membrane-camouflaged [PLGA|CORE] NPs.",
        "[KB|CELL] CCM-coated [PLGA|CORE].",
        "Membranes that were isolated from cultured [KB|CELL] cells hid [PLGA|CORE].",
        "The coat was derived from [KB|CELL] cells.",
        "NPs disguised as [KB|CELL] cells circulated.",
        "[KB|CELL] cells were chosen as the source of the membrane.",
        "[KB|CELL] cells were broken in hypotonic buffer and the membranes collected.",
        "[Rods|CORE] were wrapped in vesicles shed by [KB|CELL] cells.",
        "They lysed [KB|CELL] cells and laid their membrane over [PLGA|CORE].",
    ],
)
def test_the_cells_of_a_coat_are_its_source(parts, sentence) -> None:
    assert dict(parts(sentence))["KB"] == COAT


@pytest.mark.parametrize(
    "sentence",
    [
        "A coat fused from [red cells|CELL] and [KB|CELL] cells hid [melanin|CORE].",
        "They joined membranes of [4T1|CELL] cells with those of [KB|CELL].",
        "They used a hybrid coat of [erythrocytes|CELL] and [KB|CELL] cells.",
        "[Platelet|CELL]-[KB|CELL] hybrids were put on [PLGA|CORE].",
    ],
)
def test_both_cells_of_a_hybrid_are_sources(parts, sentence) -> None:
    assert {part for text, part in parts(sentence) if text not in ("melanin", "PLGA")} == {COAT}


@pytest.mark.parametrize(
    "sentence",
    [
        "[KB|CELL] cells took up the particles.",
        "[KB|CELL] cells were incubated with [4T1|CELL] membrane-coated NPs.",
        "[Silica|CORE] in membrane of [4T1|CELL] cells was injected into [KB|CELL] tumours.",
        "The particles were toxic to [KB|CELL] cells.",
    ],
)
def test_cells_that_are_only_tested_are_no_source(parts, sentence) -> None:
    assert dict(parts(sentence))["KB"] != COAT


def test_a_list_shares_its_part(parts) -> None:
    assert parts("Membranes of [HCT-116|CELL], [MCF-7|CELL] and [HeLa|CELL] cells covered [gold|CORE].")[:3] == [
        ("HCT-116", COAT), ("MCF-7", COAT), ("HeLa", COAT),
    ]  # fmt: skip


@not_yet
def test_a_list_with_lines_in_brackets_shares_its_part(parts) -> None:
    text = "[Osteosarcoma|DISEASE] cells ([143B|CELL]) and [macrophages|CELL] ([RAW264.7|CELL]) shared the coat."
    assert parts(text)[1:] == [("143B", COAT), ("macrophages", COAT), ("RAW264.7", COAT)]


@pytest.mark.parametrize(
    "sentence",
    [
        "[DOX|DRUG]-loaded [PLGA|CORE].",
        "[PLGA|CORE] was filled with the drug [DOX|DRUG].",
        "[DOX|DRUG] was then physically encapsulated.",
        "It ferried [DOX|DRUG] into the brain.",
        "The release of [DOX|DRUG] was slow.",
        "[PLGA|CORE] with [DOX|DRUG] inside.",
        "[DOX|DRUG] nanocrystals were coated.",
        "[DOX|DRUG], which was loaded last, leaked.",
        gap("With [DOX|DRUG] as a model drug, [PLGA|CORE] was made."),
    ],
)
def test_a_drug_that_is_carried_is_cargo(parts, sentence) -> None:
    assert dict(parts(sentence))["DOX"] == "cargo"


@pytest.mark.parametrize(
    "sentence",
    [
        "Free [DOX|DRUG] was loaded with toxicity.",
        "It did better than [DOX|DRUG]-loaded liposomes.",
        "The release was slow compared with that of [DOX|DRUG].",
        "[DOX|DRUG] alone was given.",
        "[DOX|DRUG] crystals were attempted without success.",
    ],
)
def test_a_drug_that_is_compared_is_no_cargo(parts, sentence) -> None:
    assert dict(parts(sentence))["DOX"] != "cargo"


@pytest.mark.parametrize("sentence", ["Free [DOX|DRUG] was loaded with toxicity.", "[DOX|DRUG] alone was given."])
def test_a_free_drug_is_a_comparator(parts, sentence) -> None:
    assert dict(parts(sentence))["DOX"] == "comparator"


@pytest.mark.parametrize(
    "sentence",
    [
        "Particles with a [KB|CELL] coat homed, while the same particles with a [HeLa|CELL] coat did not.",
        "A coat of [HeLa|CELL] membrane, made for comparison, gave no such homing.",
        "Membrane from [HeLa|CELL] cells was used as a negative control.",
        "They went farther than particles that wore [HeLa|CELL] membrane.",
        "Control particles coated with membranes from [HeLa|CELL] cells were taken up less.",
        "They were superior to ones wearing the membrane of [HeLa|CELL] cells.",
        gap("Mice given particles in which [HeLa|CELL] membrane replaced the first were not protected."),
    ],
)
def test_a_control_coat_is_no_source(parts, sentence) -> None:
    assert dict(parts(sentence))["HeLa"] != COAT


@not_yet
def test_a_clause_about_the_free_drug_does_not_spoil_the_main_clause(parts) -> None:
    sentence = "While free [DOX|DRUG] is toxic, [PLGA|CORE] with [PTX|DRUG] in [HeLa|CELL] membrane was safe."
    assert dict(parts(sentence)) == {"DOX": "comparator", "PLGA": "core", "PTX": "cargo", "HeLa": COAT}


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("The bare cores of [PLGA|CORE] measured [95 nm|SIZE].", "core_size"),
        ("It measured [95 nm|SIZE] before coating.", "core_size"),
        ("Coated particles were [95 nm|SIZE] wide.", "coated"),
        ("It had [95 nm|SIZE] with its coat.", "coated"),
    ],
)
def test_a_size_is_of_the_coated_particle_or_of_the_core(parts, sentence, part) -> None:
    assert dict(parts(sentence))["95 nm"] == part


@pytest.mark.parametrize("pores", ["It was passed through pores of [95 nm|SIZE].", "Pores of [95 nm|SIZE] let it in."])
def test_a_pore_is_no_size_of_the_particle(parts, pores) -> None:
    assert dict(parts(pores))["95 nm"] != "coated"


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        gap("No burns or [colitis|DISEASE] appeared.", "colitis"),
        ("[Bladder cancer|DISEASE] and [kidney cancer|DISEASE] were not examined.", "kidney cancer"),
        ("The coat did not come from [HeLa|CELL] cells.", "HeLa"),
    ],
)
def test_what_is_denied_is_negated(decided, sentence, name) -> None:
    assert dict(decided(sentence))[name].negated


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        gap("[Radiotherapy|MODALITY] might profit.", "Radiotherapy"),
        ("The platform could be applied to [osteosarcoma|DISEASE].", "osteosarcoma"),
    ],
)
def test_what_is_only_supposed_is_hypothetical(decided, sentence, name) -> None:
    assert dict(decided(sentence))[name].hypothetical


def test_a_plain_statement_is_neither(decided) -> None:
    (_, verdict), *_ = decided("[HeLa|CELL] membrane covered [PLGA|CORE].")
    assert (verdict.negated, verdict.hypothetical) == (False, False)


def test_an_animal_from_which_cells_are_taken_is_a_donor(parts) -> None:
    assert parts("Neutrophils were flushed from femurs of [C57BL/6 mice|ANIMAL].") == [("C57BL/6 mice", "donor")]


def test_members_of_a_coordination_are_as_likely_as_one_another(decided) -> None:
    some = decided("Membranes of [HCT-116|CELL], [MCF-7|CELL] and [HeLa|CELL] cells covered [gold|CORE].")
    first, second, third, core = [verdict.support for _, verdict in some]
    assert first == second == third != core


def test_the_rule_that_sets_a_role_is_named_else_the_model(decided) -> None:
    (_, (_, by_rule)) = decided("[PLGA|CORE] was dressed with [KB|CELL] membrane.")
    assert by_rule.because
    assert MODEL not in by_rule.because
    ((_, by_model),) = decided("[KB|CELL].")
    assert by_model.because == (MODEL,)


def test_tags_stand_for_the_outermost_names() -> None:
    text, names = unmark("A coat of [4T1|CELL] ([breast cancer|DISEASE]) cells.")
    assert tag(text, 0, len(text), names).text.rstrip() == "A coat of ⟦C0⟧ ⟦X1⟧ cells."


def test_long_coordinations_cost_little(parts) -> None:
    sentence = (
        "The " + " melanoma and lung or breast, ".join("[KB|CELL]" for _ in range(12)) + " cells grew well in culture."
    )
    begin = time.process_time()
    parts(sentence)
    assert time.process_time() - begin < 1.0
