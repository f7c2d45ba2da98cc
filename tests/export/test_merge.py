"""What table and text say of one field: the same, the same in other words, or not the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.export.merge import difference, merge, wordings
from pipeline.records import Channel, CoreValue, SizeValue, Term, Value

from ..strategies import WORDS


def stated(name: str, channel: Channel, curie: str | None = None) -> Value:
    return Value(text=name, name=name, curie=curie, score=0.9, channel=channel, evidence=("m1",))


def groups(*values: Value) -> list[list[str]]:
    return [[each.first.name for each in group] for group in wordings(values)]


def test_the_shorter_wording_stands_with_the_fuller() -> None:
    table, text = stated("mesoporous silica nanoparticles", "table"), stated("mesoporous silica", "text")
    assert groups(table, text) == [["mesoporous silica nanoparticles", "mesoporous silica"]]
    assert groups(stated("BALB/c nude mice", "table"), stated("nude BALB/c mice", "text")) == [
        ["BALB/c nude mice", "nude BALB/c mice"]
    ]
    assert not difference(wordings([table, text]))


def test_cores_of_the_same_material_are_wordings_of_one() -> None:
    oxide = (Term(name="manganese dioxide", curie="CHEBI:136511"),)
    table = CoreValue.model_validate({**stated("hollow MnO2", "table").model_dump(), "materials": oxide})
    text = CoreValue.model_validate({**stated("manganese dioxide", "text").model_dump(), "materials": oxide})
    assert groups(table, text) == [["hollow MnO2", "manganese dioxide"]]


def test_of_values_that_several_documents_state_the_one_that_a_curator_decided_is_shown() -> None:
    told = stated("platelets", "text").model_copy(update={"evidence": ("m2",)})
    decided = stated("platelets", "table").model_copy(update={"decision": "accept", "decided_by": "ana"})
    for values in ((told, decided), (decided, told)):
        (merged,) = merge(values)
        assert (merged.decision, merged.decided_by) == ("accept", "ana")
        assert merged.evidence == tuple(value.evidence[0] for value in values), "all that supports it stays"


def test_identifiers_that_differ_are_no_wordings() -> None:
    table, text = stated("B16", "table", "cellosaurus:CVCL_F936"), stated("B16-F10", "text", "cellosaurus:CVCL_0159")
    assert groups(table, text) == [["B16"], ["B16-F10"]]
    assert difference(wordings([table, text])) == {"table": ["B16"], "text": ["B16-F10"]}
    table, text = stated("LLC", "table", "cellosaurus:CVCL_4358"), stated("LLC", "text", "cellosaurus:CVCL_5653")
    assert groups(table, text) == [["LLC"], ["LLC"]], "two lines of one name"


def test_one_name_with_identifiers_of_two_vocabularies_is_one_thing() -> None:
    table, text = stated("gold nanoparticle", "table", "CHEBI:50825"), stated("Gold nanoparticle", "text", "npo:401")
    assert groups(table, text) == [["gold nanoparticle", "Gold nanoparticle"]]
    assert not difference(wordings([table, text]))


def test_numbers_that_differ_are_shown_however_near() -> None:
    sizes = [
        SizeValue.model_validate({**stated(f"{nm} nm", channel).model_dump(), "value": nm, "unit": "nm"})
        for nm, channel in ((130, "table"), (132, "text"))
    ]
    assert difference(wordings(sizes)) == {"table": ["130 nm"], "text": ["132 nm"]}


def test_two_names_in_one_channel_are_two_things() -> None:
    assert groups(stated("silica", "text"), stated("mesoporous silica", "text")) == [["silica"], ["mesoporous silica"]]


def test_a_channel_that_states_less_contradicts_nothing() -> None:
    values = [stated("indomethacin", "table"), stated("gamabufotalin", "table"), stated("indomethacin", "text")]
    assert not difference(wordings(values))


@given(st.lists(st.builds(stated, WORDS, st.sampled_from(["table", "text"])), max_size=8))
def test_no_value_is_lost_or_doubled(values: list[Value]) -> None:
    grouped = [each.first.key for group in wordings(values) for each in group]
    assert sorted(grouped) == sorted(each.first.key for each in merge(values))
