"""How fast a large run loads: python benchmarks/loading.py [--records N] [URL...].

Makes a run folder of made-up documents (25 studies of 7 values each), loads it into each database named, loads it
again, and prints the rates. Databases are filled and left as they are; give empty ones. Without any it takes new
SQLite and DuckDB files and a PostgreSQL server of its own, where one is installed, and removes them afterwards.
"""

from __future__ import annotations

import argparse
import gzip
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline.document import Block, Document, Metadata
from pipeline.export import load_database
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import (
    FIELDS,
    CoreValue,
    FieldName,
    Label,
    Mention,
    Outcome,
    Record,
    SizeValue,
    Study,
    Value,
    mention_id,
    record_id,
)

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.export.databases import server

STUDIES = 25
LABELS: dict[FieldName, Label] = {
    "membranes": "CELL_LINE", "cores": "CORE", "drugs": "DRUG", "sizes": "SIZE", "diseases": "DISEASE",
    "animal_models": "ANIMAL_MODEL", "modalities": "MODALITY",
}  # fmt: skip
NAMES: dict[FieldName, str] = {
    "membranes": "MCF-7", "cores": "PLGA", "drugs": "doxorubicin", "sizes": "120 nm", "diseases": "breast cancer",
    "animal_models": "BALB/c mice", "modalities": "chemotherapy",
}  # fmt: skip
SENTENCE = (
    "In study {}, {membranes} coats on {cores} carried {drugs} ({sizes}) against {diseases} in {animal_models} "
    "by {modalities}."
)


def document(number: int) -> Document:
    """A made-up document of one sentence a study."""
    text = "\n".join(SENTENCE.format(f"{number}.{study}", **NAMES) for study in range(STUDIES))
    return Document(
        id="sha256:" + sha256(text.encode()).hexdigest(),
        source=f"{number}.txt",
        media_type="text/plain",
        metadata=Metadata(title=f"Review {number}", doi=f"10.1234/{number}"),
        text=text,
        blocks=(Block(start=0, end=len(text), kind="paragraph"),),
    )


def found_in(paper: Document) -> Iterator[tuple[list[Mention], Record]]:
    """The record of each study with the mentions that support it."""
    end = 0
    for study in range(STUDIES):
        mentions = {}
        for field, name in NAMES.items():
            start = paper.text.index(name, end)
            end = start + len(name)
            curie = f"made:{field}"
            mentions[field] = Mention(
                id=mention_id(paper.id, LABELS[field], start, end), document_id=paper.id, label=LABELS[field],
                start=start, end=end, text=name, name=name, curie=curie, score=0.9, method="lexicon:made@1",
            )  # fmt: skip
        values = {field: (value(field, mentions[field]),) for field in FIELDS}
        key = str(study + 1)
        about = Study(key=key, doi=f"{paper.metadata.doi}.{key}")
        head = {"id": record_id(paper.id, key, None), "document_id": paper.id, "study": about}
        yield list(mentions.values()), Record.model_validate({**head, **values, "made_by": {"coatmine": "0"}})


def value(field: FieldName, mention: Mention) -> Value:
    """A value that stands on one mention."""
    kind = {"sizes": SizeValue, "cores": CoreValue}.get(field, Value)
    size = {"value": 120, "unit": "nm"} if field == "sizes" else {}
    about = {"text": mention.text, "name": mention.name, "curie": mention.curie, "score": 0.9}
    return kind.model_validate({**about, **size, "channel": "text", "evidence": (mention.id,)})


def make_run(folder: Path, records: int) -> RunFolder:
    """Write a run folder with so many records."""
    run = RunFolder(folder)
    with (
        (folder / "documents.jsonl").open("w") as outcomes,
        (folder / "mentions.jsonl").open("w") as mentions,
        (folder / "records.jsonl").open("w") as lines,
    ):
        for number in range(records // STUDIES):
            paper = document(number)
            write_atomically(run.document_path(paper.id), [gzip.compress(paper.to_json().encode(), 1)])
            outcome = Outcome(source=paper.source, status="ok", document_id=paper.id, title=paper.metadata.title)
            outcomes.write(outcome.model_dump_json() + "\n")
            for evidence, record in found_in(paper):
                mentions.writelines(mention.model_dump_json() + "\n" for mention in evidence)
                lines.write(record.model_dump_json() + "\n")
    return run


def main() -> None:
    """Make the run, load it, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("urls", nargs="*", metavar="URL")
    parser.add_argument("--records", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        run = make_run(Path(name), options.records)
        for url in options.urls or [f"sqlite:///{name}/coats.db", f"duckdb:///{name}/coats.duckdb"]:
            measure(run, url)
        if not options.urls:
            try:
                with contextmanager(server)() as postgres:
                    measure(run, postgres.create("coats"))
            except pytest.skip.Exception as missing:
                print(missing)  # noqa: T201


def measure(run: RunFolder, url: str) -> None:
    """Load a run twice, and print what it took."""
    begun, used = time.perf_counter(), time.process_time()
    summary = load_database(run.path, url)
    took, cpu = time.perf_counter() - begun, time.process_time() - used
    begun = time.perf_counter()
    load_database(run.path, url)
    again = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(  # noqa: T201
        f"{summary.url}: {summary.records} records, {summary.values} values, {summary.mentions} mentions in "
        f"{took:.1f} s ({summary.records / took:.0f} records/s; this process {cpu:.1f} s of CPU); "
        f"again, to no effect: {again:.1f} s; peak memory so far {peak:.0f} MiB",
        flush=True,
    )


if __name__ == "__main__":
    main()
