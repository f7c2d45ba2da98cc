"""RDF, nanopublications and RO-Crate, read back by rdflib, pyshacl, nanopub and rocrate."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipeline.export import export, publish
from pipeline.export.formats.rdf import iri_of
from pipeline.folder import RunFolder

rdflib = pytest.importorskip("rdflib", reason="rdflib is not installed: the extra `rdf`")

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix npo: <http://purl.bioontology.org/ontology/npo#NPO_> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix bfo: <http://purl.obolibrary.org/obo/BFO_> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<urn:sample> a sh:NodeShape ; sh:targetClass npo:1404 ;
    sh:property [ sh:path bfo:0000051 ; sh:minCount 1 ;
                  sh:property [ sh:path rdfs:label ; sh:minCount 1 ] ;
                  sh:property [ sh:path [ sh:inversePath oa:hasBody ] ; sh:minCount 1 ] ] ;
    sh:property [ sh:path prov:wasDerivedFrom ; sh:minCount 1 ] .
<urn:evidence> a sh:NodeShape ; sh:targetClass oa:Annotation ;
    sh:property [ sh:path ( oa:hasTarget oa:hasSelector oa:exact ) ; sh:minCount 1 ; sh:datatype xsd:string ] .
"""


def test_a_record_is_a_sample_with_its_parts_and_quoted_evidence(run: RunFolder, tmp_path: Path) -> None:
    (path,) = export(run.path, "rdf", tmp_path)
    graph = rdflib.Graph().parse(path)
    found = graph.query("""
        PREFIX bfo: <http://purl.obolibrary.org/obo/BFO_> PREFIX oa: <http://www.w3.org/ns/oa#>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX cm: <urn:coatmine:term:>
        PREFIX npo: <http://purl.bioontology.org/ontology/npo#NPO_> PREFIX dcterms: <http://purl.org/dc/terms/>
        SELECT ?words ?page ?score ?doi WHERE {
          ?sample a npo:1404 ; bfo:0000051 ?part ; dcterms:source ?doi .
          ?part skos:exactMatch <http://purl.obolibrary.org/obo/CHEBI_28748> ; cm:score ?score .
          ?evidence oa:hasBody ?part ; oa:hasTarget ?target .
          ?target cm:page ?page ; oa:hasSelector/oa:exact ?words . }""")
    ((words, page, score, doi),) = found
    assert (str(words), int(page), float(score)) == ("Doxorubicin", 1, 0.9)
    assert str(doi) == "https://doi.org/10.1234/seven"


def test_the_graph_keeps_to_its_shapes(run: RunFolder, tmp_path: Path) -> None:
    pyshacl = pytest.importorskip("pyshacl", reason="pyshacl is not installed")
    (path,) = export(run.path, "rdf", tmp_path)
    data = rdflib.Graph().parse(path)
    shapes = rdflib.Graph().parse(data=SHAPES, format="turtle")
    conforms, _, text = pyshacl.validate(data, shacl_graph=shapes)
    assert conforms, text
    data.remove((None, rdflib.URIRef("http://www.w3.org/ns/prov#wasDerivedFrom"), None))
    assert not pyshacl.validate(data, shacl_graph=shapes)[0], "the shapes can fail"


def test_a_nanopublication_is_valid(run: RunFolder, tmp_path: Path) -> None:
    nanopub = pytest.importorskip("nanopub", reason="nanopub is not installed")
    paths = export(run.path, "nanopub", tmp_path)
    assert len(paths) == 2
    for path in paths:
        publication = nanopub.Nanopub(rdf=path)
        assert publication.is_valid
        assert len(publication.assertion) > 5
        assert len(publication.provenance) > 1


def test_a_crate_is_read_with_its_files_and_papers(run: RunFolder) -> None:
    rocrate = pytest.importorskip("rocrate.rocrate", reason="rocrate is not installed")
    publish(run.path)
    (path,) = export(run.path, "rocrate", run.path)
    before = path.read_bytes()
    crate = rocrate.ROCrate(run.path)
    assert {entity.id for entity in crate.data_entities} >= {"records.csv", "records.xlsx", "report.html"}
    assert crate.get("https://doi.org/10.1234/review")["@type"] == "ScholarlyArticle"
    assert crate.get("#coatmine")["version"]
    assert date.fromisoformat(crate.root_dataset["datePublished"]), "RO-Crate 1.1 asks for it"
    told = {each["@id"]: each for each in json.loads(before)["@graph"]}
    assert told["./"]["mentions"] == {"@id": "#run"}
    singles = [value for each in told.values() for value in each.values() if isinstance(value, list) and len(value) < 2]
    assert singles == [], "a list of one is written as that one"
    (run.path / "records.csv").write_text("")
    publish(run.path)
    assert path.read_bytes() == before, "made anew with the rest, of files that are the same again"


@pytest.mark.parametrize(
    ("curie", "iri"),
    [("CHEBI:28748", "http://purl.obolibrary.org/obo/CHEBI_28748"),
     ("cellosaurus:CVCL_0031", "https://www.cellosaurus.org/CVCL_0031"),
     ("DOID:1612", "http://purl.obolibrary.org/obo/DOID_1612")],
)  # fmt: skip
def test_identifiers_are_addresses_of_their_own_vocabularies(curie: str, iri: str) -> None:
    assert iri_of(curie) == iri
