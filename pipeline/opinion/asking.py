"""Ask for opinions on the studies of a document: stored ones first, then several at a time, within the budget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ValidationError

from pipeline.errors import UsageError
from pipeline.folder import Store
from pipeline.opinion.errors import OpinionError
from pipeline.opinion.prompt import ModelAnswer, Prompt, parsed
from pipeline.opinion.weights import weights_of
from pipeline.settings import LanguageModel

if TYPE_CHECKING:
    from pipeline.opinion.client import ModelClient

_STAGE: Final = "opinion"
_IN_A_ROW: Final = 3
"""After so many studies on which the server gave no answer, it is asked no more in this run."""


class Given(BaseModel):
    """An answer as it is stored, and the tokens that it cost when it was asked for."""

    answer: ModelAnswer
    tokens: int


class Asker:
    """Asks one model on behalf of a run, and keeps count.

    Attributes:
        model: the server and the model.
        counts: what the model's word weighs.
        asked: studies that the server was asked about.
        stored: studies whose answer was there from before.
        tokens: what the run has cost.
    """

    def __init__(
        self, model: LanguageModel, store: Store, *, force: bool = False, tell: Callable[[str], None] | None = None
    ) -> None:
        """Prepare to ask; no connection is opened yet.

        Raises:
            UsageError: what asking needs is not installed, or the file of the model's calibration is none.
        """
        try:
            import httpx  # noqa: F401
            import tenacity  # noqa: F401
        except ImportError as error:
            raise UsageError(f"--llm needs {error.name}: install coatmine[llm]") from error
        self.model = model
        self.counts = weights_of(model.name, model.calibration)
        self.asked = self.stored = self.tokens = 0
        self._store = store
        self._force = force
        self._tell = tell
        self._mode = 0
        self._unheard = 0

    def ask(self, prompts: Sequence[Prompt]) -> list[Given | OpinionError]:
        """For each prompt the answer, or why there is none.

        Which prompts fit the budget is decided before any is sent, so that it does not hang on who answers first.
        """
        found: list[Given | OpinionError | None] = [self._stored(prompt) for prompt in prompts]
        self.stored += sum(each is not None for each in found)
        room = None if self.model.budget is None else self.model.budget - self.tokens
        wanted: list[int] = []
        for index, prompt in enumerate(prompts):
            if found[index] is not None:
                continue
            if room is not None and prompt.tokens > room:
                found[index] = OpinionError(f"the budget of {self.model.budget} tokens is spent")
                continue
            room = room and room - prompt.tokens
            wanted.append(index)
        if wanted:  # a thread of its own: the caller may have an event loop already, as notebooks do
            with ThreadPoolExecutor(1) as pool:
                replies = pool.submit(asyncio.run, self._all([prompts[index] for index in wanted])).result()
            for index, reply in zip(wanted, replies, strict=True):
                found[index] = reply
        if self._tell and prompts:
            self._tell(self.as_text())
        return [each for each in found if each is not None]

    def as_text(self) -> str:
        """What was asked so far, for a person."""
        return f"{self.model.name}: {self.asked} studies asked, {self.stored} known from before, {self.tokens} tokens"

    async def _all(self, prompts: Sequence[Prompt]) -> list[Given | OpinionError]:
        from pipeline.opinion.client import ModelClient

        gate = asyncio.Semaphore(self.model.concurrent)
        async with ModelClient(self.model, self._mode) as client:

            async def one(prompt: Prompt) -> Given | OpinionError:
                async with gate:
                    return await self._one(client, prompt)

            replies = await asyncio.gather(*map(one, prompts))
            self._mode = client.mode
        return replies

    async def _one(self, client: ModelClient, prompt: Prompt) -> Given | OpinionError:
        if self._unheard >= _IN_A_ROW:
            return OpinionError(f"the server gave no answer {_IN_A_ROW} times in a row and is asked no more")
        self.asked += 1
        try:
            reply = await client.ask(prompt)
        except OpinionError as error:
            self._unheard += 1
            return error
        self._unheard = 0
        self.tokens += reply.tokens
        answer = parsed(reply.content)
        if answer is None:
            return OpinionError("the model's answer is not of the form asked for")
        given = Given(answer=answer, tokens=reply.tokens)
        self._store.put(_STAGE, self._key(prompt), given.model_dump_json().encode())
        return given

    def _stored(self, prompt: Prompt) -> Given | None:
        data = None if self._force else self._store.get(_STAGE, self._key(prompt))
        try:
            return Given.model_validate_json(data) if data else None
        except ValidationError:
            return None

    def _key(self, prompt: Prompt) -> str:
        return f"1-{prompt.digest(self.model.name)}"
