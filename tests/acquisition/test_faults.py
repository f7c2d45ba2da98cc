"""Hosts that misbehave cost a paper at most, never the run, the folder or the network behind the machine."""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from pipeline.acquisition import acquire, guard
from pipeline.acquisition.errors import FetchError
from pipeline.acquisition.guard import GuardedTransport, is_public
from tests.acquisition.internet import JATS, PDF, Internet, answer, broken_off, endless, file, location, redirect
from tests.patience import patient

DOI = "10.1002/adma.202100001"
STEM = "10.1002_adma.202100001"


def only(internet, tmp_path, **settings):
    (paper,) = acquire([DOI], tmp_path, internet.settings(**settings)).papers
    left = [path.name for path in tmp_path.glob("10.*")]
    if paper.status == "acquired":
        assert (tmp_path / f"{STEM}.pdf").read_bytes() == PDF
        assert left == [f"{STEM}.pdf"]
    if paper.status == "refused":
        assert left == []
    return paper


def test_retry_after_is_waited_for(internet, tmp_path):
    path = internet.open_pdf(DOI)
    internet.first(path, answer(429, Retry_After="1"))
    assert only(internet, tmp_path).status == "acquired"
    first, second = internet.requests(path)
    assert second.at - first.at >= 1.0


def test_retry_after_may_be_a_date_and_holds_for_the_whole_host(internet, tmp_path):
    path = internet.open_pdf(DOI)
    until = datetime.now(UTC) + timedelta(seconds=2)
    internet.first(f"/crossref/works/{DOI}", answer(503, Retry_After=format_datetime(until, usegmt=True)))
    assert only(internet, tmp_path).status == "acquired"
    first, second, *_ = internet.seen
    assert second.at - first.at >= 0.8  # a date has whole seconds
    assert internet.requests(path)


def test_a_wait_longer_than_the_limit_is_not_waited_for_but_told(internet, tmp_path):
    path = internet.open_pdf(DOI)
    internet.first(path, answer(429, Retry_After="3600"))
    started = monotonic()
    paper = only(internet, tmp_path, longest_wait=5)
    assert monotonic() - started < patient(3)
    assert paper.status == "failed"
    assert "3600 s" in paper.reason
    assert len(internet.requests(path)) == 1


def test_a_host_that_asks_for_an_hour_is_left_alone_for_the_other_papers_too(internet, tmp_path):
    dois = ["10.9999/a", "10.9999/b"]
    for doi in dois:
        internet.open_pdf(doi)
    internet.first("/paper.pdf", answer(503, Retry_After="3600"))
    started = monotonic()
    report = acquire(dois, tmp_path, internet.settings(at_once=1))
    assert monotonic() - started < patient(3)
    assert [paper.status for paper in report.papers] == ["failed", "failed"]
    assert len(internet.requests("/paper.pdf")) == 1


def test_a_host_that_stumbles_is_asked_again(internet, tmp_path):
    path = internet.open_pdf(DOI)
    internet.first(path, answer(500), answer(503), answer(502))
    assert only(internet, tmp_path).status == "acquired"
    assert len(internet.requests(path)) == 4


def test_a_host_that_stays_down_is_given_up(internet, tmp_path):
    path = internet.open_pdf(DOI, page=answer(503))
    paper = only(internet, tmp_path, attempts=3)
    assert (paper.status, len(internet.requests(path))) == ("failed", 3)


def test_a_refusal_is_not_argued_with(internet, tmp_path):
    path = internet.open_pdf(DOI, page=answer(403))
    paper = only(internet, tmp_path)
    assert (paper.status, len(internet.requests(path))) == ("refused", 1)
    assert "403" in paper.reason


