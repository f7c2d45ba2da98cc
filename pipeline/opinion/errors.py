"""What can go wrong with an opinion."""

from pipeline.errors import CoatmineError


class OpinionError(CoatmineError):
    """The server gives no opinion on a study.

    Attributes:
        reached: whether it answered at all.
    """

    def __init__(self, message: str, *, reached: bool = True) -> None:
        super().__init__(message)
        self.reached = reached
