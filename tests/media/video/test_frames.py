"""Frame N of a video is exactly the Nth displayed frame, in every kind of coding and container."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter
from films import KINDS, Film, Picture, number_in, written
from sampled import some_of

from viewer.errors import CannotDecode
from viewer.media.instance import FileRef
from viewer.media.video import open_video
from viewer.media.video.demux import HELD_BYTES
from viewer.media.video.reel import Reel
from viewer.media.video.source import ByteSource
from viewer.media.volume import Video

SEEKS = 1000 if os.environ.get("OVERREAD_SOAK") else 25
TICK = 1e-6
# Real files that decode in part, and at least how many frames of them; every group of pictures of
# the second is damaged at its beginning. The others of their folder are whole, or hold no frame.
DAMAGED = {"corrupted.mp4": 18, "no_timescale.mp4": 0}


@pytest.fixture(params=KINDS)
def film(films: Path, request: pytest.FixtureRequest) -> Film:
    return written(films, request.param)


@pytest.fixture
def opened() -> Iterator[list[Video]]:
    """Videos that the test opens and that are closed after it."""
    videos: list[Video] = []
    yield videos
    for video in videos:
        video.fetcher.close()


def video_of(path: Path, opened: list[Video]) -> Video:
    opened.append(open_video(FileRef(str(path))))
    return opened[-1]


@pytest.mark.some(12)
def test_frames_come_as_they_are_numbered_from_the_process(film: Film, opened: list[Video]) -> None:
    video = video_of(film.path, opened)
    assert video.count == len(film.numbers)
    for frame in random.Random(3).sample(range(video.count), 12):
        picture = video.fetcher.wait(frame)
        assert picture.shape == (video.rows, video.columns, 3)
        assert number_in(picture, film.kind.rotated) == film.numbers[frame]
        assert video.picture(frame) is picture


@pytest.mark.some(24)
@pytest.mark.parametrize("held_bytes", [HELD_BYTES, 0], ids=["held", "read again"])
def test_random_seeks_find_the_very_frame(film: Film, held_bytes: int) -> None:
    rng = random.Random(film.path.name)
    with reel_of(film.path, held_bytes) as reel:
        assert reel.count == len(film.numbers)
        target = np.zeros((*reel.size, 3), np.uint8)
        for frame in rng.choices(range(reel.count), k=SEEKS):
            found = reel.frame(frame, never)
            assert found is not None
            reel.convert(frame, found, target)
            assert number_in(target, film.kind.rotated) == film.numbers[frame]


def test_frames_are_displayed_at_the_times_in_the_file(film: Film) -> None:
    with reel_of(film.path) as reel:
        facts = reel.facts()
    times = np.frombuffer(facts.times_s)
    pts = np.array([film.kind.pts[number] for number in film.numbers]) / 1000.0
    assert np.allclose(times, pts - pts[0], atol=0.011)  # a GIF counts in hundredths
    assert times[-1] < facts.duration_s


@pytest.mark.some(12)
def test_a_decoder_of_its_own_sees_the_same_order(film: Film) -> None:
    to_rgb = VideoReformatter()
    with av.open(str(film.path)) as container:
        frames = (
            to_rgb.reformat(frame, format="rgb24", threads=1).to_ndarray()
            for frame in container.decode(video=0)
        )
        numbers = [
            number_in(np.rot90(frame, -film.kind.rotated // 90), film.kind.rotated)
            for frame in frames
        ]
    assert numbers == film.numbers


def test_a_real_video_decodes_at_random_as_from_its_beginning(shared: Path) -> None:
    for path in some_of(real_videos(shared), 6):
        expected = sequential(path)
        with reel_of(path) as reel:
            assert reel.count == len(expected), path.name
            frames = random.Random(path.name).choices(range(reel.count), k=12)
            for frame in (0, *frames, reel.count - 1):
                found = reel.frame(frame, never)
                assert found is not None
                assert np.array_equal(found.to_ndarray(format="rgb24"), expected[frame]), (
                    f"{path.name} {frame}"
                )


@pytest.mark.parametrize("name", DAMAGED)
def test_of_a_damaged_video_frames_keep_their_numbers_and_the_damaged_ones_are_said(
    shared: Path, name: str
) -> None:
    path = shared / "data" / "video" / "broken" / name
    whole = dict(undamaged(path))
    good = 0
    with reel_of(path) as reel:
        for frame in range(reel.count):
            found, said = found_or_said(reel, frame)
            assert said == "" or said.startswith(f"{name}: frame {frame + 1} ")
            packet = int(reel.index.packet_of[frame])
            good += found is not None
            if found is not None:
                assert np.array_equal(found.to_ndarray(format="rgb24"), whole[packet]), frame
    assert good >= DAMAGED[name], good


def test_a_frame_says_whether_it_is_damaged_itself_or_follows_one_that_is(
    films: Path, tmp_path: Path
) -> None:
    path = tmp_path / "hit.mkv"
    path.write_bytes(hit(written(films, "h264-refresh").path, packet=50))
    again = "copy or export the video again."
    with reel_of(path) as reel:
        assert found_or_said(reel, 40)[1] == ""
        damaged = reel.index.packet_of.tolist().index(50)
        own = found_or_said(reel, damaged)[1]
        later = found_or_said(reel, damaged + 8)[1]
        assert "damaged-frames" in [note.code for note in reel.facts().notes]
    assert own == f"hit.mkv: frame {damaged + 1} is damaged; {again}"
    assert later.startswith(f"hit.mkv: frame {damaged + 9} follows damage; frames up to the ")
    assert later.endswith(f"are not shown; {again}")


def hit(path: Path, packet: int) -> bytes:
    """Return a video's bytes with one packet's destroyed."""
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        found = [one for one in container.demux(video=0) if one.size][packet]
        content = bytes(found)
    at = data.index(content)
    data[at + 5 : at + len(content)] = bytes(255 - byte for byte in content[5:])
    return bytes(data)


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_video_says_at_opening_that_frames_may_be_refused_and_later_how_many_were(
    shared: Path, opened: list[Video], name: str
) -> None:
    video = video_of(shared / "data" / "video" / "broken" / name, opened)
    said = [issue.sentence for issue in video.issues if issue.code == "damaged-frames"]
    assert len(said) == 1
    assert "there may be more" in said[0]
    refused = 0
    for frame in range(0, video.count, 5):
        try:
            video.fetcher.wait(frame)
        except CannotDecode:
            refused += 1
    said = [issue.sentence for issue in video.issues if issue.code == "damaged-frames"]
    assert refused
    assert said == [said[0]]
    assert f"{len(video.slice_errors)} frames of those looked at so far" in said[0]


def test_frames_are_shown_turned_as_the_file_says(shared: Path, opened: list[Video]) -> None:
    folder = shared / "data" / "video" / "rotation"
    upright = video_of(folder / "video_0.mov", opened).fetcher.wait(0).astype(int)
    for degrees in (90, 180, 270):
        video = video_of(folder / f"video_{degrees}.mov", opened)
        picture = video.fetcher.wait(0)
        assert picture.shape == (upright.shape if degrees == 180 else (568, 320, 3))
        coded = next(iter(sequential_rgb(folder / f"video_{degrees}.mov")))
        difference = np.abs(picture.astype(int) - np.rot90(coded, -degrees // 90))
        assert difference.mean() < 2  # chroma is smoothed here, repeated there


@pytest.mark.parametrize(("kind", "is_lossy"), [("gif", False), ("mjpeg", True), ("vp9", True)])
def test_a_video_is_lossy_as_its_codec_is(
    films: Path, opened: list[Video], kind: str, is_lossy: bool
) -> None:
    assert video_of(written(films, kind).path, opened).lossy == is_lossy


def test_pixels_that_are_not_square_are_shown_in_their_shape(
    shared: Path, opened: list[Video]
) -> None:
    path = shared / "data" / "video" / "broken" / "h264_white_frame_sar_16_9.mp4"
    video = video_of(path, opened)
    assert (video.rows, video.columns) == (480, 640)
    assert video.spacing_mm == pytest.approx((16 / 9, 1.0))
    assert not video.is_calibrated


def test_of_several_videos_in_a_file_the_first_is_shown_and_said(
    shared: Path, opened: list[Video]
) -> None:
    video = video_of(shared / "data" / "video" / "codecs" / "nasa_13013.mp4", opened)
    assert (video.count, video.rows, video.columns) == (325, 180, 320)
    assert "nasa_13013.mp4: it holds 2 videos; the first is shown." in [
        issue.sentence for issue in video.issues
    ]


@contextmanager
def reel_of(path: Path, held_bytes: int = HELD_BYTES) -> Iterator[Reel]:
    """Yield the frames of a video, decoded anew each time."""
    reel = Reel(ByteSource(FileRef(str(path))), silent, held_bytes, raw_bytes=1)
    yield reel
    reel.close()


def found_or_said(reel: Reel, frame: int) -> tuple[av.VideoFrame | None, str]:
    try:
        return reel.frame(frame, never), ""
    except CannotDecode as error:
        return None, str(error)


def real_videos(shared: Path) -> list[Path]:
    """Return the real files that decode as a whole."""
    folder = shared / "data" / "video"
    names = {"white.mp4", "sample_fragmented.mp4", "minimal.mp4", "unordered.mov"}
    names |= {"video_with_failing_audio.mp4", "video_rotation_90.mp4"}
    return sorted(
        path
        for path in folder.rglob("*.*")
        if path.suffix != ".md" and (path.parent.name != "broken" or path.name in names)
    )


def sequential(path: Path) -> list[Picture]:
    """Return all frames of the first video, in the decoder's own order."""
    with av.open(str(path)) as container:
        return [
            frame.to_ndarray(format="rgb24")
            for frame in container.decode(container.streams.video[0])
        ]


def sequential_rgb(path: Path) -> Iterator[Picture]:
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            yield frame.to_ndarray(format="rgb24")


def undamaged(path: Path) -> Iterator[tuple[int, Picture]]:
    """Yield the undamaged frames of one decoder that goes through all packets, by packet."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        packets = [packet for packet in container.demux(stream) if packet.size]
        for number, packet in enumerate([*packets, None]):
            if packet is not None:
                packet.pts = packet.dts = number
            try:
                frames = stream.codec_context.decode(packet)
            except av.FFmpegError:
                continue
            for frame in frames:
                if not frame.is_corrupt:
                    yield frame.pts, frame.to_ndarray(format="rgb24")


def silent() -> None:
    return None


def never() -> bool:
    return False
