"""Client of an OpenAI-compatible server, with retries and limits."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import httpx
from pydantic import BaseModel, Field, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from pipeline.opinion.errors import OpinionError
from pipeline.opinion.prompt import MOST_TOKENS, Prompt, schema
from pipeline.settings import LanguageModel, version

_ANSWER_BYTES: Final = 1_000_000
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOT_UNDERSTOOD: Final = frozenset({400, 404, 415, 422, 501})
_SEED: Final = 7
_LONGEST_PAUSE: Final = 30.0  # seconds, where the server names none
_MODES: Final[tuple[dict[str, Any], ...]] = (
    {"seed": _SEED, "response_format": {"type": "json_schema", "json_schema": {"name": "record", "schema": schema()}}},
    {"seed": _SEED, "response_format": {"type": "json_object"}},
    {},
)
"""What is asked for beside the text, from the most to what every server knows."""


class Reply(NamedTuple):
    """What the model wrote, and the tokens that it cost by the server's count (by ours where it gives none)."""

    content: str
    tokens: int


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Usage(BaseModel):
    total_tokens: int = Field(ge=0)


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


class _PassingError(OpinionError):
    """It may be otherwise in ``wait`` seconds."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


class _NotUnderstoodError(OpinionError):
    """The server refuses the request in this form."""


class ModelClient:
    """One server and model. To be entered in the event loop that uses it."""

    mode = 0
    """How much the server understands, as an index of the ways to ask; it is learnt."""

    def __init__(self, model: LanguageModel, mode: int = 0) -> None:
        self._model = model
        self.mode = mode
        headers = {"User-Agent": f"coatmine/{version()}", "Accept-Encoding": "identity"}
        if model.key:
            headers["Authorization"] = f"Bearer {model.key.get_secret_value()}"
        # No proxy and no netrc of the environment: the text goes to the address that was given and nowhere else.
        self._http = httpx.AsyncClient(headers=headers, timeout=model.seconds, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def ask(self, prompt: Prompt) -> Reply:
        """The model's reply.

        Raises:
            OpinionError: there is none.
        """
        while True:
            mode = self.mode
            try:
                return await self._patiently(prompt, mode)
            except _NotUnderstoodError:
                if mode == len(_MODES) - 1:
                    raise
                self.mode = max(self.mode, mode + 1)

    async def _patiently(self, prompt: Prompt, mode: int) -> Reply:
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._model.attempts),
            wait=self._pause,
            retry=retry_if_exception_type(_PassingError),
            reraise=True,
        )
        reply: Reply = await retrying(self._once, prompt, mode)
        return reply

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, _PassingError) else 0.0
        growing: float = self._model.backoff * 2 ** (state.attempt_number - 1)
        return max(asked, min(_LONGEST_PAUSE, growing))

    async def _once(self, prompt: Prompt, mode: int) -> Reply:
        wanted = {
            "model": self._model.name, "messages": prompt.messages, "temperature": 0, "max_tokens": MOST_TOKENS,
            "stream": False, **_MODES[mode],
        }  # fmt: skip
        url = self._model.address.rstrip("/") + "/chat/completions"
        try:
            async with asyncio.timeout(self._model.seconds), self._http.stream("POST", url, json=wanted) as response:
                self._require_success(response)
                body = await _bounded(response)
        except (TimeoutError, httpx.TimeoutException) as error:  # asking again would take as long
            raise OpinionError(f"no answer in {self._model.seconds:g} s") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise OpinionError(f"{url} is no web address ({error})") from error
        except httpx.RequestError as error:
            raise _PassingError(f"no answer ({error})") from error
        return _reply(body, prompt)

    def _require_success(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        message = f"it answers {response.status_code} {response.reason_phrase}"
        if response.status_code in _NOT_UNDERSTOOD:
            raise _NotUnderstoodError(message)
        if response.status_code not in _PASSING:
            raise OpinionError(message)
        wait = _retry_after(response)
        if wait > self._model.longest_wait:
            raise OpinionError(f"{message} and asks for no request for {wait:.0f} s")
        raise _PassingError(message, wait)


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > _ANSWER_BYTES:
            raise OpinionError(f"it answers with more than {_ANSWER_BYTES} bytes")
    return bytes(body)


def _reply(body: bytes, prompt: Prompt) -> Reply:
    try:
        completion = _Completion.model_validate(json.loads(body))
    except (ValidationError, ValueError, RecursionError) as error:
        raise OpinionError("it answers with something else than a chat completion") from error
    content = completion.choices[0].message.content
    return Reply(content, completion.usage.total_tokens if completion.usage else prompt.tokens)


def _retry_after(response: httpx.Response) -> float:
    """How long the server asks to be left alone, seconds; 0 if it does not say."""
    stated = response.headers.get("Retry-After", "").strip()
    if stated.isascii() and stated.isdigit():
        return float(stated)
    try:
        until = parsedate_to_datetime(stated)
    except ValueError:
        return 0.0
    return max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds())
