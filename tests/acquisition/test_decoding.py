"""Compressed answers are taken in one layer, and never grow beyond what they may hold."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from time import monotonic

import pytest

from pipeline.acquisition import acquire
from tests.acquisition.internet import PDF, answer, broken_off, file
from tests.patience import patient

DOI = "10.1002/adma.202100001"
NAME = "10.1002_adma.202100001.pdf"
ONE = gzip.compress(PDF, mtime=0)
RAW = zlib.compress(PDF)[2:-4]


def only(internet, tmp_path, **settings):
    (paper,) = acquire([DOI], tmp_path, internet.settings(**{"attempts": 2, **settings})).papers
    return paper


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", ONE),
        ("X-GZIP", ONE),
        ("gzip", gzip.compress(PDF[:1000], mtime=0) + gzip.compress(PDF[1000:], mtime=0)),
        ("gzip", ONE + b"\x00" * 600),
        ("deflate", zlib.compress(PDF)),
        ("deflate", RAW),
        ("identity", PDF),
    ],
    ids=["gzip", "old name", "two members", "padding", "deflate", "deflate without header", "identity"],
)
def test_a_compressed_paper_comes_whole(internet, tmp_path, encoding, body):
    internet.open_pdf(DOI, page=answer(200, body, "application/pdf", Content_Encoding=encoding, ETag='"one"'))
    assert only(internet, tmp_path).status == "acquired"
    assert (tmp_path / NAME).read_bytes() == PDF


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("gzip, gzip", gzip.compress(ONE, mtime=0), "one layer"),
        ("br", PDF, "'br'"),
        ("zstd", PDF, "'zstd'"),
        ("gzip", PDF, "damaged gzip data"),
        ("gzip", ONE[:-40], "breaks off"),
        ("deflate", RAW[:-40], "breaks off"),
    ],
)
def test_what_is_not_understood_is_refused(internet, tmp_path, encoding, body, reason):
    internet.open_pdf(DOI, page=answer(200, body, "application/pdf", Content_Encoding=encoding))
    paper = only(internet, tmp_path)
    assert paper.status in ("refused", "failed")
    assert reason in paper.reason
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
def test_a_bomb_takes_neither_memory_nor_disk(internet, tmp_path, compress):
    encoding = "gzip" if compress is gzip.compress else "deflate"
    bomb = compress(bytes(200_000_000), 9)
    internet.open_pdf(DOI, page=answer(200, bomb, "application/pdf", Content_Encoding=encoding))
    tracemalloc.start()
    try:
        paper = only(internet, tmp_path, megabytes=5)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "larger than 5 MB" in paper.reason
    assert peak < 30_000_000
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 6_000_000


def test_a_bomb_of_two_layers_is_refused_unopened(internet, tmp_path):
    bomb = gzip.compress(gzip.compress(bytes(100_000_000), 9), 9)
    internet.open_pdf(DOI)
    page = answer(200, bomb, "application/json", Content_Encoding="gzip, gzip")
    internet.pages[f"/crossref/works/{DOI}"] = page
    internet.pages["/paper.pdf"] = page
    begun = monotonic()
    assert "one layer" in only(internet, tmp_path).reason
    assert monotonic() - begun < patient(30)


def test_an_answer_of_a_service_may_be_compressed_and_is_bounded(internet, tmp_path):
    internet.open_pdf(DOI)
    message = {"status": "ok", "message": {"title": ["A coated particle"]}}
    body = gzip.compress(json.dumps(message).encode())
    internet.pages[f"/crossref/works/{DOI}"] = answer(200, body, "application/json", Content_Encoding="gzip")
    assert only(internet, tmp_path).title == "A coated particle"
    assert internet.requests(f"/crossref/works/{DOI}")[0].headers["Accept-Encoding"] == "gzip, deflate"
    bomb = gzip.compress(b" " * 50_000_000, mtime=0)
    internet.pages[f"/unpaywall/{DOI}"] = answer(200, bomb, "application/json", Content_Encoding="gzip")
    assert "more than 10000000 bytes" in only(internet, tmp_path / "other").reason


def test_the_rest_of_a_compressed_file_is_never_put_behind_what_has_come(internet, tmp_path):
    """An offset counts compressed bytes there, and decompressed ones here."""
    internet.open_pdf(DOI, page=file(PDF))
    rest = answer(206, ONE, "application/pdf", Content_Encoding="gzip", Content_Range=f"bytes 100-{len(PDF)}/*")
    internet.first("/paper.pdf", broken_off(PDF, 100), rest)
    assert only(internet, tmp_path, attempts=3).status == "acquired"
    assert (tmp_path / NAME).read_bytes() == PDF
    assert [bool(seen.headers.get("Range")) for seen in internet.requests("/paper.pdf")] == [False, True, False]
