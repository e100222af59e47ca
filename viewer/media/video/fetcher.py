"""The window's side of one video: frames that are at hand, and wishes for others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from viewer.errors import Cancelled, CannotDecode, CannotRead, OverreadError
from viewer.media.video.messages import Broken, Event, Failed, Frame, Free, Open, Opened, Wish
from viewer.media.video.pool import POOL, SILENCE_S, Pool
from viewer.media.video.process import Process
from viewer.media.video.source import ByteSource

Picture = NDArray[np.uint8]
KEPT_BYTES = 384 << 20  # of decoded frames of one video
AHEAD, BEHIND = 24, 8  # frames that are wished for around the one wanted
_ASK_EVERY_S = 0.05
_MOST_HANGS = 2  # of the process, after which the video is given up


class Fetcher:
    """Brings frames of a video; see `viewer.media.volume.FrameFetcher`.

    Args:
        source: where its bytes are.
        errors: sentence of each frame that cannot be decoded; filled here.

    Attributes:
        on_damage: called when another frame turned out to be undecodable, from a thread.
    """

    def __init__(self, source: ByteSource, errors: dict[int, str], pool: Pool = POOL) -> None:
        self._source, self._errors, self._pool = source, errors, pool
        self._changed = threading.Condition()
        self._sending = threading.Lock()
        self._kept: dict[int, Picture] = {}
        self._opened: Opened | None = None
        self._failure: OverreadError | None = None
        self._is_opening = True
        self._is_closed = False
        self._centre, self._asked_at = 0, 0.0
        self._wish: Wish | None = None  # not sent yet
        self._owed: set[int] = set()
        self._hangs = 0
        self._begins_to_owe = False  # the process is not counted as silent yet
        self._tell: Callable[[int], None] | None = None
        self.on_damage: Callable[[], None] | None = None

    def open(self, cancelled: Callable[[], bool]) -> Opened:
        """Index the video, have its first frame at hand for a thumbnail, and return its facts.

        Raises:
            CannotRead, CannotDecode: what the decoding process says, or it was given up.
            Cancelled: `cancelled` said so.
        """
        self._pool.call(self)
        is_open = False
        try:
            with self._changed:
                while not self._is_begun() and self._failure is None and not cancelled():
                    self._changed.wait(_ASK_EVERY_S)
                is_open = self._is_begun() and self._failure is None
        finally:
            if not is_open:  # also where `cancelled` raises
                self.close()
        if self._opened is None or not is_open:
            raise self._failure or Cancelled("Opening was stopped.")
        return self._opened

    def _is_begun(self) -> bool:
        return self._opened is not None and (0 in self._kept or 0 in self._errors)

    # What `viewer.media.volume.FrameFetcher` asks for.

    def kept(self, index: int) -> Picture | None:
        """Return a frame that is at hand."""
        return self._kept.get(index)

    def near(self, index: int) -> int | None:
        """Return the frame at hand that is nearest."""
        with self._changed:
            return min(self._kept, key=lambda kept: abs(kept - index), default=None)

    def want(self, index: int, ahead: int = 0) -> None:
        """Ask for a frame, and for those that are likely to be wanted next."""
        self._ask(index, ahead, near=not ahead)

    def wait(self, index: int) -> Picture:
        """Return a frame, however long it takes."""
        while True:
            with self._changed:
                found = self._kept.get(index)
                if found is not None:
                    return found
                self._raise_if_none_comes(index)
                is_asked = index in self._owed and time.monotonic() < self._asked_at + SILENCE_S
            if not is_asked:
                self._ask(index, 0, near=False)
            with self._changed:
                if index not in self._kept:
                    self._changed.wait(_ASK_EVERY_S)

    def on_arrival(self, tell: Callable[[int], None]) -> None:
        """Call `tell` with each frame that arrives or turns out to be damaged, from a thread."""
        self._tell = tell

    def close(self) -> None:
        """Let go of the process, of the frames and of those who are told of them."""
        with self._changed:
            self._is_closed = True
            self._kept.clear()
            self._changed.notify_all()
        self._tell = self.on_damage = None  # they hold the video, which holds this
        self._pool.leave(self)

    # What `viewer.media.video.pool.Tenant` asks for.

    def begin(self, process: Process) -> None:
        """Open the video in a process."""
        with self._changed:
            self._is_opening = True
        process.send(Open(self._source))

    def heard(self, process: Process, event: Event | None) -> None:
        """Get an answer."""
        match event:
            case Opened():
                self._on_opened(process, event)
            case Failed():
                kind = CannotDecode if event.is_read else CannotRead
                self._fail(kind(event.sentence))
            case Frame():
                self._on_frame(process, event)
            case Broken():
                self._skip(event.index, event.sentence)
            case None:
                name = self._source.file.name
                self._fail(
                    CannotDecode(
                        f"{name}: the decoder crashed, the video may be damaged; it was given up;"
                        " open it again to try anew."
                    )
                )
            case _:
                return

    def proceed(self, process: Process) -> None:
        """Send what is wished now."""
        with self._sending:  # so that the newest is the last
            with self._changed:
                if self._is_opening:
                    return  # it is sent when the index is there
                wish, self._wish = self._wish, None
                begins, self._begins_to_owe = self._begins_to_owe, False
            if wish is not None:
                if begins:  # else it counts from the wish before: many must not put it off
                    process.expect()
                process.send(wish)

    def left(self) -> None:
        """The process went to another video; one frame stays for the thumbnail."""
        with self._changed:
            self._is_opening = True
            self._owed.clear()
            for index in list(self._kept)[1:]:
                del self._kept[index]

    def refused(self, sentence: str) -> None:
        """No process can be started."""
        self._fail(CannotRead(sentence))

    def owed(self) -> bool:
        """Whether the process owes an answer."""
        return self._failure is None and (self._is_opening or bool(self._owed))

    def is_gone(self) -> bool:
        """Whether the video was closed."""
        return self._is_closed

    def given_up(self) -> None:
        """The process hangs: one frame is given up, or the video after opening or a second one."""
        with self._changed:
            owed = self._owed
            self._hangs += 1
            is_first = self._hangs < _MOST_HANGS and bool(owed) and not self._is_opening
            index = min(owed, key=lambda one: abs(one - self._centre), default=0)
        words = f"the decoder did not answer for {SILENCE_S:.0f} seconds"
        name = self._source.file.name
        if is_first:
            said = f"{name}: {words} at frame {index + 1}, which may be damaged; other frames"
            with self._changed:
                self._owed.clear()  # who still waits asks again, and gets another process
            self._skip(index, f"{said} are still decoded; open the video again to try it anew.")
            return
        said = f"{name}: {words}, the video may be damaged; it was given up"
        self._fail(CannotDecode(f"{said}; open it again to try anew."))

    # The rest.

    def _ask(self, index: int, ahead: int, *, near: bool) -> None:
        with self._changed:
            if self._opened is None or self._is_closed:
                return
            failure = self._failure
            if failure is not None:
                self._errors.setdefault(index, str(failure))
        if failure is not None:
            self._told(index)
            return
        with self._changed:
            self._centre, self._asked_at = index, time.monotonic()
            frames = self._wished(index, ahead)
            self._begins_to_owe = self._begins_to_owe or not self._owed
            self._wish = Wish(frames, near=near and index in frames, passing=ahead != 0)
            self._owed = set(frames)
            if not frames:
                return
        self._pool.call(self)

    def _wished(self, index: int, ahead: int) -> tuple[int, ...]:
        """Return the wanted frame and its neighbours that are not at hand, the next first."""
        opened = self._opened
        assert opened is not None
        count = len(opened.times_s) // 8
        most = max(2, self._most() // 2)
        step = ahead or 1
        after = [index + step * number for number in range(1, min(AHEAD, most) + 1)]
        before = [index - step * number for number in range(1, min(BEHIND, most) + 1)]
        frames = [index, *after, *([] if ahead else before)]
        return tuple(
            frame
            for frame in frames
            if 0 <= frame < count and frame not in self._kept and frame not in self._errors
        )

    def _most(self) -> int:
        """How many frames are kept."""
        opened = self._opened
        size = opened.rows * opened.columns * 3 if opened is not None else 1
        return max(4, KEPT_BYTES // max(size, 1))

    def _on_opened(self, process: Process, event: Opened) -> None:
        before = self._opened
        if before is not None and before.times_s != event.times_s:
            self._fail(CannotRead(f"{self._source.file.name}: changed since it was opened."))
            return
        try:
            process.share(event.rows * event.columns * 3)
        except CannotRead as error:
            self._fail(error)
            return
        with self._changed:
            self._opened = event
            self._is_opening = False
            if before is None:
                self._wish, self._owed = Wish((0,), near=False), {0}
            self._changed.notify_all()
        self.proceed(process)

    def _on_frame(self, process: Process, event: Frame) -> None:
        opened = self._opened
        if opened is None or self._is_opening:
            return  # of the video that had the process before
        picture = process.picture(event.slot, (opened.rows, opened.columns, 3))
        process.send(Free(event.slot))
        with self._changed:
            if self._is_closed:
                return
            self._kept[event.index] = picture
            self._owed.discard(event.index)
            self._evict()
            self._changed.notify_all()
        self._told(event.index)

    def _skip(self, index: int, sentence: str) -> None:
        """Take note that a frame does not come."""
        with self._changed:
            self._errors[index] = sentence
            self._owed.discard(index)
            self._changed.notify_all()
        damaged = self.on_damage
        if damaged is not None:
            damaged()
        self._told(index)

    def _told(self, index: int) -> None:
        tell = self._tell
        if tell is not None:
            tell(index)

    def _evict(self) -> None:
        """Let those go that are farthest from where the person looks."""
        most, centre = self._most(), self._centre
        while len(self._kept) > most:
            del self._kept[max(self._kept, key=lambda kept: abs(kept - centre))]

    def _fail(self, error: OverreadError) -> None:
        with self._changed:
            self._failure = self._failure or error
            owed, self._owed = self._owed, set()
            for index in owed:
                self._errors.setdefault(index, str(error))
            self._changed.notify_all()
        for index in sorted(owed):
            self._told(index)

    def _raise_if_none_comes(self, index: int) -> None:
        if index in self._errors:
            raise CannotDecode(self._errors[index])
        if self._failure is not None:
            raise CannotDecode(str(self._failure))
        if self._is_closed:
            raise CannotDecode(f"{self._source.file.name}: is closed.")
