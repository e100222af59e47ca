"""Damaged and deceitful files end in one sentence, in bounded time, and take nothing along."""

from __future__ import annotations

import os
import random
import struct
import time
import zipfile
from contextlib import closing, suppress
from pathlib import Path

import av
import numpy as np
import pytest
from films import Film, number_in, written
from sampled import some_of

from viewer.errors import CannotDecode, CannotRead
from viewer.media.files import Files
from viewer.media.instance import FileRef
from viewer.media.video import is_video, open_video
from viewer.media.volume import Video

SOAK = bool(os.environ.get("OVERREAD_SOAK"))
MUTATED = 5000 if SOAK else 10
KINDS = ("h264-b", "h264-open-ts", "vp8", "mpeg4-avi", "gif")
LIMIT_S = 12.0  # with a machine that is busy; a hang is given up after five


def outcome(path: Path) -> str:
    """Open a file and decode three frames of it; return what was said, "" for a picture."""
    began = time.monotonic()
    said = ""
    try:
        video = open_video(FileRef(str(path)))
    except (CannotRead, CannotDecode) as error:
        said = str(error)
    else:
        for frame in (0, video.count // 2, video.count - 1):
            try:
                assert video.fetcher.wait(frame).shape == (video.rows, video.columns, 3)
            except CannotDecode as error:
                said = str(error)
        video.fetcher.close()
    assert time.monotonic() - began < LIMIT_S
    assert "\n" not in said
    return said


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_videos_give_pictures_or_a_sentence(films: Path, tmp_path: Path, kind: str) -> None:
    film = written(films, kind)
    whole = film.path.read_bytes()
    rng = random.Random(kind)
    path = tmp_path / f"mutated.{film.kind.ending}"
    for _turn in range(MUTATED // (1 if SOAK else len(KINDS))):
        path.write_bytes(mutated(whole, rng))
        said = outcome(path)
        assert said == "" or said.startswith(path.name), said


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Return the bytes with some changed, left out, repeated or cut off."""
    changed = bytearray(data)
    for _change in range(rng.randrange(1, 8)):
        at = rng.randrange(len(changed) if rng.random() < 0.5 else min(2000, len(changed)))
        match rng.randrange(5):
            case 0:
                changed[at] = rng.randrange(256)
            case 1:
                changed[at : at + 4] = struct.pack(">I", rng.choice((0, 1, 2**31, 2**32 - 1)))
            case 2:
                del changed[at : at + rng.randrange(1, 200)]
            case 3:
                changed[at:at] = changed[at : at + rng.randrange(1, 200)]
            case _:
                del changed[max(at, 600) :]
    return bytes(changed)


@pytest.mark.parametrize("name", ["short-cenc.mp4", "test_case_1185230.mp4", "no_timescale.mp4"])
def test_videos_that_are_known_to_hang_decoders_end_in_a_sentence(shared: Path, name: str) -> None:
    assert outcome(shared / "data" / "video" / "broken" / name).startswith(name)


def test_every_real_video_gives_a_picture_or_a_sentence(shared: Path) -> None:
    silent = {"corrupted.mp4"}
    every = sorted((shared / "data" / "video").rglob("*.*"))
    paths = [path for path in every if path.suffix != ".md"]
    broken = [path for path in paths if path.parent.name == "broken"]
    whole = [path for path in paths if path not in broken]
    for path in [*some_of(broken, 5), *some_of(whole, 3)]:
        said = outcome(path)
        is_broken = path in broken
        assert said == "" or is_broken or path.name in silent, said


@pytest.mark.some(10)
@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.99])
@pytest.mark.parametrize("kind", ["h264-open", "h264-open-ts", "h264-fragments", "vp9", "gif"])
def test_a_video_that_is_cut_off_shows_the_frames_before_the_cut(
    films: Path, tmp_path: Path, kind: str, part: float
) -> None:
    film = written(films, kind)
    data = film.path.read_bytes()
    path = tmp_path / f"cut.{film.kind.ending}"
    path.write_bytes(data[: int(part * len(data))])
    try:
        assert_frames_before_the_cut(path, film, part)
    except CannotDecode:
        assert part < 0.3  # of so little the decoder may make a picture or none


def assert_frames_before_the_cut(path: Path, film: Film, part: float) -> None:
    video = open_video(FileRef(str(path)))
    with closing(video.fetcher) as fetcher:
        count = video.count
        assert count >= int(len(film.numbers) * part) - 30
        for frame in some_of(range(0, count - 1, 7), 6):
            assert number_in(fetcher.wait(frame)) == film.numbers[frame]


@pytest.mark.parametrize("kind", ["h264-open-ts", "mpeg2-ts"])
def test_a_video_that_begins_within_a_group_of_pictures_says_how_many_it_lacks(
    films: Path, tmp_path: Path, kind: str
) -> None:
    film = written(films, kind)
    data = film.path.read_bytes()
    path = tmp_path / "late.ts"
    path.write_bytes(data[len(data) // 188 // 3 * 188 :])
    video = open_video(FileRef(str(path)))
    with closing(video.fetcher) as fetcher:
        first = number_in(fetcher.wait(0))
        said = [one.sentence for one in video.issues if one.code == "begins-within-group"]
    assert first > len(film.numbers) // 3
    assert len(said) == 1
    assert "before the first key frame cannot be decoded and are left out" in said[0]


ENDINGS = {  # containers, by the film that is put into them
    "h264-b": ("mp4", "flv"),
    "h264-open": ("mkv",),
    "h264-open-ts": ("ts",),
    "vp8": ("webm",),
    "mjpeg": ("avi",),
    "gif": ("gif",),
    "mpeg2": ("mpg", "mxf"),
    "mpeg4": ("wmv",),
    "mpeg4-avi": ("avi",),
    "h264-avi": ("avi",),
}


def put_into(film: Path, path: Path) -> bytes:
    """Return a film's packets in another container."""
    options = {"movflags": "faststart"} if path.suffix == ".mp4" else {}
    with av.open(str(film)) as source, av.open(str(path), "w", container_options=options) as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    return path.read_bytes()


@pytest.mark.some(6)
@pytest.mark.parametrize(
    ("kind", "ending"), [(kind, one) for kind, endings in ENDINGS.items() for one in endings]
)
def test_a_video_that_ends_too_soon_is_called_cut_off_and_its_frames_keep_their_numbers(
    films: Path, tmp_path: Path, kind: str, ending: str
) -> None:
    film = written(films, kind).path
    path = tmp_path / f"film.{ending}"
    is_own = film.suffix == path.suffix and kind != "h264-b"
    data = film.read_bytes() if is_own else put_into(film, path)
    pictures: list[dict[int, np.ndarray]] = []
    said: list[bool] = []
    for part in (1.0, 0.6, 0.61, 0.632):
        path.write_bytes(data[: int(part * len(data))])
        video = open_video(FileRef(str(path)))
        with closing(video.fetcher):
            said.append("cut-off" in [issue.code for issue in video.issues])
            pictures.append(frames_of(video))
    assert said == [False, True, True, True]
    whole, *cut = pictures
    for part in cut:
        assert 0.3 * len(whole) < len(part) < len(whole)
        for frame, picture in part.items():
            assert np.array_equal(picture, whole[frame]), frame


def frames_of(video: Video) -> dict[int, np.ndarray]:
    """Return the frames that decode; at a cut one may be said to be damaged."""
    found: dict[int, np.ndarray] = {}
    for frame in range(video.count):
        with suppress(CannotDecode):
            found[frame] = video.fetcher.wait(frame)
    return found


def test_nothing_but_the_file_itself_is_opened(tmp_path: Path) -> None:
    film = written(tmp_path, "mpeg2-ts").path
    lists = {
        "list.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{film}\n#EXT-X-ENDLIST\n",
        "far.m3u8": "#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
        "list.ffconcat": f"ffconcat version 1.0\nfile '{film}'\n",
        "list.sdp": "v=0\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    }
    for name, text in lists.items():
        path = tmp_path / name
        path.write_text(text)
        assert not is_video(path.read_bytes()[:400], name)
        with pytest.raises(CannotRead, match="of a kind that is not read"):
            open_video(FileRef(str(path)))


def test_a_claimed_size_that_fits_into_no_memory_is_refused_before_decoding(
    films: Path, tmp_path: Path
) -> None:
    data = bytearray(written(films, "mpeg4-avi").path.read_bytes())
    at = data.index(b"strf") + 8
    struct.pack_into("<2i", data, at + 4, 65535, 65535)
    path = tmp_path / "large.avi"
    path.write_bytes(data)
    said = outcome(path)
    assert "65535x65535" in said or said == ""


def test_a_member_of_a_zip_and_pieces_of_a_file_are_read_as_the_file_itself(
    films: Path, tmp_path: Path
) -> None:
    film = written(films, "h264-b")
    data = film.path.read_bytes()
    archive = tmp_path / "films.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("folder/film.mp4", data)
    files = Files()
    (member,) = files.members(str(archive))
    files.close()
    pieces = tmp_path / "pieces.bin"
    third = len(data) // 3
    parts = (data[:third], data[third : third + 1], data[third + 1 :])
    offsets, content = [], b""
    for part in parts:
        content += b"between!"
        offsets.append((len(content), len(part)))
        content += part
    pieces.write_bytes(content)
    for video in (open_video(member), open_video(FileRef(str(pieces)), fragments=offsets)):
        assert video.count == len(film.numbers)
        assert number_in(video.fetcher.wait(77)) == 77
        video.fetcher.close()


def test_a_stream_inside_a_dicom_object_is_found_by_the_objects_uid(
    films: Path, tmp_path: Path
) -> None:
    data = written(films, "h264-open-ts").path.read_bytes()
    path = tmp_path / "object.dcm"
    path.write_bytes(b"x" * 100 + data)
    video = open_video(
        FileRef(str(path)), title="endoscopy", fragments=[(100, len(data))], sop_uid="1.2.3"
    )
    assert (video.id, video.title, dict(video.frame_of)) == ("1.2.3", "endoscopy", {"1.2.3": 0})
    video.fetcher.close()


def test_videos_are_told_by_their_first_bytes(shared: Path) -> None:
    for path in (shared / "data" / "video").rglob("*.*"):
        if path.suffix != ".md":
            assert is_video(path.read_bytes()[:400], path.name), path.name
    for path in (shared / "data" / "dicom").rglob("*.dcm"):
        with path.open("rb") as file:
            assert not is_video(file.read(400), path.name), path.name


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"", "a.mp4", False),
        (b"\x89PNG\r\n\x1a\n", "a.mp4", False),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a.avi", False),
        (b"\x00\x00\x00\x20ftypavif", "a.avif", False),
        (b"\x00\x00\x00\x01\x67\x64", "a.h264", True),
        (b"\x00\x00\x00\x01\x67\x64", "a.bin", False),
        (b"[{", "labels.json", False),
        (b"\xff\xd8\xff\xe0", "a.MJPEG", True),
        (b"\xff\xd8\xff\xe0", "a.jpg", False),
        (b"\x12\x00\x0a\x0b", "a.obu", True),
        (b"\x12\x00\x0a\x0b", "a.bin", False),
    ],
)
def test_what_is_no_video_is_told_from_one(head: bytes, name: str, expected: bool) -> None:
    assert is_video(head, name) == expected


