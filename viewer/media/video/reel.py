"""A video in the decoding process: any displayed frame, by its number."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from viewer.errors import CannotDecode
from viewer.media.video import notes
from viewer.media.video.container import Told, undecodable
from viewer.media.video.demux import HELD_BYTES, Demuxed
from viewer.media.video.index import NEVER, FrameIndex, by_decoding, by_times, without_lead
from viewer.media.video.messages import Note, Opened
from viewer.media.video.pictures import Converter, Rgb
from viewer.media.video.runs import KeyDecoder, Run, Way, stands_alone
from viewer.media.video.source import ByteSource

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

RAW_BYTES = 128 << 20  # decoded frames around the last wish that are held as they were decoded
BEHIND = 24  # frames before the wanted one that are held where nothing else is said
CHECKED_PACKETS = 64  # that are decoded at opening, to see whether the index tells the truth
MANY_MISSING = 0.25
PROMPT_S = 0.1  # up to here a start without waiting wins more time than threads do
NEAR_S = 0.03  # what decodes sooner comes as soon as a key frame nearby would
_GOING_ON = 16  # frames further at most: playing fast leaves some out
_REORDERED = 4  # frames that may be displayed after one that is decoded later
_FIRST_GUESS_S = 0.0025  # to decode a packet
_SMOOTHING = 0.1  # weight of the last packet in the mean
Interrupted = Callable[[], bool]
Passing = Callable[[int, "VideoFrame"], None]
Outcome = Literal["found", "missed", "interrupted", "again"]


class Reel:
    """Decodes the frames of one video.

    Args:
        source: where its bytes are.
        told: called as a sign of life while work goes on.
        held_bytes: packets up to here are held in memory, beyond it they are read again.
        raw_bytes: decoded frames around the last one asked for that are held.

    Attributes:
        on_passing: called with frames that are decoded on the way to a wanted one and not held.

    Raises:
        CannotRead: the bytes are not there, or are no video.
        CannotDecode: none of its frames can be decoded.
    """

    def __init__(
        self,
        source: ByteSource,
        told: Told,
        held_bytes: int = HELD_BYTES,
        raw_bytes: int = RAW_BYTES,
    ) -> None:
        self._told = told
        self.on_passing: Passing | None = None
        self._demuxed = Demuxed(source, told, held_bytes)
        self.name = self._demuxed.name
        self._run = Run(self._demuxed, "threaded")
        self._runs: dict[Way, Run] = {"threaded": self._run}
        self._last = NEVER  # frame that was asked for
        self._keys = KeyDecoder(self._demuxed)
        self._raw: dict[int, VideoFrame] = {}
        self._packet_s = _FIRST_GUESS_S
        self._bad: set[int] = set()
        self._true_keys: set[int] = set()
        try:
            self.index, self._converter = self._indexed()
        except CannotDecode:
            self.close()
            raise
        rows, columns = self._converter.coded
        self._raw_limit = max(1, raw_bytes // (2 * rows * columns))
        self._behind = min(BEHIND, self._raw_limit)
        self.count = self.index.count

    def close(self) -> None:
        """Close the file."""
        self._demuxed.close()

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns as displayed."""
        return self._converter.size

    def frame(
        self, number: int, interrupted: Interrupted, first: int | None = None
    ) -> VideoFrame | None:
        """Return a frame as decoded; None when `interrupted` said so meanwhile.

        Args:
            first: frames from this one on are held on the way, since they are wanted next.

        Raises:
            CannotDecode: it is damaged, or follows a damaged one before the next key.
        """
        behind = BEHIND if first is None else max(number - first, 0)
        self._behind = min(behind, self._raw_limit)
        while number not in self._raw:
            start = self.index.start_of(number)
            if not self._is_ahead(number, start):
                self._begin(start, number)
            if self._is_tainted(number):
                break
            outcome = self._searched(number, interrupted)
            if outcome == "interrupted":
                return None
            if outcome == "missed" and not self._is_true_key:
                self.index = self.index.without_key(self._run.began)
            elif outcome == "missed":
                self._bad.add(int(self.index.packet_of[number]))
                break
        if number not in self._raw:
            raise CannotDecode(f"{self.name}: {self._damage_of(number)}")
        self._last = number
        return self._raw[number]

    def _searched(self, number: int, interrupted: Interrupted) -> Outcome:
        """Go on until a frame is there, or cannot come any more, or the run was no good."""
        while number not in self._raw:
            if self._is_missed(number):
                return "missed"
            if interrupted():
                return "interrupted"
            if not self._stepped(number):
                return "again"
        return "found"

    def near(self, number: int) -> int | None:
        """Return the key frame to show before a frame, None where the frame itself is near."""
        if number in self._raw:
            return None
        start = self.index.start_of(number)
        from_ = max(start, self._run.fed) if self._is_ahead(number, start) else start
        if (int(self.index.packet_of[number]) - from_) * self._packet_s < NEAR_S:
            return None
        key = self.index.key_frame_near(number)
        return None if key == number else key

    def key_frame(self, number: int) -> VideoFrame | None:
        """Return a key frame, decoded alone; None where it is damaged."""
        return self._raw.get(number) or self._keys.picture(int(self.index.packet_of[number]))

    def convert(self, number: int, frame: VideoFrame, target: Rgb) -> None:
        """Write a frame as displayed into (rows, columns, 3).

        Raises:
            CannotDecode: it has another size than the first.
        """
        if (frame.height, frame.width) != self._converter.coded:
            size = f"{frame.width} × {frame.height} px"
            sentence = f"frame {number + 1} is {size}, other than the first; it is not shown."
            raise CannotDecode(f"{self.name}: {sentence}")
        self._converter.into(frame, target)

    def facts(self) -> Opened:
        """Return what the window needs to know."""
        rows, columns = self._converter.size
        times, end = self._times()
        ratio = self._demuxed.stream.sample_aspect_ratio
        aspect = float(ratio) if ratio else 1.0
        if self._converter.turn.transposed:
            aspect = 1 / aspect
        is_lossy = self._demuxed.is_lossy
        return Opened(rows, columns, times.tobytes(), end, aspect, is_lossy, self._notes())

    def _stepped(self, wanted: int) -> bool:
        """Decode one packet further; False where decoding must begin anew, in another way."""
        self._told()
        run, index = self._run, self.index
        began_at = time.perf_counter()
        step = run.step(skip=self._is_skipped(wanted))
        self._packet_s += _SMOOTHING * (time.perf_counter() - began_at - self._packet_s)
        began = int(index.place_of[run.began])
        failed = [packet for packet in step.failed if run.is_over or self._counts(packet, began)]
        if failed and self._begins_anew():
            return False
        self._bad.update(failed)
        for packet, frame in step.pictures:
            place = int(index.place_of[packet])
            if place < began and run.began:
                continue  # refers to what is before the key
            if not self._is_true_key and not self._found_true(packet, frame):
                self.index = index.without_key(run.began)
                return False
            self._bad.discard(packet)
            if place != NEVER and index.frame_at[place] != NEVER:
                self._hold(int(index.frame_at[place]), frame, wanted)
        while len(self._raw) > self._raw_limit:
            del self._raw[max(self._raw, key=lambda held: _distance(held, wanted))]
        return True

    def _hold(self, shown: int, frame: VideoFrame, wanted: int) -> None:
        """Keep a decoded frame that is likely to be asked for; others pass."""
        if self._is_tainted(shown):
            return
        if shown >= wanted - self._behind:
            self._raw[shown] = frame
        elif self.on_passing is not None:
            self.on_passing(shown, frame)

    def _begins_anew(self) -> bool:
        """Choose a surer way after damage; False where it is known for sure already."""
        run = self._run
        if run.has_skipped:
            run.can_skip = False
            run.begin(run.began)
            return True
        if not self._is_true_key:
            self.index = self.index.without_key(run.began)
            return True
        if run.way != "careful":
            self._run = Run(self._demuxed, "careful")
            self._runs = dict.fromkeys(("threaded", "prompt"), self._run)
            return True
        return False

    def _begin(self, start: int, number: int) -> None:
        """Begin at a key, in the way that comes to a frame soonest."""
        takes_s = (int(self.index.packet_of[number]) - start) * self._packet_s
        way: Way = "threaded" if takes_s > PROMPT_S or self._goes_on(number) else "prompt"
        if way not in self._runs:
            self._runs[way] = Run(self._demuxed, way)
        self._run = self._runs[way]
        self._run.begin(start)

    def _goes_on(self, number: int) -> bool:
        """Whether frames are asked for one after the other, as in playing."""
        return 0 < number - self._last <= _GOING_ON

    def _is_skipped(self, wanted: int) -> bool:
        """Whether the next packet's picture is not held, so that it is decoded for others only."""
        run, index = self._run, self.index
        if not run.can_skip or run.fed == run.began or run.fed >= len(index.place_of):
            return False
        place = int(index.place_of[run.fed])
        return place != NEVER and place < self._place(wanted) - self._behind

    def _place(self, number: int) -> int:
        return int(self.index.place_of[self.index.packet_of[number]])

    def _counts(self, packet: int, began: int) -> bool:
        """Whether a packet's picture does not refer to what is before the run's key."""
        return packet < len(self.index.place_of) and int(self.index.place_of[packet]) >= began

    @property
    def _is_true_key(self) -> bool:
        """The run's first packet is known to need none before it; or there are none before."""
        began = self._run.began
        return began == 0 or began in self._true_keys or self._demuxed.facts[began].is_discarded

    def _found_true(self, packet: int, frame: VideoFrame) -> bool:
        """Whether the first picture of a run is its key's own, and stands alone."""
        is_true = packet == self._run.began and stands_alone(frame)
        if is_true:
            self._true_keys.add(packet)
        return is_true

    def _is_tainted(self, number: int) -> bool:
        """Whether a packet that a frame may refer to, or its own, is damaged."""
        if not self._bad:
            return False
        start, packet = self.index.start_of(number), int(self.index.packet_of[number])
        return any(start <= bad <= packet for bad in self._bad)

    def _damage_of(self, number: int) -> str:
        """Return why a frame cannot be shown: damage of its own, or of one that it refers to."""
        is_own = int(self.index.packet_of[number]) in self._bad
        return notes.damage_of(number, self.index.key_frame_after(number), is_own=is_own)

    def _is_ahead(self, number: int, start: int) -> bool:
        """Whether the run comes upon a frame sooner by going on than by beginning anew."""
        run, packet = self._run, int(self.index.packet_of[number])
        if run.is_over or run.fed < start or run.began > start:
            return False
        if run.way == "prompt" and start > run.began and self._goes_on(number):
            return False  # many will follow: threads, from this key on
        return packet >= run.fed or packet in run.pending

    def _is_missed(self, number: int) -> bool:
        """Whether the run gave its packet's turn away, or came to its end."""
        packet = int(self.index.packet_of[number])
        return self._run.is_over or (packet < self._run.fed and packet not in self._run.pending)

    def _indexed(self) -> tuple[FrameIndex, Converter]:
        """Make the index and see whether the first packets decode in its order."""
        facts = self._demuxed.facts
        index = by_times(facts)
        checked = min(CHECKED_PACKETS, len(facts))
        self._checked, self._damaged = checked, 0
        order: list[int] = []
        first: VideoFrame | None = None
        while not self._run.is_over and (not order or self._run.fed < checked):
            self._told()
            step = self._run.step()
            self._damaged += len(step.failed)
            for packet, frame in step.pictures:
                order.append(packet)
                first = first or frame
        if first is None:
            raise CannotDecode(undecodable(self._demuxed.container, self.name))
        converter = Converter(first)
        if index is not None and _agree(index, order, self._run.fed):
            lead = int(index.place_of[order[0]])
            self._run.begin(0)
            is_cut = lead > 0 and facts[order[0]].is_key
            if is_cut:
                whole, index = index, without_lead(facts, index, order[0])
                self._lead = whole.count - index.count
            return index, converter
        return self._by_decoding(), converter

    def _by_decoding(self) -> FrameIndex:
        """Decode the whole video once: its times do not tell the order of its frames."""
        self._run.begin(0)
        order: list[int] = []
        while not self._run.is_over:
            self._told()
            order.extend(packet for packet, _frame in self._run.step().pictures)
        self._run.begin(0)
        order = list(dict.fromkeys(order))
        if self._demuxed.is_cut_off and self._demuxed.stream.codec_context.has_b_frames:
            order = order[:-_REORDERED] or order[:1]  # others may be missing before the last ones
        self._lead = sum(not one.is_hidden for one in self._demuxed.facts[: min(order)])
        shown = np.array(order, np.int64)
        times = [self._demuxed.facts[packet].pts for packet in order]
        known = [time for time in times if time is not None]
        is_rising = len(known) == len(times) and all(a < b for a, b in pairwise(known))
        pts = np.array(known if is_rising else range(len(times)), np.int64)
        self._is_counted = not is_rising
        return by_decoding(self._demuxed.facts, shown, pts)

    _is_counted = False
    _lead = 0  # pictures before the first that decodes

    def _times(self) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], float]:
        stream = self._demuxed.stream
        rate = stream.average_rate or stream.guessed_rate or 25
        tick = 1 / float(rate) if self._is_counted else float(stream.time_base or 1 / float(rate))
        times = (self.index.pts - self.index.pts[0]) * tick
        last = self._demuxed.facts[int(self.index.packet_of[-1])].duration * tick
        if self._is_counted or not last:
            last = float(np.median(np.diff(times))) if len(times) > 1 else 1 / float(rate)
        return times.astype(np.float64), float(times[-1] + last)

    def _notes(self) -> tuple[Note, ...]:
        found = [*self._converter.notes()]
        if self._demuxed.container.streams > 1:
            found.append(notes.several_streams(self._demuxed.container.streams))
        if self._demuxed.stream.metadata.get("alpha_mode") == "1":  # Matroska's AlphaMode
            found.append(notes.alpha_left_out())
        if self._demuxed.is_cut_off:
            found.append(notes.cut_off())
        if self._is_counted:
            found.append(notes.times_counted())
        if self._lead:
            found.append(notes.lead_left_out(self._lead))
        if self._damaged:
            found.append(notes.damaged_frames(self._damaged, self._checked))
        return tuple(found)


def _distance(held: int, wanted: int) -> int:
    """How far a held frame is from the wanted one; those behind are kept for stepping back."""
    return held - wanted if held > wanted else (wanted - held + 1) // 2


def _agree(index: FrameIndex, order: list[int], fed: int) -> bool:
    """Whether pictures came out in the order of the index, and not many of them stayed away."""
    places = [int(index.place_of[packet]) for packet in order]
    if NEVER in places or any(b <= a for a, b in pairwise(places)):
        return False
    between = places[-1] - places[0] + 1
    return len(places) >= (1 - MANY_MISSING) * between or fed < 4
