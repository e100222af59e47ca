"""What other people's readers raise on damaged bytes, as one sentence."""

from __future__ import annotations

import logging
import struct
import zlib
from collections.abc import Generator
from contextlib import contextmanager

from viewer.errors import CannotDecode, OverreadError

_log = logging.getLogger(__name__)

# Readers of pictures were not written for hostile bytes: nearly any error may come out of them.
_RAISED = (
    *(ArithmeticError, AssertionError, AttributeError, BufferError, EOFError, LookupError),
    *(MemoryError, OSError, RuntimeError, SyntaxError, TypeError, ValueError, Warning),
    *(struct.error, zlib.error),
)
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (EOFError, "it is cut off"),
    (MemoryError, "it needs more memory than is free"),
)


class Damaged(Exception):
    """What is wrong with a file, in words for a person: "its voxels begin nowhere"."""


@contextmanager
def refused(name: str, what: str, *also: type[Exception]) -> Generator[None]:
    """Turn whatever a reader raises, and exceptions of its own in `also`, into one sentence.

    A person reads our own words only; the reader's are for the log, as they may name paths.

    Raises:
        CannotDecode: "NAME: the WHAT is damaged or of a rare kind (why); export it again."
    """
    try:
        yield
    except OverreadError:
        raise
    except (Damaged, *_RAISED, *also) as error:
        _log.debug("a %s was refused", what, exc_info=error)
        words = _words(error)
        reason = f" ({words})" if words else ""
        sentence = f"{name}: the {what} is damaged or of a rare kind{reason}; export it again."
        raise CannotDecode(sentence) from error


def _words(error: Exception) -> str:
    """Why, in our own words; nothing for what only a programmer understands."""
    if isinstance(error, Damaged):
        return str(error)
    return next((words for kind, words in _WORDS if isinstance(error, kind)), "")
