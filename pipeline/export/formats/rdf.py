"""RDF: records as Turtle, with terms of NPO, ChEBI, Cellosaurus, DOID and others, and PROV-O for where they are from.

A record is a nanoparticle sample (NPO) with its coat, core and drug as parts (BFO). Each value has its identifier, its
score, and as evidence a Web Annotation that quotes the sentence and names the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from pipeline.errors import UsageError
from pipeline.export.facts import Fact, RecordFacts, facts_of
from pipeline.export.formats.composition import KINDS, PARTICLE_SIZE, SAMPLE, particle_name
from pipeline.export.formats.papers import ExportedPaper, papers, xml_text
from pipeline.export.text import plain
from pipeline.export.vocabularies import vocabularies
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import FieldName
from pipeline.settings import version

if TYPE_CHECKING:
    from rdflib import Graph

PREFIXES: Final = {
    "bfo": "http://purl.obolibrary.org/obo/BFO_",
    "cm": "urn:coatmine:term:",
    "dcterms": "http://purl.org/dc/terms/",
    "npo": "http://purl.bioontology.org/ontology/npo#NPO_",
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sio": "http://semanticscience.org/resource/SIO_",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "uo": "http://purl.obolibrary.org/obo/UO_",
}
_PART: Final = "0000051"  # BFO: has part
_VALUE: Final = "000300"  # SIO: has value
_UNITS: Final = {"nm": "0000018", "µm": "0000017"}  # UO: nanometer, micrometer
_ABOUT: Final[dict[FieldName, str]] = {
    "diseases": "disease", "animal_models": "animalModel", "modalities": "modality",
}  # fmt: skip


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write records.ttl.

    Raises:
        UsageError: rdflib, which writes it, is not installed.
    """
    graph = new_graph()
    for paper in papers(folder):
        for about in facts_of(paper.extraction, folder).records:
            add_record(graph, paper, about)
            add_origin(graph, paper, about)
    path = out / "records.ttl"
    write_atomically(path, [graph.serialize(format="turtle").encode()])
    yield path


def new_graph() -> Graph:
    """An empty graph that knows our prefixes."""
    try:
        from rdflib import Graph
    except ImportError as error:
        raise UsageError("RDF needs rdflib; pip install 'coatmine[rdf]'") from error
    graph = Graph(bind_namespaces="none")
    bind(graph)
    return graph


def bind(graph: Any) -> None:
    """Give a graph the prefixes that its files are written with."""
    for prefix, base in PREFIXES.items():
        graph.bind(prefix, base)


def record_iri(about: RecordFacts) -> str:
    """A record's address, the same on every run."""
    return f"urn:coatmine:record:{about.record.id}"


def iri_of(curie: str) -> str:
    """The address of an identifier in its own vocabulary, which is what others link to."""
    prefix, _, identifier = curie.partition(":")
    known = {name.casefold(): each for name, each in vocabularies().items()}.get(prefix.casefold())
    base = known.uri_prefix if known else f"https://bioregistry.io/{quote(prefix)}:"
    return base + quote(identifier, safe="_-.")


def _term(name: str) -> Any:
    from rdflib import URIRef

    prefix, _, rest = name.partition(":")
    return URIRef(PREFIXES[prefix] + rest)


def add_record(graph: Any, paper: ExportedPaper, about: RecordFacts) -> None:
    """Say what a record says: a sample, its parts, its sizes, and what it is for."""
    from rdflib import RDF, Literal, URIRef

    subject = URIRef(record_iri(about))
    graph.add((subject, RDF.type, URIRef(iri_of(SAMPLE.curie or ""))))
    graph.add((subject, _term("rdfs:label"), Literal(xml_text(plain(particle_name(about.record))))))
    for name, facts in about.fields.items():
        for number, fact in enumerate(facts, 1):
            node = URIRef(f"{subject}:{name}:{number}")
            link = f"bfo:{_PART}" if name in KINDS else "cm:size" if name == "sizes" else f"cm:{_ABOUT[name]}"
            graph.add((subject, _term(link), node))
            _add_value(graph, node, fact)
            for at, evidence in enumerate(fact.quotes, 1):
                _add_evidence(graph, node, URIRef(f"{node}:{at}"), evidence, paper.document.id)


def _add_value(graph: Any, node: Any, fact: Fact) -> None:
    from rdflib import RDF, Literal, URIRef

    kind = KINDS[fact.field].term.curie if fact.field in KINDS else PARTICLE_SIZE.curie if fact.size else None
    if kind:
        graph.add((node, RDF.type, URIRef(iri_of(kind))))
    graph.add((node, _term("rdfs:label"), Literal(xml_text(fact.label))))
    graph.add((node, _term("cm:score"), Literal(fact.merged.score)))
    if fact.curie:
        graph.add((node, _term("skos:exactMatch"), URIRef(iri_of(fact.curie))))
    for term in fact.materials:
        if term.curie:
            graph.add((node, _term("cm:material"), URIRef(iri_of(term.curie))))
    if fact.size:
        graph.add((node, _term(f"sio:{_VALUE}"), Literal(fact.size.value)))
        graph.add((node, _term("cm:unit"), _term(f"uo:{_UNITS[fact.size.unit]}")))
        graph.add((node, _term("cm:measured"), Literal(fact.size.of)))
    if fact.merged.decision:
        graph.add((node, _term("cm:decision"), Literal(fact.merged.decision)))
        graph.add((node, _term("cm:decidedBy"), Literal(xml_text(plain(fact.merged.decided_by or "")))))


def _add_evidence(graph: Any, node: Any, annotation: Any, evidence: Any, document_id: str) -> None:
    from rdflib import RDF, BNode, Literal, URIRef

    target, selector = BNode(f"{annotation}t".replace(":", "")), BNode(f"{annotation}s".replace(":", ""))
    graph.add((annotation, RDF.type, _term("oa:Annotation")))
    graph.add((annotation, _term("oa:hasBody"), node))
    graph.add((annotation, _term("oa:hasTarget"), target))
    graph.add((target, _term("oa:hasSource"), URIRef(f"urn:{document_id}")))
    graph.add((target, _term("oa:hasSelector"), selector))
    graph.add((selector, RDF.type, _term("oa:TextQuoteSelector")))
    for name, text in (("exact", evidence.words), ("prefix", evidence.before), ("suffix", evidence.after)):
        graph.add((selector, _term(f"oa:{name}"), Literal(xml_text(text))))
    if evidence.page:
        graph.add((target, _term("cm:page"), Literal(evidence.page)))


def add_origin(graph: Any, paper: ExportedPaper, about: RecordFacts) -> None:
    """Say where a record is from: the paper's bytes, the study that it describes, and the software."""
    from rdflib import RDF, Literal, URIRef

    subject, document = URIRef(record_iri(about)), URIRef(f"urn:{paper.document.id}")
    software = URIRef(f"urn:coatmine:version:{version()}")
    graph.add((document, RDF.type, _term("prov:Entity")))
    graph.add((subject, _term("prov:wasDerivedFrom"), document))
    graph.add((subject, _term("prov:wasAttributedTo"), software))
    graph.add((software, RDF.type, _term("prov:SoftwareAgent")))
    graph.add((software, _term("rdfs:label"), Literal(f"coatmine {version()}")))
    if about.study.url:
        graph.add((subject, _term("dcterms:source"), URIRef(about.study.url)))
    if about.study.citation:
        graph.add((subject, _term("dcterms:bibliographicCitation"), Literal(xml_text(about.study.citation))))
