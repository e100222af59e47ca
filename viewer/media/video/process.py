"""The window's end of a decoding process: orders, answers, and pictures in shared memory."""

from __future__ import annotations

import mmap
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotRead
from viewer.media.own_process import entry_point, environment
from viewer.media.video.messages import Event, Order, Slots, events, received, send
from viewer.media.video.shared_bytes import SharedBytes

SLOTS = 4
_START_S = 30.0  # until the process says its first word
_KILL_S = 5.0
Gone = None


class Process:
    """One decoding process and the thread that hears it.

    Args:
        heard: called with each answer, from the hearing thread; with None when the process is
            gone.

    Raises:
        CannotRead: no process can be started.
    """

    def __init__(self, heard: Callable[[Process, Event | None], None]) -> None:
        self._shared = SharedBytes()
        self._memory: mmap.mmap | None = None
        self._slot_bytes = 0
        self._sending = threading.Lock()
        self._child = self._started()
        self._heard = heard
        self._spoke_at = time.monotonic() + _START_S  # starting takes longer than anything after
        self._listener = threading.Thread(target=self._listen, name="video", daemon=True)
        self._listener.start()

    def _started(self) -> subprocess.Popen[bytes]:
        fds = () if self._shared.fd is None else (self._shared.fd,)
        try:
            return subprocess.Popen(
                [*entry_point(), "_video"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
                pass_fds=fds,
                creationflags=subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0,
            )
        except OSError as error:
            self._shared.close()
            raise CannotRead(f"No process can be started to decode videos ({error}).") from error

    @property
    def silent_s(self) -> float:
        """Seconds since the process was last heard; not above 0 until it has started."""
        return time.monotonic() - self._spoke_at

    @property
    def is_alive(self) -> bool:
        """The process runs."""
        return self._child.poll() is None

    def send(self, order: Order) -> None:
        """Give an order; one to a process that is gone is lost, which the listener tells."""
        pipe = cast(BinaryIO, self._child.stdin)
        with self._sending:
            try:
                send(pipe, order)
            except (OSError, ValueError):
                return  # closed: `heard(None)` follows, or came before

    def expect(self) -> None:
        """Begin to count how long the process is silent; once, when it begins to owe an answer."""
        self._spoke_at = max(self._spoke_at, time.monotonic())

    def share(self, slot_bytes: int) -> None:
        """Set up shared memory for pictures of this size.

        Raises:
            CannotRead: there is not enough.
        """
        try:
            self._memory = self._shared.resized(SLOTS * slot_bytes)
        except OSError as error:
            raise CannotRead(f"There is no memory for frames of {slot_bytes} bytes.") from error
        self._slot_bytes = slot_bytes
        self.send(Slots(self._shared.name, slot_bytes, SLOTS))

    def picture(self, slot: int, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
        """Copy a picture out of a slot."""
        memory = self._memory
        if memory is None or not 0 <= slot < SLOTS:
            raise CannotRead("The decoding process names a picture that is not there.")
        size = shape[0] * shape[1] * shape[2]
        found = np.frombuffer(memory, np.uint8, size, slot * self._slot_bytes).reshape(shape)
        picture = found.copy()
        picture.flags.writeable = False
        return picture

    def end(self) -> None:
        """Kill the process and wait until it is gone."""
        self._child.kill()
        self._child.wait(_KILL_S)
        if threading.current_thread() is not self._listener:
            self._listener.join(_KILL_S)

    def _listen(self) -> None:
        stdout = cast(BinaryIO, self._child.stdout)
        while (event := received(stdout, events)) is not None:
            self._spoke_at = time.monotonic()
            self._heard(self, event)
        self._child.kill()
        self._child.wait(_KILL_S)
        for pipe in (self._child.stdin, self._child.stdout):
            _closed(pipe)
        self._heard(self, None)
        self._shared.close()


def _closed(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        try:
            pipe.close()
        except OSError:
            return  # what was still in it is lost with the process
