"""Loading: pixels of a volume or frame stack, the wanted slice first, then outward."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from viewer.errors import Cancelled, CannotDecode, CannotRead, Issue
from viewer.media.files import Files
from viewer.media.instance import FileRef
from viewer.media.scan import Cancel, Progress
from viewer.media.volume import Media, Stored, Video

Decode = Callable[[int], None]
WORKERS = 2  # measured: decoders outside the interpreter gain from two, reading does not
_ASK_EVERY_S = 0.1  # how often `cancelled` is asked while decoders work


def load(
    media: Media,
    *,
    first: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
) -> None:
    """Fill `media.pixels` and `media.ready`; readers may look at ready slices meanwhile.

    A slice that cannot be decoded ends as a sentence in `media.slice_errors` and an issue; the
    others load. May be called again after Cancelled: it goes on with what is missing. Of a video
    only the frame wanted first is waited for; the others are decoded when they are looked at.

    Args:
        media: one of `open_media`'s.
        first: the slice wanted first; the middle one if not given.
        progress: called with (slices done, slices in all).
        cancelled: asked at least every half second.

    Raises:
        Cancelled: `cancelled` answered yes; slices that are ready stay.
    """
    start = media.count // 2 if first is None else min(max(first, 0), media.count - 1)
    if isinstance(media, Video):
        _frame(media, start)
        return
    work = _Work(media, progress or _silent, cancelled or _never)
    order = media.reader.order or outward(start, media.count)
    todo = [k for k in order if _is_missing(media, k)]
    with closing(Files()) as files:
        decode = media.reader.opened(media, files)
        if media.reader.is_serial:
            _one_by_one(work, decode, todo)
        else:
            _by_workers(work, decode, todo)


def _frame(media: Video, index: int) -> None:
    """Wait for one frame of a video; one that cannot be decoded ends as a sentence."""
    try:
        media.fetcher.wait(index)
    except CannotDecode as error:
        media.slice_errors[index] = str(error)


@dataclass
class _Work:
    media: Stored
    progress: Progress
    cancelled: Cancel
    said: set[FileRef] = field(default_factory=set[FileRef])

    def check(self) -> None:
        if self.cancelled():
            raise Cancelled("loading was stopped.")

    def settle(self, index: int, error: CannotDecode | CannotRead | None) -> None:
        """Mark a picture as ready, or say why it is not, and report progress."""
        if error is None:
            self.media.ready[index] = True
        else:
            self.media.slice_errors[index] = str(error)
            self._say(self.media.reader.file_of(index), str(error))
        done = int(self.media.ready.sum()) + len(self.media.slice_errors)
        self.progress(done, self.media.count)

    def _say(self, file: FileRef, sentence: str) -> None:
        """One issue per file: a thousand bad frames of one are said once."""
        if file not in self.said:
            self.said.add(file)
            issue = Issue("error", "not-decoded", sentence, file.name)
            self.media.issues = (*self.media.issues, issue)


def _one_by_one(work: _Work, decode: Decode, todo: Sequence[int]) -> None:
    """Read in this thread: reading is bound by memory, and further threads do not help."""
    for index in todo:
        work.check()
        error: CannotDecode | CannotRead | None = None
        try:
            decode(index)
        except (CannotDecode, CannotRead) as caught:
            error = caught
        work.settle(index, error)


def _by_workers(work: _Work, decode: Decode, todo: Sequence[int]) -> None:
    """Decode in two threads; imagecodecs leaves the interpreter free meanwhile."""
    queue = iter(todo)
    waiting: dict[Future[None], int] = {}
    pool = ThreadPoolExecutor(WORKERS, "decode")
    try:
        while True:
            work.check()
            for index in islice(queue, 2 * WORKERS - len(waiting)):
                waiting[pool.submit(decode, index)] = index
            if not waiting:
                return
            finished, _rest = wait(waiting, _ASK_EVERY_S, FIRST_COMPLETED)
            for future in finished:
                index = waiting.pop(future)
                error = future.exception()
                if error is not None and not isinstance(error, CannotDecode | CannotRead):
                    raise error
                work.settle(index, error)
    finally:
        pool.shutdown(wait=not waiting, cancel_futures=True)


def outward(start: int, count: int) -> Iterator[int]:
    """Indices from `start` to both sides: 5, 6, 4, 7, 3 ..."""
    yield start
    for step in range(1, count):
        for index in (start + step, start - step):
            if 0 <= index < count:
                yield index


def _is_missing(media: Stored, index: int) -> bool:
    return not media.ready[index] and index not in media.slice_errors


def _never() -> bool:
    return False


def _silent(_done: int, _total: int) -> None:
    return None