def test_a_host_that_nobody_answers_at_fails_the_paper_only(internet, tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{closed.getsockname()[1]}"
    internet.open_pdf(DOI)
    internet.unpaywall(DOI, location(f"http://{host}/paper.pdf"))
    paper = only(internet, tmp_path, private_hosts=(internet.host, host), attempts=2)
    assert paper.status == "failed"


def test_what_broke_off_goes_on_where_it_stopped(internet, tmp_path):
    path = internet.open_pdf(DOI)
    internet.first(path, broken_off(PDF, 5000), broken_off(PDF, 0))
    assert only(internet, tmp_path).status == "acquired"
    assert [seen.headers.get("Range") for seen in internet.requests(path)] == [None, "bytes=5000-", None]


def test_a_later_run_goes_on_where_an_earlier_one_stopped(internet, tmp_path):
    path = internet.open_pdf(DOI)
    internet.first(path, broken_off(PDF, 5000))
    assert only(internet, tmp_path, attempts=1).status == "failed"
    assert only(internet, tmp_path, attempts=1).status == "acquired"
    assert internet.requests(path)[-1].headers["Range"] == "bytes=5000-"


def test_what_changed_since_it_broke_off_comes_whole(internet, tmp_path):
    path = internet.open_pdf(DOI)
    internet.first(path, broken_off(b"%PDF-1.7 an older state" * 400, 5000, etag='"older"'))
    assert only(internet, tmp_path).status == "acquired"
    assert internet.requests(path)[-1].headers["If-Range"] == '"older"'


def test_another_part_than_was_asked_for_is_not_joined_on(internet, tmp_path):
    path = internet.open_pdf(DOI)
    wrong = answer(206, PDF[9000:], ETag='"one"', Content_Range=f"bytes 9000-{len(PDF) - 1}/{len(PDF)}")
    internet.first(path, broken_off(PDF, 5000), wrong)
    assert only(internet, tmp_path).status == "acquired"


def test_a_part_that_the_host_no_longer_has_comes_whole(internet, tmp_path):
    whole_only = lambda request: (answer(416) if "Range" in request.headers else file(PDF))(request)  # noqa: E731
    path = internet.open_pdf(DOI, page=whole_only)
    internet.first(path, broken_off(PDF, 5000))
    assert only(internet, tmp_path).status == "acquired"


def test_the_rest_of_one_copy_is_not_joined_to_another(internet, tmp_path):
    internet.open_pdf(DOI)
    internet.unpaywall(DOI, location(f"{internet.url}/other.pdf"), location(f"{internet.url}/paper.pdf"))
    internet.pages["/other.pdf"] = broken_off(b"%PDF-1.7 another rendering" * 400, 5000)
    assert only(internet, tmp_path, attempts=1).status == "acquired"


def test_a_web_page_called_pdf_is_refused_and_the_next_copy_taken(internet, tmp_path):
    internet.open_pdf(DOI)
    page = b"\n<!DOCTYPE html><html><body>Sign in to buy this %PDF- article %%EOF</body></html>"
    internet.pages["/wall.pdf"] = answer(200, page, "application/pdf")
    internet.unpaywall(DOI, location(f"{internet.url}/wall.pdf"), location(f"{internet.url}/paper.pdf"))
    assert only(internet, tmp_path).url == f"{internet.url}/paper.pdf"
    internet.pages["/paper.pdf"] = internet.pages["/wall.pdf"]
    (tmp_path / f"{STEM}.pdf").unlink()
    paper = only(internet, tmp_path)
    assert paper.status == "refused"
    assert "web page" in paper.reason


def test_a_pdf_without_an_end_is_refused(internet, tmp_path):
    internet.open_pdf(DOI, page=answer(200, PDF[:9000], "application/pdf"))
    paper = only(internet, tmp_path)
    assert (paper.status, "breaks off" in paper.reason) == ("refused", True)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (JATS[:-30], "damaged"),
        (JATS.replace(b"body>", b"back>"), "not a JATS article"),
        (b"<?xml version='1.0'?><error>no such article</error>", "not a JATS article"),
        (b'<!DOCTYPE article [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><article><body>&b;</body></article>', "entities"),
        (b'{"error": "no"}', "neither"),
        (b"", "neither"),
    ],
)
def test_xml_that_is_no_article_is_refused(internet, tmp_path, body, why):
    internet.crossref(DOI)
    internet.europe_pmc(DOI, body)
    paper = only(internet, tmp_path)
    assert paper.status == "refused"
    assert why in paper.reason


def test_redirects_are_followed_to_the_copy(internet, tmp_path):
    path = internet.open_pdf(DOI, page=redirect("/two"))
    internet.pages["/two"] = redirect(f"{internet.url}/three")
    internet.pages["/three"] = file(PDF)
    assert only(internet, tmp_path).status == "acquired"
    assert len(internet.requests(path)) == 1


def test_a_redirect_loop_is_left(internet, tmp_path):
    path = internet.open_pdf(DOI, page=redirect("/there"))
    internet.pages["/there"] = redirect("/paper.pdf")
    paper = only(internet, tmp_path, redirects=5)
    assert paper.status == "refused"
    assert "redirects more than 5 times" in paper.reason
    assert len(internet.requests(path)) == 3


@pytest.mark.parametrize("target", ["http://{host}/latest/meta-data", "//{host}/x", "http://localhost:{port}/x"])
def test_a_redirect_to_a_private_address_is_refused(internet, tmp_path, target):
    inside = Internet()
    try:
        internet.open_pdf(DOI, page=redirect(target.format(host=inside.host, port=inside.port)))
        paper = only(internet, tmp_path)
        assert inside.seen == []
    finally:
        inside.close()
    assert paper.status == "refused"
    assert "private address" in paper.reason


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://ftp.example/paper.pdf", "http:///x"])
def test_a_redirect_to_something_else_than_a_web_address_is_refused(internet, tmp_path, target):
    internet.open_pdf(DOI, page=redirect(target))
    assert only(internet, tmp_path).status == "refused"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "2002:a00:1::", "64:ff9b::a00:1",
     "::127.0.0.1", "::8.8.8.8", "fec0::1", "64:ff9b::127.0.0.1", "64:ff9b:1::808:808", "2001:0:4136:e378::1",
     "2001:4860::5efe:10.0.0.1", "2001:4860::200:5efe:127.0.0.1"],
)  # fmt: skip
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_that_are_public(address):
    assert is_public(address)


