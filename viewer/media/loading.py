"""Loading: pixels of a volume or frame stack, the wanted slice first, then outward."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice

from viewer.errors import Cancelled, CannotDecode, CannotRead, Issue
from viewer.media.decoding import Frame, decode_into
from viewer.media.files import Files
from viewer.media.images import NATIVE
from viewer.media.scan import Cancel, Progress
from viewer.media.volume import Media

_WORKERS = 2  # measured: decoders outside the interpreter gain from two, reading does not
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
        first: the slice wanted first; the middle one if not given.
        progress: called with (slices done, slices in all).
        cancelled: asked at least every half second.

    Raises:
        Cancelled: `cancelled` answered yes; slices that are ready stay.
    """
    start = media.count // 2 if first is None else min(max(first, 0), media.count - 1)
    frames = _frames_of(media)
    todo = [frames[k] for k in outward(start, media.count) if _is_missing(media, k)]
    done = media.count - len(todo)
    native = all(instance.transfer_syntax in NATIVE for instance in media.instances)
    workers = 1 if native else _WORKERS
    with Files() as files, ThreadPoolExecutor(workers, "decode") as pool:
        waiting: dict[Future[None], Frame] = {}
        queue = iter(todo)
        while True:
            if cancelled is not None and cancelled():
                pool.shutdown(wait=False, cancel_futures=True)
                raise Cancelled("loading was stopped.")
            for frame in islice(queue, 2 * workers - len(waiting)):
                waiting[pool.submit(decode_into, media, frame, files)] = frame
            if not waiting:
                break
            finished, _rest = wait(waiting, _ASK_EVERY_S, FIRST_COMPLETED)
            for future in finished:
                _settle(media, waiting.pop(future), future)
                done += 1
                if progress is not None:
                    progress(done, media.count)


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


def _settle(media: Media, frame: Frame, future: Future[None]) -> None:
    try:
        future.result()
    except (CannotDecode, CannotRead) as error:
        media.slice_errors[frame.index] = str(error)
        issue = Issue("error", "not-decoded", str(error), frame.instance.file.name)
        media.issues = (*media.issues, issue)
    else:
        media.ready[frame.index] = True
