"""A few decoding processes for any number of videos: the one looked at longest ago gives its up."""

from __future__ import annotations

import atexit
import threading
from collections import deque
from typing import Protocol

from viewer.errors import CannotRead
from viewer.media.video.messages import Event, Leave
from viewer.media.video.process import Process

MOST = 3  # processes
SILENCE_S = 5.0  # after which a process that owes an answer is given up
_WATCH_EVERY_S = 0.25
_CLOSE_S = 5.0  # in which the thread ends; it is a daemon
_BUSY_S = 0.02  # after which it is seen again whether a process is idle


class Tenant(Protocol):
    """Who has a process: a video."""

    def begin(self, process: Process) -> None:
        """Take a process over; not called from the main thread."""
        ...

    def heard(self, process: Process, event: Event | None) -> None:
        """Get an answer, or None when the process is gone."""
        ...

    def left(self) -> None:
        """The process went to another video."""
        ...

    def refused(self, sentence: str) -> None:
        """No process can be started."""
        ...

    def proceed(self, process: Process) -> None:
        """Send what is wished now."""
        ...

    def owed(self) -> bool:
        """Whether the process owes an answer."""
        ...

    def is_gone(self) -> bool:
        """Whether it wants no process any more."""
        ...

    def given_up(self) -> None:
        """The process was silent for too long and is ended now."""
        ...


class Pool:
    """Lends processes to videos; one thread of its own starts, feeds and watches them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: deque[Tenant] = deque()
        self._tenants: dict[Process, Tenant | None] = {}  # last used last
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def call(self, tenant: Tenant) -> None:
        """Ask that a video's wishes be sent; at once, from this thread where it has a process.

        A video that owes an answer keeps its process, so that wishes never reach another's.
        """
        process = self._process_of(tenant)
        if process is not None and tenant.owed():
            tenant.proceed(process)
            return
        with self._changed:
            if tenant not in self._calls:
                self._calls.append(tenant)
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._work, name="videos", daemon=True)
                self._thread.start()
            self._changed.notify()

    def leave(self, tenant: Tenant) -> None:
        """Take a video's process back; it stays for the next video where it is idle."""
        with self._changed:
            if tenant in self._calls:
                self._calls.remove(tenant)
            process = next((one for one, held in self._tenants.items() if held is tenant), None)
            if process is None:
                return
            self._tenants.pop(process)
            is_kept = not tenant.owed() and None not in self._tenants.values()
            if is_kept:
                self._tenants[process] = None
        if is_kept:
            process.send(Leave())
        else:
            process.end()

    def close_idle(self) -> None:
        """End the process that waits for a next video."""
        with self._changed:
            idle = [one for one, held in self._tenants.items() if held is None]
            for process in idle:
                self._tenants.pop(process)
        for process in idle:
            process.end()

    def close(self) -> None:
        """End all processes, also one that is just being started."""
        with self._changed:
            self._is_closed = True
            processes = list(self._tenants)
            self._tenants.clear()
            self._calls.clear()
            self._changed.notify()
            thread = self._thread
        for process in processes:
            process.end()
        if thread is not None:
            thread.join(_CLOSE_S)

    def _work(self) -> None:
        while True:
            with self._changed:
                wait_s = _WATCH_EVERY_S if self._tenants else None
                self._changed.wait_for(lambda: self._calls or self._is_closed, wait_s)
                if self._is_closed:
                    return
                tenant = self._calls.popleft() if self._calls else None
            if tenant is not None and not self._serve(tenant):
                self._later(tenant)
            self._watch()

    def _later(self, tenant: Tenant) -> None:
        """Serve a video when a process has become idle."""
        with self._changed:
            if tenant not in self._calls:
                self._calls.append(tenant)
            self._changed.wait(_BUSY_S)

    def _serve(self, tenant: Tenant) -> bool:
        """Let a video's wishes be sent; False where every process is busy for others."""
        process = self._process_of(tenant)
        if process is not None:
            tenant.proceed(process)
            return True
        try:
            process = self._lent(tenant)
        except CannotRead as error:
            tenant.refused(str(error))
            return True
        if process is not None:
            process.expect()
            tenant.begin(process)
            if tenant.is_gone():  # it left while the process was started
                self.leave(tenant)
        return process is not None

    def _process_of(self, tenant: Tenant) -> Process | None:
        with self._changed:
            for process, holder in self._tenants.items():
                if holder is tenant:
                    self._tenants[process] = self._tenants.pop(process)
                    return process
        return None

    def _lent(self, tenant: Tenant) -> Process | None:
        """Return a process for a new tenant: a further one, or the idle one used longest ago."""
        with self._changed:
            is_full = len(self._tenants) >= MOST
            free = [one for one, held in self._tenants.items() if held is None]
            idle = [one for one, held in self._tenants.items() if held and not held.owed()]
            process = next(iter([*free, *(idle if is_full else ())]), None)
            before = self._tenants.pop(process, None) if process is not None else None
            if process is not None:
                self._tenants[process] = tenant
        if before is not None:
            before.left()
        if process is None and not is_full:
            process = self._started(tenant)
        return process

    def _started(self, tenant: Tenant) -> Process | None:
        """Start a process; outside the lock, since it takes its time."""
        process = Process(self._heard)
        with self._changed:
            if not self._is_closed:
                self._tenants[process] = tenant
                return process
        process.end()
        return None

    def _heard(self, process: Process, event: Event | None) -> None:
        with self._changed:
            tenant = self._tenants.get(process)
            if event is None:
                self._tenants.pop(process, None)
        if tenant is not None:
            tenant.heard(process, event)

    def _watch(self) -> None:
        with self._changed:
            held = [(process, tenant) for process, tenant in self._tenants.items() if tenant]
        for process, tenant in held:
            if process.silent_s > SILENCE_S and tenant.owed():
                with self._changed:
                    self._tenants.pop(process, None)
                tenant.given_up()
                process.end()


POOL = Pool()  # of this program: the limit is the machine's, not one window's
atexit.register(POOL.close)
