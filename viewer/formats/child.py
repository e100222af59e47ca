"""Reading an export in a process of its own: a decode would hold the window's interpreter.

The window runs its own entry point with the hidden command `_index`, pipes the bytes in and gets
columns back; the child never sees a path.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import IO, BinaryIO

import msgspec

from viewer.errors import Cancelled, CannotRead, OverreadError
from viewer.formats.format import Format, Raw
from viewer.formats.table import format_named
from viewer.formats.table_bytes import Index
from viewer.media.own_process import entry_point as _entry_point
from viewer.media.own_process import environment as _environment

_INDEX, _SENTENCE = b"I", b"E"
_POLL_SECONDS = 0.05
_CHUNK = 2**20


def index_in_child(
    known: Format, sources: Sequence[Raw], cancelled: Callable[[], bool] | None = None
) -> Index:
    """Return the index of these bytes, made by a child process.

    Args:
        known: the format they are in.
        sources: bytes of each source of one export.
        cancelled: asked about twenty times a second, from the calling thread.

    Raises:
        CannotRead: what the reader says, or the child ended without an answer.
        Cancelled: the child was ended because `cancelled` said so.
    """
    arguments = ["_index", known.name]
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            [*_entry_point(), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=_environment(),
        )
        with child, ThreadPoolExecutor(2) as threads:  # leaving `child` closes pipes and waits
            try:
                answer = _talked(child, sources, threads, cancelled or (lambda: False))
            except BaseException:
                child.kill()
                raise
        return _index_of(answer, child.returncode, complaints)


def _talked(
    child: subprocess.Popen[bytes],
    sources: Sequence[Raw],
    threads: ThreadPoolExecutor,
    cancelled: Callable[[], bool],
) -> bytes:
    """Send the bytes, return the answer; both on threads, so that waiting can be given up."""
    stdin, stdout = child.stdin, child.stdout
    if stdin is None or stdout is None:
        raise CannotRead("The reading process has no pipes.")
    threads.submit(_send, stdin, sources)
    answer: Future[bytes] = threads.submit(stdout.read)
    done = False
    while not done:
        done = bool(wait((answer,), _POLL_SECONDS).done)
        if cancelled():  # also asked of an answer that came first: a stop is a stop
            raise Cancelled("Opening was stopped.")
    return answer.result()


def _send(stdin: IO[bytes], sources: Sequence[Raw]) -> None:
    try:
        with stdin:
            stdin.write(b"%s\n" % msgspec.json.encode([len(source) for source in sources]))
            for source in sources:
                view = memoryview(source)
                for at in range(0, len(view), _CHUNK):
                    stdin.write(view[at : at + _CHUNK])
    except (BrokenPipeError, OSError):
        return  # the child has ended; its answer, or the lack of one, says why


def _index_of(answer: bytes, code: int, complaints: IO[bytes]) -> Index:
    if answer[:1] == _SENTENCE:
        raise CannotRead(answer[1:].decode())
    try:
        return Index.from_bytes(answer[1:])
    except msgspec.MsgspecError as error:
        complaints.seek(0)
        last = complaints.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise CannotRead(
            f"The reading process ended without an answer (code {code}). {last}".strip()
        ) from error


def serve(
    arguments: Sequence[str], stdin: BinaryIO | None = None, stdout: BinaryIO | None = None
) -> int:
    """Be the child: read sources from `stdin`, write their index to `stdout`.

    The first line that comes is a JSON list of the size of each source in bytes.

    Args:
        arguments: name of the format.
        stdin, stdout: this process's own by default.
    """
    came, out = stdin or sys.stdin.buffer, stdout or sys.stdout.buffer
    try:
        known = format_named(arguments[0])
        answer = _INDEX + known.index(_received(came)).to_bytes()
    except OverreadError as error:
        answer = _SENTENCE + str(error).encode("utf-8", "replace")
    out.write(answer)
    out.flush()
    return 0


def _received(stdin: BinaryIO) -> list[Raw]:
    sources: list[Raw] = []
    sizes = stdin.readline()
    if not sizes.endswith(b"\n"):
        raise CannotRead("The window went away before it sent the export.")
    for size in msgspec.json.decode(sizes, type=list[int]):
        buffer = bytearray(size)
        view = memoryview(buffer)
        reached = 0
        while reached < len(view):
            piece = stdin.read(min(_CHUNK, len(view) - reached))
            if not piece:
                raise CannotRead("The window went away while it sent the export.")
            view[reached : reached + len(piece)] = piece
            reached += len(piece)
        sources.append(view.toreadonly())
    return sources
