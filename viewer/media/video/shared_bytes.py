"""Memory that two processes see, without a name that could be left behind.

A nameless file (Linux, macOS) or a section of the paging file (Windows) goes with the last process
that has it open, however that ends.
"""

from __future__ import annotations

import mmap
import os
import secrets
import sys
import tempfile


class SharedBytes:
    """The window's side: makes the memory and sizes it anew for each video."""

    def __init__(self) -> None:
        self._map: mmap.mmap | None = None
        self.name = ""
        self.fd: int | None = None if sys.platform == "win32" else _nameless()

    def resized(self, size: int) -> mmap.mmap:
        """Return the memory, at least `size` bytes; what was returned before stays valid.

        Raises:
            OSError: there is not that much.
        """
        if sys.platform == "win32":
            self.name = f"overread-{secrets.token_hex(8)}"
            self._map = mmap.mmap(-1, size, tagname=self.name)
        else:
            fd = self.fd if self.fd is not None else -1
            if os.fstat(fd).st_size < size:  # never smaller: a picture may still be copied out
                os.ftruncate(fd, size)
            self.name = f"{fd}"
            self._map = mmap.mmap(fd, size)
        return self._map

    def close(self) -> None:
        """Let go of the memory."""
        self._map = None
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None


def attached(name: str, size: int) -> mmap.mmap:
    """Return the memory in the child, by the name that the window told."""
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=name)
    return mmap.mmap(int(name), size)


def _nameless() -> int:
    """Return a file descriptor that a child can be given."""
    if sys.platform == "linux":
        return os.memfd_create("overread-frames", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
