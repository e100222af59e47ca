"""The decoding process: obeys orders from its stdin, answers on its stdout.

Decoders may hang or crash on damaged files; here they take nothing along. The process ends when
the window does, since its stdin ends then.
"""

from __future__ import annotations

import mmap
import os
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from viewer.errors import CannotDecode, CannotRead
from viewer.media.video.messages import (
    Alive,
    Broken,
    Event,
    Failed,
    Frame,
    Free,
    Leave,
    Open,
    Order,
    Ready,
    Slots,
    Wish,
    orders,
    received,
    send,
)
from viewer.media.video.reel import Reel
from viewer.media.video.shared_bytes import attached

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

UNFIT = (CannotDecode, MemoryError, ValueError)  # what a frame that cannot be converted raises
_SIGN_OF_LIFE_S = 0.2
_PASSED_EVERY_S = 0.08  # so that playing never seems to stand still
_MEMORY_BYTES = 12 << 30  # of addresses; what a hostile file asks for beyond fails at once


class Inbox:
    """What was ordered last; filled by a thread, emptied by the decoder."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._open: Open | Leave | None = None
        self._wish: Wish | None = None
        self._slots: Slots | None = None
        self._free: set[int] = set()

    def put(self, order: Order) -> None:
        """Take note of an order."""
        with self._changed:
            match order:
                case Open() | Leave():
                    self._open, self._wish, self._slots = order, None, None
                case Slots():
                    self._slots, self._free = order, set(range(order.count))
                case Wish():
                    self._wish = order
                case Free():
                    self._free.add(order.slot)
            self._changed.notify()

    def next(self) -> Open | Leave | Slots | Wish:
        """Wait for what is to be done next."""
        with self._changed:
            self._changed.wait_for(lambda: self._open or self._slots or self._wish)
            order: Open | Leave | Slots | Wish
            if self._open is not None:
                order, self._open = self._open, None
            elif self._slots is not None:
                order, self._slots = self._slots, None
            else:
                assert self._wish is not None
                order, self._wish = self._wish, None
            return order

    def is_newer(self) -> bool:
        """Whether something came that makes the work at hand pointless."""
        return self._open is not None or self._wish is not None

    def free_slot(self) -> int | None:
        """Return a slot to write to, None where all are full."""
        with self._changed:
            return self._free.pop() if self._free else None

    def slot(self) -> int | None:
        """Wait for a slot to write to; None when newer orders came first."""
        with self._changed:
            self._changed.wait_for(lambda: self._free or self.is_newer())
            return self._free.pop() if self._free else None


class Server:
    """Does one order after the other.

    Args:
        out: where answers go.
    """

    def __init__(self, inbox: Inbox, out: BinaryIO) -> None:
        self._inbox, self._out = inbox, out
        self._reel: Reel | None = None
        self._memory: mmap.mmap | None = None
        self._slot_bytes = 0
        self._told_at = self._sent_at = 0.0
        self._is_late = False  # the last wish was followed by another before a frame of it came

    def run(self) -> None:
        """Work until the process ends."""
        self._say(Ready())
        while True:
            match self._inbox.next():
                case Open() as order:
                    self._leave()
                    self._open(order)
                case Leave():
                    self._leave()
                case Slots() as order:
                    self._memory = attached(order.name, order.slot_bytes * order.count)
                    self._slot_bytes = order.slot_bytes
                case Wish() as order:
                    self._fulfil(order)

    def _leave(self) -> None:
        if self._reel is not None:
            self._reel.close()
        self._reel = self._memory = None

    def _open(self, order: Open) -> None:
        try:
            self._reel = Reel(order.source, self._alive)
            answer: Event = self._reel.facts()
        except (CannotRead, CannotDecode) as error:
            answer = Failed(str(error), isinstance(error, CannotDecode))
        except (MemoryError, OSError, ValueError) as error:
            name = order.source.file.name
            answer = Failed(f"{name}: cannot be opened ({error or 'too large'}).", is_read=False)
        self._say(answer)

    def _fulfil(self, wish: Wish) -> None:
        reel = self._reel
        if reel is None or self._memory is None:
            return
        if wish.near and wish.frames:
            self._show_near(reel, wish.frames[0])
        self._watch_passing(reel, wish)
        for number in wish.frames:
            if self._inbox.is_newer():
                return
            try:
                frame = reel.frame(number, self._inbox.is_newer, min(wish.frames))
                if frame is None or not self._show(reel, number, frame):
                    return
            except (CannotDecode, CannotRead) as error:
                self._say(Broken(number, str(error)))
            except (MemoryError, ValueError) as error:
                self._say(Broken(number, f"{reel.name}: frame {number + 1}: {error}"))

    def _show_near(self, reel: Reel, number: int) -> None:
        """Show a key frame nearby, where the frame itself takes long."""
        key = reel.near(number)
        frame = None if key is None else reel.key_frame(key)
        if key is None or frame is None:
            return
        try:
            self._show(reel, key, frame)
        except CannotDecode as error:
            self._say(Broken(key, str(error)))

    def _watch_passing(self, reel: Reel, wish: Wish) -> None:
        """Have frames shown that are decoded on the way; the time counts from the first wish."""
        if not self._is_late:
            self._sent_at = time.monotonic()
        self._is_late = True
        reel.on_passing = partial(self._show_passed, reel) if wish.passing else None

    def _show_passed(self, reel: Reel, number: int, frame: VideoFrame) -> None:
        """Show a frame that was decoded on the way, where none was shown for a while."""
        if time.monotonic() < self._sent_at + _PASSED_EVERY_S:
            return
        slot = self._inbox.free_slot()
        if slot is None:
            return
        try:
            self._put(reel, number, frame, slot)
        except UNFIT:
            return  # its sentence is said when it is asked for

    def _show(self, reel: Reel, number: int, frame: VideoFrame) -> bool:
        """Put a frame into a slot; whether there was one before newer orders came."""
        slot = self._inbox.slot()
        if slot is None:
            return False
        self._put(reel, number, frame, slot)
        self._is_late = False
        return True

    def _put(self, reel: Reel, number: int, frame: VideoFrame, slot: int) -> None:
        """Put a frame into a slot, and say so.

        Raises:
            CannotDecode: it has another size than the first.
        """
        assert self._memory is not None
        rows, columns = reel.size
        target = np.frombuffer(
            self._memory, np.uint8, rows * columns * 3, slot * self._slot_bytes
        ).reshape(rows, columns, 3)
        try:
            reel.convert(number, frame, target)
        except UNFIT:
            self._inbox.put(Free(slot))
            raise
        self._say(Frame(number, slot))
        self._sent_at = time.monotonic()

    def _alive(self) -> None:
        now = time.monotonic()
        if now - self._told_at > _SIGN_OF_LIFE_S:
            self._say(Alive())

    def _say(self, event: Event) -> None:
        self._told_at = time.monotonic()
        send(self._out, event)


def serve() -> int:
    """Be the decoding process until the window's end of stdin closes."""
    from av import logging

    logging.set_level(None)
    _limit_memory()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no message
    inbox = Inbox()
    threading.Thread(target=_listen, args=(inbox, sys.stdin.buffer), daemon=True).start()
    try:
        Server(inbox, out).run()
    except OSError:
        _end()  # nobody listens any more
    return 0


def _listen(inbox: Inbox, stdin: BinaryIO) -> None:
    while (order := received(stdin, orders)) is not None:
        inbox.put(order)
    _end()


def _end() -> None:
    """End at once: closing a decoder that hangs would hang."""
    os._exit(0)


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = _MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(_MEMORY_BYTES, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