def resolving(monkeypatch, *answers):
    """Let each name look-up give the next of these addresses; the list of look-ups."""
    asked = []

    async def getaddrinfo(_loop, host, port, **_):
        address = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", getaddrinfo)
    return asked


def fetch(url, *private):
    async def get():
        async with httpx.AsyncClient(transport=GuardedTransport(private)) as client:
            return await client.get(url)

    return asyncio.run(get())


def test_a_name_that_leads_to_a_private_address_is_refused(internet, monkeypatch):
    resolving(monkeypatch, "127.0.0.1")
    with pytest.raises(FetchError, match="private address"):
        fetch(f"http://papers.example:{internet.port}/")
    assert internet.seen == []


def test_a_request_goes_to_the_address_that_was_checked_under_its_own_name(internet, monkeypatch):
    name = f"papers.example:{internet.port}"
    asked = resolving(monkeypatch, "127.0.0.1", "203.0.113.1")
    internet.pages["/"] = answer(200, b"hello")
    assert fetch(f"http://{name}/", name).text == "hello"
    assert asked == ["papers.example"]
    assert internet.seen[0].headers["Host"] == name


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for papers.example, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "papers.example")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("papers.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "papers.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + built.public_bytes(Encoding.PEM))
    return path


@pytest.mark.parametrize(("name", "trusted"), [("papers.example", True), ("other.example", False)])
def test_a_certificate_is_checked_against_the_name_not_the_address(certificate, monkeypatch, name, trusted):
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(certificate)
    monkeypatch.setattr(guard, "_certificates", lambda: ssl.create_default_context(cafile=certificate))
    resolving(monkeypatch, "127.0.0.1")
    internet = Internet(serving)
    internet.pages["/"] = answer(200, b"hello")
    place = f"{name}:{internet.port}"
    try:
        if trusted:
            assert fetch(f"https://{place}/", place).text == "hello"
        else:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                fetch(f"https://{place}/", place)
    finally:
        internet.close()


def test_a_huge_file_is_refused_before_it_comes(internet, tmp_path):
    internet.open_pdf(DOI, page=broken_off(b"x" * 2_000_000, 10))
    paper = only(internet, tmp_path, megabytes=1)
    assert paper.status == "refused"
    assert "larger than 1 MB" in paper.reason


def test_a_file_that_grows_beyond_the_limit_is_cut_off(internet, tmp_path):
    internet.open_pdf(DOI, page=endless(b"%PDF-1.7" * 10_000))
    paper = only(internet, tmp_path, megabytes=1)
    assert paper.status == "refused"
    assert "larger than 1 MB" in paper.reason


def test_a_slow_drip_ends_in_time_and_is_not_begun_again(internet, tmp_path):
    path = internet.open_pdf(DOI, page=endless(b"%", 0.02))
    started = monotonic()
    paper = only(internet, tmp_path, download_seconds=0.4)
    assert monotonic() - started < patient(2)
    assert (paper.status, len(internet.requests(path))) == ("failed", 1)
    assert "did not finish within 0.4 s" in paper.reason


def test_headers_that_drip_end_in_time(internet, tmp_path):
    internet.open_pdf(DOI, page=endless(b"x", 0.02, headers=True))
    started = monotonic()
    assert only(internet, tmp_path, answer_seconds=0.4).status == "failed"
    assert monotonic() - started < patient(2)


def test_silence_ends_in_time(internet, tmp_path):
    internet.open_pdf(DOI, page=endless(b"%", 30.0))
    started = monotonic()
    paper = only(internet, tmp_path, stall_seconds=0.3, attempts=2)
    assert monotonic() - started < patient(3)
    assert (paper.status, "stopped answering" in paper.reason) == ("failed", True)


def test_a_service_that_answers_without_end_is_cut_off(internet, tmp_path):
    internet.open_pdf(DOI)
    internet.pages["/europepmc/search"] = endless(b"[" * 1_000_000)
    assert only(internet, tmp_path).status == "acquired"


def test_requests_to_one_host_keep_their_distance(internet, tmp_path):
    dois = [f"10.9999/{number}" for number in range(3)]
    acquire(dois, tmp_path, internet.settings(interval=0.05, at_once=3))
    times = [seen.at for seen in internet.seen]
    assert len(times) >= 9
    assert (times[-1] - times[0]) / (len(times) - 1) >= 0.045
