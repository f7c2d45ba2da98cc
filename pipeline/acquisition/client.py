"""HTTP requests that identify coatmine, keep a rate limit for each host, and are retried after temporary faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from types import TracebackType
from typing import Self, TypeVar

import httpx
from pydantic import BaseModel, ValidationError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential

from pipeline.acquisition.decoding import ACCEPTED, decoded
from pipeline.acquisition.errors import FetchError
from pipeline.acquisition.guard import GuardedTransport
from pipeline.acquisition.partial import Partial
from pipeline.acquisition.settings import AcquisitionSettings
from pipeline.settings import version

T = TypeVar("T")
ModelT = TypeVar("ModelT", bound=BaseModel)

_ANSWER_BYTES = 10_000_000  # a service's answer about one paper is some kilobytes
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class HttpClient:
    """Asks services and downloads files, under one set of settings."""

    def __init__(self, settings: AcquisitionSettings) -> None:
        self._settings = settings
        self._free_at: dict[str, float] = {}
        contact = f" (mailto:{settings.email})" if settings.email else ""
        self._http = httpx.AsyncClient(
            headers={"User-Agent": f"coatmine/{version()}{contact}", "Accept-Encoding": ACCEPTED},
            timeout=settings.stall_seconds,
            transport=GuardedTransport(settings.private_hosts),
            trust_env=False,  # no passwords from ~/.netrc for hosts that others name
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def ask(self, model: type[ModelT], url: str, **params: str | int) -> ModelT | None:
        """A service's JSON answer; None where it answers that it does not know.

        Raises:
            FetchError: it does not answer, or in a form that is not known.
        """
        body = await self.text(url, **params)
        try:
            return None if body is None else model.model_validate_json(body)
        except ValidationError as error:
            raise FetchError("failed", f"{_shown(url)} answers in an unknown form") from error

    async def text(self, url: str, **params: str | int) -> bytes | None:
        """A service's answer as it came; None where it answers that it does not know.

        Raises:
            FetchError: it does not answer.
        """
        return await self._patiently(self._text, str(httpx.URL(url).copy_merge_params(params)))

    async def download(self, url: str, partial: Partial) -> None:
        """Download a file, going on where an earlier attempt at it broke off.

        Raises:
            FetchError: it cannot be had.
        """
        await self._patiently(self._download, url, partial)

    async def _text(self, url: str) -> bytes | None:
        body = bytearray()
        async with self._answer(url, {}) as response, _in_time(url, self._settings.answer_seconds):
            if response.status_code == httpx.codes.NOT_FOUND:
                return None
            self._require_success(response)
            async for chunk in decoded(response):
                body += chunk
                if len(body) > _ANSWER_BYTES:
                    raise FetchError("failed", f"{_shown(url)} answers with more than {_ANSWER_BYTES} bytes")
        return bytes(body)

    async def _download(self, url: str, partial: Partial) -> None:
        headers = {"Accept-Encoding": "identity", **partial.range_headers(url)}
        async with self._answer(url, headers) as response:
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                partial.discard()
                raise FetchError("failed", f"{_shown(url)} has changed", again=True)
            self._require_success(response)
            with partial.open(url, response) as stream:
                self._require_size(url, stream.tell() + int(response.headers.get("Content-Length", 0)))
                async with _in_time(url, self._settings.download_seconds):
                    async for chunk in decoded(response):
                        stream.write(chunk)
                        self._require_size(url, stream.tell())

    async def _patiently(self, attempt: Callable[..., Awaitable[T]], *given: object) -> T:
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._settings.attempts),
            wait=wait_exponential(multiplier=self._settings.backoff),
            retry=retry_if_exception(lambda error: isinstance(error, FetchError) and error.again),
            reraise=True,
        )
        answer: T = await retrying(attempt, *given)
        return answer

    @asynccontextmanager
    async def _answer(self, url: str, headers: dict[str, str]) -> AsyncIterator[httpx.Response]:
        """The answer to a request, its body still to come, after the redirects; each of them keeps its host's pace."""
        try:
            request = self._http.build_request("GET", url, headers=headers)
        except httpx.InvalidURL as error:
            raise FetchError("refused", f"{url!r} is not a web address") from error
        for _ in range(self._settings.redirects + 1):
            await self._pace(request.url.host)
            async with _in_time(request.url, self._settings.answer_seconds):
                response = await self._http.send(request, stream=True)
            try:
                if response.next_request is None:
                    yield response
                    return
                request = response.next_request
            finally:
                await response.aclose()
        raise FetchError("refused", f"{_shown(url)} redirects more than {self._settings.redirects} times")

    async def _pace(self, host: str) -> None:
        now = monotonic()
        start = max(now, self._free_at.get(host, now))
        if start - now > self._settings.longest_wait:
            raise FetchError("failed", f"{host} asks for no request for {start - now:.0f} s; run again after that")
        self._free_at[host] = start + self._settings.interval
        await asyncio.sleep(start - now)

    def _require_success(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        message = f"{_shown(response.url)} answers {response.status_code} {response.reason_phrase}"
        if response.status_code not in _PASSING:
            raise FetchError("refused", message)
        host = response.url.host
        self._free_at[host] = max(self._free_at[host], monotonic() + _retry_after(response))
        raise FetchError("failed", message, again=True)

    def _require_size(self, url: str, size: int) -> None:
        if size > self._settings.megabytes * 10**6:
            raise FetchError("refused", f"{_shown(url)} is larger than {self._settings.megabytes} MB")


@asynccontextmanager
async def _in_time(url: str | httpx.URL, seconds: float) -> AsyncIterator[None]:
    """Bound the time that the block takes, and say in our own words why a connection failed."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:  # asking again at once would take as long
        raise FetchError("failed", f"{_shown(url)} did not finish within {seconds:g} s") from error
    except httpx.TimeoutException as error:
        raise FetchError("failed", f"{_shown(url)} stopped answering", again=True) from error
    except httpx.RequestError as error:
        raise FetchError("failed", f"{_shown(url)} breaks off ({error})", again=True) from error


def _shown(url: str | httpx.URL) -> str:
    """An address as it is told: what is asked of it may hold the asker's email address."""
    return str(url).partition("?")[0]


def _retry_after(response: httpx.Response) -> float:
    """How long a host asks to be left alone: a number of seconds or a date (RFC 9110, 10.2.3); 0 if it does not say."""
    stated = response.headers.get("Retry-After", "").strip()
    if stated.isdigit():
        return float(stated)
    try:
        until = parsedate_to_datetime(stated)
    except ValueError:
        return 0.0
    return max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds())
