"""The benchmark as a folder that others can take: written, checked against its checksums, read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from pydantic import ValidationError

from pipeline.errors import GoldError, UsageError
from pipeline.evaluation.benchmark.assembly import BenchmarkManifest, assemble, load_manifest
from pipeline.evaluation.benchmark.documents import SPLITS, BenchmarkDocument, of_split, to_line
from pipeline.evaluation.benchmark.predictions import SCHEMA, schema
from pipeline.folder import write_atomically
from pipeline.settings import gold_dir

INDEX: Final = "benchmark.json"
CHECKSUMS: Final = "SHA256SUMS"
DATASHEET: Final = "datasheet.md"
DOCUMENT_SCHEMA: Final = "document.schema.json"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark in memory.

    Attributes:
        name: its name.
        version: goes up whenever a file of it changes.
        documents: all of it.
        root: the folder to which the files of documents are relative.
        released: whether its files are those of the released version; None for what is not written yet.
    """

    name: str
    version: str
    documents: tuple[BenchmarkDocument, ...]
    root: Path
    released: bool | None = None

    @property
    def title(self) -> str:
        """Name and version, and a word on files that are not those of a release."""
        other = " (not the released files: scores compare with no others)" if self.released is False else ""
        return f"{self.name} {self.version}{other}"


def benchmark_dir() -> Path:
    """The shipped manifest, datasheet and checksums."""
    return gold_dir() / "benchmark"


def load_benchmark(folder: Path | str) -> Benchmark:
    """A benchmark from a written folder, or from the folder of a manifest inside a clone of the repository.

    Raises:
        GoldError: it is neither, a file is malformed, or one is not what its checksum says.
    """
    folder = Path(folder)
    if (folder / INDEX).is_file():
        return _written(folder)
    manifest = load_manifest(folder)
    root = folder.resolve().parents[1]
    return Benchmark(manifest.name, manifest.version, tuple(assemble(manifest, root)), root)


def _written(folder: Path) -> Benchmark:
    verify(folder)
    index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    documents = [document for split in SPLITS for document in _documents(folder / f"{split}.jsonl")]
    released = is_released(read_checksums(folder / CHECKSUMS))
    return Benchmark(index["name"], index["version"], tuple(documents), folder, released)


def _documents(path: Path) -> Iterator[BenchmarkDocument]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line:
            try:
                yield BenchmarkDocument.model_validate_json(line)
            except ValidationError as error:
                raise GoldError(f"{path}, line {number}: {error}; write the folder again") from error


def verify(folder: Path) -> None:
    """Compare the files of a written folder with its checksums.

    Raises:
        GoldError: a file is missing or changed.
    """
    for name, digest in read_checksums(folder / CHECKSUMS).items():
        path = folder / name
        if not path.is_file():
            raise GoldError(f"{path}: is missing; write the folder again with `coatmine benchmark write`")
        if sha256(path.read_bytes()).hexdigest() != digest:
            raise GoldError(
                f"{path}: is not what {CHECKSUMS} says, so scores on it compare with nothing; write the folder again "
                "with `coatmine benchmark write`"
            )


def is_released(checksums: Mapping[str, str]) -> bool:
    """Whether these are the checksums of the released version."""
    return dict(checksums) == read_checksums(benchmark_dir() / CHECKSUMS)


def read_checksums(path: Path) -> dict[str, str]:
    """The digests in a file as sha256sum writes it, by name.

    Raises:
        GoldError: it is missing or malformed.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise GoldError(f"{path}: cannot be read ({error.strerror}); write the folder again") from error
    parts = [line.split("  ", 1) for line in lines if line]
    if not parts or any(len(part) != 2 for part in parts):
        raise GoldError(f"{path}: is no list of checksums; write the folder again")
    return {name: digest for digest, name in parts}


def write_benchmark(folder: Path | str, source: Path | None = None) -> dict[str, str]:
    """Write the benchmark as a folder that stands alone.

    Args:
        folder: where; made if it is not there. One that holds an earlier version is replaced.
        source: the folder of the manifest; None for the shipped one.

    Returns:
        The checksums, by name.

    Raises:
        GoldError: the texts are not here (they are in the repository, not in the installed package).
        UsageError: the folder holds something else.
        StoreError: it cannot be written.
    """
    source, folder = source or benchmark_dir(), Path(folder)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / INDEX).is_file():
        raise UsageError(f"{folder}: holds something that is no benchmark; name a new folder")
    manifest = load_manifest(source)
    root = source.resolve().parents[1]
    files = dict(_files(manifest, assemble(manifest, root), source, root))
    sums = {name: sha256(data).hexdigest() for name, data in sorted(files.items())}
    for old in folder.rglob("*"):
        if old.is_file() and old.relative_to(folder).as_posix() not in files:
            old.unlink()
    for name, data in files.items():
        write_atomically(folder / name, [data])
    write_atomically(folder / CHECKSUMS, [f"{digest}  {name}\n".encode() for name, digest in sums.items()])
    return sums


def _files(
    manifest: BenchmarkManifest, documents: Sequence[BenchmarkDocument], source: Path, root: Path
) -> Iterator[tuple[str, bytes]]:
    for split in SPLITS:
        some = [_moved(document) for document in of_split(documents, split)]
        yield f"{split}.jsonl", b"".join(map(to_line, some))
    for document in documents:
        if document.file:
            yield _place(document.file), (root / document.file).read_bytes()
    for name in (DATASHEET, SCHEMA, DOCUMENT_SCHEMA):
        yield name, (source / name).read_bytes()
    yield INDEX, pretty(_index(manifest, documents, root))


def _moved(document: BenchmarkDocument) -> BenchmarkDocument:
    return document.model_copy(update={"file": _place(document.file)}) if document.file else document


def _place(file: str) -> str:
    return f"files/{Path(file).name}"


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schemas of a document's line and of a line of predictions, by the names of their files."""
    made = BenchmarkDocument.model_json_schema()
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A line of a split", **made}
    return {SCHEMA: schema(), DOCUMENT_SCHEMA: document}


def release_benchmark(source: Path) -> None:
    """Write schemas and checksums beside a manifest, once its version was raised.

    Raises:
        GoldError: the texts are not here.
        StoreError: the folder cannot be written.
    """
    for name, rules in schemas().items():
        write_atomically(source / name, [pretty(rules)])
    with TemporaryDirectory(prefix="coatmine-") as folder:
        write_benchmark(folder, source)
        write_atomically(source / CHECKSUMS, [(Path(folder) / CHECKSUMS).read_bytes()])


def _index(manifest: BenchmarkManifest, documents: Iterable[BenchmarkDocument], root: Path) -> dict[str, Any]:
    told = contents(Benchmark(manifest.name, manifest.version, tuple(documents), root))
    return {**told, "license": manifest.license}


def contents(benchmark: Benchmark) -> dict[str, Any]:
    """What a benchmark holds: its name and version, and of each split the counts."""
    splits = {split: counts_of(of_split(benchmark.documents, split)) for split in SPLITS}
    return {"name": benchmark.name, "version": benchmark.version, "splits": splits}


def counts_of(documents: Sequence[BenchmarkDocument]) -> dict[str, Any]:
    """What a split holds: documents, by kind, of which authors, with how many names and records."""
    return {
        "documents": len(documents),
        "authors": sorted({document.author for document in documents}),
        "kinds": dict(sorted(Counter(document.kind for document in documents).items())),
        "mentions": sum(len(document.mentions or ()) for document in documents),
        "records": sum(len(document.records) for document in documents),
    }


def pretty(value: Mapping[str, Any]) -> bytes:
    """JSON that people read."""
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"
