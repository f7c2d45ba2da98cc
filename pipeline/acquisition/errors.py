"""Why something did not come."""

from __future__ import annotations

from typing import Literal


class FetchError(Exception):
    """A request came to nothing; the text says why.

    Attributes:
        status: what that makes of the paper, if nothing else brings it.
        again: whether the same request may succeed when it is made again soon.
    """

    def __init__(self, status: Literal["not_open", "refused", "failed"], message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.status: Literal["not_open", "refused", "failed"] = status
        self.again = again
