"""Mentions, values and records: round trip, identity, what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.records import (
    FIELDS,
    CoreValue,
    Mention,
    Record,
    SizeValue,
    Study,
    Term,
    Value,
    fold,
    mention_id,
    record_id,
)
from tests.strategies import documents, mentions


@given(st.data())
def test_a_mention_survives_json(data):
    mention = data.draw(mentions(data.draw(documents())))
    assert Mention.model_validate_json(mention.model_dump_json()) == mention


def test_a_record_survives_json_with_the_facts_of_cores_and_sizes():
    common = {"score": 0.9, "channel": "table", "evidence": ("m1",)}
    record = Record(
        id=record_id("sha256:1", "31", None),
        document_id="sha256:1",
        study=Study(key="31", doi="10.5555/31"),
        membranes=(Value(text="Hela", name="HeLa", curie="cellosaurus:CVCL_0030", **common),),
        cores=(CoreValue(text="hollow MnO2 NPs", name="hollow MnO2 nanoparticles", structure=("hollow",),
                         materials=(Term(name="manganese dioxide"),), form="nanoparticle", **common),),
        sizes=(SizeValue(text="ca. 80", name="80 nm", value=80, unit="nm", approximate=True, **common),),
        missing={"drugs": "not_reported"},
    )  # fmt: skip
    again = Record.model_validate_json(record.model_dump_json())
    assert again == record
    assert again.cores[0].structure == ("hollow",)
    assert [field for field, _ in again.items()] == ["membranes", "cores", "sizes"]


def test_a_value_without_evidence_is_refused():
    with pytest.raises(ValidationError, match="evidence"):
        Value(text="x", name="x", score=1, channel="text", evidence=())


@pytest.mark.parametrize("method", ["lexicon", "guess:x@1", "rule:size", "rule@1"])
def test_a_method_that_does_not_say_what_and_which_version_is_refused(method):
    with pytest.raises(ValidationError, match="method"):
        Mention(id="m", document_id="d", label="SIZE", start=0, end=1, text="x", name="x", score=1, method=method)


@given(st.text(), st.sampled_from(FIELDS), st.integers(0, 99), st.integers(0, 99))
def test_ids_depend_on_all_that_tells_things_apart(document, label, start, end):
    assert mention_id(document, label, start, end) == mention_id(document, label, start, end)
    assert mention_id(document, label, start, end) != mention_id(document, label, start, end + 1)
    assert record_id(document, str(start), None) != record_id(document, str(start), "CM@PDA")


@pytest.mark.parametrize(
    ("one", "other"),
    [("B16\u2011F10", "b16-f10"), ("HeLa ", "Hela"), ("poly(lactic  acid)", "Poly(lactic acid)"), ("ﬁbrin", "fibrin")],
)
def test_folding_makes_spellings_of_one_name_equal(one, other):
    assert fold(one) == fold(other)


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


def test_a_mention_in_json_leaves_out_what_it_does_not_have():
    plain = Mention(
        id="m1", document_id="sha256:1", label="DRUG", start=0, end=3, text="DOX", name="doxorubicin", score=0.9,
        method="lexicon:drugs@0.1.0",
    )  # fmt: skip
    written = set(json.loads(plain.model_dump_json()))
    optional = {"candidates", "hypothetical", "caution", "size", "core", "votes"}
    assert written == set(Mention.model_fields) - optional
    told = plain.model_copy(update={"hypothetical": True, "candidates": (Term(name="DOX"),), "votes": ("ner:0.85",)})
    assert set(json.loads(told.model_dump_json())) == written | {"candidates", "hypothetical", "votes"}
