"""Long work that can be stopped, and that says how far it is."""

from __future__ import annotations

from collections.abc import Callable

from viewer.errors import Cancelled

Progress = Callable[[int, int], None]  # done, in all
Cancel = Callable[[], bool]  # asked now and then: is the work to stop?


def never() -> bool:
    """The answer of work that nobody stops."""
    return False


def silent(_done: int, _total: int) -> None:
    """The report of work that nobody watches."""


def stop_if(cancelled: Cancel) -> None:
    """Stop opening where a person wants it.

    Raises:
        Cancelled: `cancelled` answered yes.
    """
    if cancelled():
        raise Cancelled("opening was stopped.")
