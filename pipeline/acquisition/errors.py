"""Why a download failed."""

from __future__ import annotations

from typing import Literal

FailureReason = Literal["not_open", "refused", "failed"]


class FetchError(Exception):
    """A request came to nothing; the text says why.

    Attributes:
        status: what that makes of the paper, if no other source has it.
        again: whether the same request may succeed when it is made again soon.
    """

    def __init__(self, status: FailureReason, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.status: FailureReason = status
        self.again = again
