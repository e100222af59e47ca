"""What other people's readers raise on damaged bytes, as one sentence."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Generator
from contextlib import contextmanager

from viewer.errors import CannotDecode, OverreadError

# Readers of pictures were not written for hostile bytes: nearly any error may come out of them.
_RAISED = (
    *(ArithmeticError, AssertionError, AttributeError, BufferError, EOFError, LookupError),
    *(MemoryError, OSError, RuntimeError, SyntaxError, TypeError, ValueError, Warning),
    *(struct.error, zlib.error),
)


@contextmanager
def refused(name: str, what: str, *also: type[Exception]) -> Generator[None]:
    """Turn whatever a reader raises, and exceptions of its own in `also`, into one sentence.

    Raises:
        CannotDecode: "NAME: the WHAT is damaged or of a rare kind (why); export it again."
    """
    try:
        yield
    except OverreadError:
        raise
    except (*_RAISED, *also) as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        sentence = f"{name}: the {what} is damaged or of a rare kind ({reason}); export it again."
        raise CannotDecode(sentence) from error
