"""Loading: pixels of a volume or frame stack, the wanted slice first, then outward."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock

import numpy as np

from viewer.errors import Cancelled, CannotDecode, CannotRead, Issue, OverreadError
from viewer.media.files import Files
from viewer.media.instance import FileRef
from viewer.media.memory import MEMORY_SHARE, free_bytes
from viewer.media.paging import Pages, can_page
from viewer.media.pixel_data.decoding import DicomPixels
from viewer.media.scan import Cancel, Progress
from viewer.media.volume import Media, Stored, Video, Volume

Decode = Callable[[int], None]
WORKERS = 2  # measured: decoders outside the interpreter gain from two, reading does not
_HOPELESS = 200  # pictures of one file that fail in a row before the others are given up
_MAKING_ROOM = Lock()
_ASK_EVERY_S = 0.1  # how often `cancelled` is asked while decoders work


def load(
    media: Media,
    *,
    first: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
    budget_bytes: int | None = None,
    only: Collection[int] | None = None,
) -> None:
    """Fill `media.pixels` and `media.ready`; readers may look at ready slices meanwhile.

    A slice that cannot be decoded ends as a sentence in `media.slice_errors` and an issue; the
    others load. May be called again after Cancelled: it goes on with what is missing. Of a video
    only the frame wanted first is waited for; the others are decoded when they are looked at.
    The slice wanted first is at hand in the end, also where others had to be let go.

    Args:
        media: one of `open_media`'s.
        first: the slice wanted first; the middle one if not given.
        progress: called with (slices done, slices in all).
        cancelled: asked at least every half second.
        budget_bytes: memory that the pixels may take; a share of what is free if not given.
            Beyond it the media is paged: its `fetcher` reads slices again when they are wanted.
        only: the slices to decode; all if not given, or where they come one after the other only.

    Raises:
        Cancelled: `cancelled` answered yes; slices that are ready stay.
    """
    start = media.count // 2 if first is None else min(max(first, 0), media.count - 1)
    if isinstance(media, Video):
        _frame(media, start)
        return
    _make_room(media, budget_bytes)
    if media.pages is not None:
        media.pages.want(start)
    work = _Work(media, progress or _silent, cancelled or _never)
    todo = _missing(media, media.reader.order or _outward_of(only, start, media.count))
    with closing(Files()) as files:
        decode = _decoder(media, files)
        if media.reader.is_serial:
            _one_by_one(work, decode, todo)
        else:
            _by_workers(work, decode, todo)
    if media.pages is not None and media.ready[start]:
        _again(media.pages, start)


def _decoder(media: Stored, files: Files) -> Decode:
    """Return what decodes picture k; whatever a damaged file makes it raise is a sentence."""
    decode = media.reader.opened(media, files)

    def decoded(index: int) -> None:
        try:
            decode(index)
        except OverreadError:
            raise
        except MemoryError as error:
            name = media.reader.file_of(index).name
            raise CannotDecode(f"{name}: there is no memory for it; close others first.") from error
        except Exception as error:  # decoders raise any kind where a header contradicts itself
            name = media.reader.file_of(index).name
            raise CannotDecode(
                f"{name}: its pixels are not what the header says of them; export the file again."
            ) from error

    return decoded


def _again(pages: Pages, index: int) -> None:
    """Have a picture at hand; one that cannot be read any more ends as a sentence."""
    try:
        pages.wait(index)
    except (CannotDecode, CannotRead):
        return  # the sentence is among the media's


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
    failed: dict[FileRef, int] = field(default_factory=dict[FileRef, int])  # in a row
    hopeless: dict[FileRef, str] = field(default_factory=dict[FileRef, str])
    done: int = 0

    def __post_init__(self) -> None:
        self.done = int(self.media.ready.sum()) + len(self.media.slice_errors)

    def check(self) -> None:
        if self.cancelled():
            raise Cancelled("loading was stopped.")

    def settle(self, index: int, error: CannotDecode | CannotRead | None) -> None:
        """Mark a picture as ready, or say why it is not, and report progress."""
        media = self.media
        self.done += index not in media.slice_errors  # it may have been given up with its file
        if error is None:
            if media.pages is not None:
                media.pages.settle(index)
            media.slice_errors.pop(index, None)
            media.ready[index] = True
            self.failed.clear()
        else:
            if media.pages is not None:
                media.pages.drop(index)
            self._fail(index, str(error))
        self.progress(self.done, media.count)

    def is_hopeless(self, index: int) -> bool:
        """Whether so many pictures of a file failed in a row that this one is not tried."""
        if not self.hopeless or index in self.media.slice_errors:
            return bool(self.hopeless)
        file = self.media.reader.file_of(index)
        if file in self.hopeless:
            self._give_up(index, self.hopeless[file])
        return file in self.hopeless

    def _fail(self, index: int, sentence: str) -> None:
        self.media.slice_errors[index] = sentence
        file = self.media.reader.file_of(index)
        self.failed[file] = self.failed.get(file, 0) + 1
        if self.failed[file] == _HOPELESS:
            self.hopeless[file] = (
                f"{file.name}: {_HOPELESS} of its pictures in a row cannot be decoded, so that"
                " this one was not tried; export the file again."
            )
            self._give_up(index, self.hopeless[file])
        self._say(file, sentence)

    def _give_up(self, index: int, sentence: str) -> None:
        """Leave out a picture and those beside it, all at once: there may be a million."""
        ready, errors = self.media.ready, self.media.slice_errors
        beside = self.media.reader.beside(index)
        before = len(errors)
        unread = np.flatnonzero(~ready[beside.start : beside.stop]) + beside.start
        errors.update({k: sentence for k in unread.tolist() if k not in errors})
        self.done += len(errors) - before

    def _say(self, file: FileRef, sentence: str) -> None:
        """One issue per file: a thousand bad frames of one are said once."""
        if file not in self.said:
            self.said.add(file)
            issue = Issue("error", "not-decoded", sentence, file.name)
            self.media.issues = (*self.media.issues, issue)


def _make_room(media: Stored, budget_bytes: int | None) -> None:
    """Page a media that is larger than its budget, and say so; two may load one at a time."""
    with _MAKING_ROOM:
        _room_made(media, budget_bytes)


def _room_made(media: Stored, budget_bytes: int | None) -> None:
    if media.pages is not None or media.ready.any():
        return
    budget = int(MEMORY_SHARE * free_bytes()) if budget_bytes is None else budget_bytes
    shape, dtype = media.pixels.shape, media.pixels.dtype
    is_dicom = isinstance(media.reader, DicomPixels)
    if media.nbytes <= budget or not is_dicom or not can_page(shape, dtype, budget):
        if not media.pixels.flags.writeable:
            media.pixels = np.zeros(shape, dtype)
        return
    media.pixels = np.broadcast_to(np.zeros((), dtype), shape)
    decode = _decoder(media, Files())
    media.pages = Pages(shape, dtype, budget, decode, media.ready, media.slice_errors)
    noun = "slices" if isinstance(media, Volume) else "frames"
    planes = f"; the other planes are shown at 1/{media.pages.factor} of the resolution"
    sentence = (
        f"{media.title}: its {media.count} {noun} need {media.nbytes / 1e9:.1f} GB and"
        f" {budget / 1e9:.1f} GB may be used, so that they are read again when they are"
        f" shown{planes if isinstance(media, Volume) else ''}."
    )
    media.issues = (*media.issues, Issue("note", "paged", sentence, media.id))


def _one_by_one(work: _Work, decode: Decode, todo: Sequence[int]) -> None:
    """Read in this thread: reading is bound by memory, and further threads do not help."""
    for index in todo:
        work.check()
        if work.is_hopeless(index):
            continue
        error: CannotDecode | CannotRead | None = None
        try:
            decode(index)
        except (CannotDecode, CannotRead) as caught:
            error = caught
        work.settle(index, error)


def _by_workers(work: _Work, decode: Decode, todo: Sequence[int]) -> None:
    """Decode in two threads; imagecodecs leaves the interpreter free meanwhile."""
    queue = (index for index in todo if not work.is_hopeless(index))
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


def outward(start: int, count: int) -> list[int]:
    """Indices from `start` to both sides: 5, 6, 4, 7, 3 ..."""
    indices = np.arange(count)
    return np.argsort(2 * np.abs(indices - start) + (indices < start)).tolist()


def _outward_of(only: Collection[int] | None, start: int, count: int) -> list[int]:
    if only is None:
        return outward(start, count)
    return sorted(only, key=lambda index: abs(index - start))


def _missing(media: Stored, order: Sequence[int]) -> list[int]:
    indices = np.asarray(order, np.intp)
    unread: list[int] = indices[~media.ready[indices]].tolist()
    return [k for k in unread if k not in media.slice_errors]


def _never() -> bool:
    return False


def _silent(_done: int, _total: int) -> None:
    return None
