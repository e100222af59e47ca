"""Loading: pixels of a volume or frame stack, the wanted slice first, then outward."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from viewer.errors import Cancelled, CannotDecode, CannotRead, Issue
from viewer.media.decoding import Decoding, Frame
from viewer.media.files import Files
from viewer.media.images import NATIVE
from viewer.media.scan import Cancel, Progress
from viewer.media.volume import FileRef, Media

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
    others load. May be called again after Cancelled: it goes on with what is missing.

    Args:
        media: one of `open_media`'s.
        first: the slice wanted first; the middle one if not given.
        progress: called with (slices done, slices in all).
        cancelled: asked at least every half second.

    Raises:
        Cancelled: `cancelled` answered yes; slices that are ready stay.
    """
    work = _Work(media, progress or _silent, cancelled or _never)
    start = media.count // 2 if first is None else min(max(first, 0), media.count - 1)
    frames = _frames_of(media)
    todo = [frames[k] for k in outward(start, media.count) if _is_missing(media, k)]
    is_native = all(instance.transfer_syntax in NATIVE for instance in media.instances)
    with closing(Files()) as files:
        decoding = Decoding(media, files)
        if is_native:
            _one_by_one(work, decoding, todo)
        else:
            _by_workers(work, decoding, todo)


@dataclass
class _Work:
    media: Media
    progress: Progress
    cancelled: Cancel
    said: set[FileRef] = field(default_factory=set[FileRef])

    def check(self) -> None:
        if self.cancelled():
            raise Cancelled("loading was stopped.")

    def settle(self, frame: Frame, error: CannotDecode | CannotRead | None) -> None:
        """Mark a picture as ready, or say why it is not, and report progress."""
        if error is None:
            self.media.ready[frame.index] = True
        else:
            self.media.slice_errors[frame.index] = str(error)
            self._say(frame.instance.file, str(error))
        done = int(self.media.ready.sum()) + len(self.media.slice_errors)
        self.progress(done, self.media.count)

    def _say(self, file: FileRef, sentence: str) -> None:
        """One issue per file: a thousand bad frames of one are said once."""
        if file not in self.said:
            self.said.add(file)
            issue = Issue("error", "not-decoded", sentence, file.name)
            self.media.issues = (*self.media.issues, issue)


def _one_by_one(work: _Work, decoding: Decoding, todo: Sequence[Frame]) -> None:
    """Read in this thread: reading is bound by memory, and further threads do not help."""
    for frame in todo:
        work.check()
        error: CannotDecode | CannotRead | None = None
        try:
            decoding.decode(frame)
        except (CannotDecode, CannotRead) as caught:
            error = caught
        work.settle(frame, error)


def _by_workers(work: _Work, decoding: Decoding, todo: Sequence[Frame]) -> None:
    """Decode in two threads; imagecodecs leaves the interpreter free meanwhile."""
    queue = iter(todo)
    waiting: dict[Future[None], Frame] = {}
    pool = ThreadPoolExecutor(WORKERS, "decode")
    try:
        while True:
            work.check()
            for frame in islice(queue, 2 * WORKERS - len(waiting)):
                waiting[pool.submit(decoding.decode, frame)] = frame
            if not waiting:
                return
            finished, _rest = wait(waiting, _ASK_EVERY_S, FIRST_COMPLETED)
            for future in finished:
                frame = waiting.pop(future)
                error = future.exception()
                if error is not None and not isinstance(error, CannotDecode | CannotRead):
                    raise error
                work.settle(frame, error)
    finally:
        pool.shutdown(wait=not waiting, cancel_futures=True)


def outward(start: int, count: int) -> Iterator[int]:
    """Indices from `start` to both sides: 5, 6, 4, 7, 3 ..."""
    yield start
    for step in range(1, count):
        for index in (start + step, start - step):
            if 0 <= index < count:
                yield index


def _is_missing(media: Media, index: int) -> bool:
    return not media.ready[index] and index not in media.slice_errors


def _frames_of(media: Media) -> list[Frame]:
    """Which instance, and which of its frames, each picture is."""
    if media.kind == "volume":
        return [Frame(k, instance, 0) for k, instance in enumerate(media.instances)]
    frames: list[Frame] = []
    for instance in media.instances:
        frames += [Frame(len(frames) + n, instance, n) for n in range(instance.frames)]
    return frames


def _never() -> bool:
    return False


def _silent(_done: int, _total: int) -> None:
    return None