@pytest.mark.some(4)
@pytest.mark.parametrize("turn", range(20))  # each time with other noise, which may decode
def test_an_encrypted_video_is_called_so(turn: int, tmp_path: Path) -> None:
    path = tmp_path / "locked.mp4"
    locked = {
        "encryption_scheme": "cenc-aes-ctr",
        "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
        "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
    }
    options = {"preset": "ultrafast", "threads": "1"}
    with av.open(str(path), "w", options=locked) as out:
        stream = out.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(10):
            picture = np.full((48, 64, 3), 20 * number + turn, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())
    assert outcome(path) == "locked.mp4: the video is encrypted; export it without protection."


def test_a_file_cut_off_inside_a_fragments_header_shows_the_fragments_before(
    films: Path, tmp_path: Path
) -> None:
    data = written(films, "h264-fragments").path.read_bytes()
    starts, at = [], 0
    while at < len(data):
        starts.append((at, data[at + 4 : at + 8]))
        at += int.from_bytes(data[at : at + 4], "big")
    fragments = [start for start, kind in starts if kind == b"moof"]
    path = tmp_path / "cut.mp4"
    for left in (3, 9, 150, 300):
        path.write_bytes(data[: fragments[3] + left])
        with closing((video := open_video(FileRef(str(path)))).fetcher):
            assert "cut-off" in [issue.code for issue in video.issues]
            assert 50 < video.count <= 72
            last = video.count - 1
            assert number_in(video.fetcher.wait(last)) == last
