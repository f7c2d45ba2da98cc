"""Nanopublications as TriG: each record an assertion with provenance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pipeline.errors import UsageError
from pipeline.export.facts import RecordFacts, facts_of
from pipeline.export.formats.papers import ExportedPaper, papers
from pipeline.export.formats.rdf import PREFIXES, add_record, bind
from pipeline.folder import RunFolder, write_atomically
from pipeline.settings import version

_NP: Final = "http://www.nanopub.org/nschema#"


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write a file for each record, RECORD.trig: unsigned; sign them with your key before you publish them.

    Raises:
        UsageError: rdflib, which writes them, is not installed.
    """
    for paper in papers(folder):
        for about in facts_of(paper.extraction, folder).records:
            path = out / f"{about.record.id}.trig"
            write_atomically(path, [_nanopublication(paper, about)])
            yield path


def _nanopublication(paper: ExportedPaper, about: RecordFacts) -> bytes:
    try:
        from rdflib import RDF, Dataset, Literal, URIRef
    except ImportError as error:
        raise UsageError("nanopublications need rdflib; pip install 'coatmine[rdf]'") from error
    base = f"http://purl.org/nanopub/temp/coatmine/{about.record.id}"
    dataset: Any = Dataset()
    bind(dataset)
    dataset.bind("np", _NP)
    whole, assertion = URIRef(base), URIRef(f"{base}#assertion")
    graphs = {name: dataset.graph(URIRef(f"{base}#{name}")) for name in ("Head", "assertion", "provenance", "pubinfo")}
    head = graphs["Head"]
    head.add((whole, RDF.type, URIRef(f"{_NP}Nanopublication")))
    for link, name in (("Assertion", "assertion"), ("Provenance", "provenance"), ("PublicationInfo", "pubinfo")):
        head.add((whole, URIRef(f"{_NP}has{link}"), URIRef(f"{base}#{name}")))
    add_record(graphs["assertion"], paper, about)
    prov, dcterms = PREFIXES["prov"], PREFIXES["dcterms"]
    derived = URIRef(f"{prov}wasDerivedFrom")
    graphs["provenance"].add((assertion, derived, URIRef(f"urn:{paper.document.id}")))
    if about.study.url:
        graphs["provenance"].add((assertion, derived, URIRef(about.study.url)))
    software = URIRef(f"urn:coatmine:version:{version()}")
    graphs["provenance"].add((assertion, URIRef(f"{prov}wasAttributedTo"), software))
    for fact in about.facts:
        if fact.merged.decided_by:
            graphs["provenance"].add((assertion, URIRef(f"{prov}wasAttributedTo"), Literal(fact.merged.decided_by)))
    graphs["pubinfo"].add((whole, URIRef(f"{dcterms}creator"), software))
    graphs["pubinfo"].add(
        (whole, URIRef(f"{dcterms}license"), URIRef("https://creativecommons.org/publicdomain/zero/1.0/"))
    )
    text: str = dataset.serialize(format="trig")
    return text.encode()
