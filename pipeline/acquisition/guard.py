"""Which addresses may be requested: public ones, and only the address that was checked.

A service may point anywhere, and a host may redirect anywhere, also to the router, the cloud's metadata service or a
database beside this machine. So every request, redirected ones included, is resolved here, refused where an address is
not public, and then sent to the checked address itself, because the name may resolve to another one the next moment.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from functools import cache

import httpx

from pipeline.acquisition.errors import FetchError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address
_NEVER = tuple(
    ipaddress.ip_network(each)
    for each in (
        "::/96",  # RFC 4291: IPv4-compatible addresses, deprecated, but some systems still take them
        "64:ff9b:1::/48",  # RFC 8215: the local network's own translation of IPv4 addresses
        "2001::/32",  # RFC 4380: Teredo, an IPv4 address behind a tunnel
        "fec0::/10",  # RFC 3879: site-local addresses, deprecated
    )
)
_ISATAP = (bytes.fromhex("00005efe"), bytes.fromhex("02005efe"))  # RFC 5214: before an IPv4 address, in any network


class GuardedTransport(httpx.AsyncHTTPTransport):
    """Sends requests to public addresses, and to those private ones that are named as HOST:PORT."""

    def __init__(self, private_hosts: tuple[str, ...]) -> None:
        # connections are not kept: one to a shared address might be taken for another host behind it
        super().__init__(verify=_certificates(), limits=httpx.Limits(max_keepalive_connections=0))
        self._private_hosts = private_hosts

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the first checked address that takes it.

        Raises:
            FetchError: the address is not public, or the host has none.
        """
        refused: httpx.ConnectError | None = None
        for address in await self._addresses(request.url):
            pinned = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,  # they name the host, as does the TLS handshake
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")},
            )
            try:
                return await super().handle_async_request(pinned)
            except httpx.ConnectError as error:
                refused = error
        raise refused or FetchError("failed", f"{request.url.host} has no address")

    async def _addresses(self, url: httpx.URL) -> list[str]:
        if url.scheme not in ("http", "https"):
            raise FetchError("refused", f"{str(url)!r} is not a web address")
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        try:
            found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise FetchError("failed", f"{url.host} is not found; is there a connection?") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if f"{url.host}:{port}" not in self._private_hosts:
            for address in addresses:
                if not is_public(address):
                    raise FetchError("refused", f"{url.host} leads to the private address {address}")
        return addresses


@cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust, read once; SSL_CERT_FILE and SSL_CERT_DIR name others than the common authorities."""
    return httpx.create_ssl_context()


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet's, also where it is an IPv4 one inside an IPv6 one."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if any(parsed in network for network in _NEVER):
            return False
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if parsed in _NAT64 or parsed.packed[8:12] in _ISATAP:
            inner = ipaddress.IPv4Address(parsed.packed[-4:])
        if inner is not None:
            return is_public(str(inner))
    return parsed.is_global and not parsed.is_multicast
