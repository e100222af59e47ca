"""`render` draws the very frame of a video, and `info` tells its frames and time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from films import COLUMNS, ROWS, number_in, written

from viewer.cli.info import lines_of
from viewer.cli.opening import Opened
from viewer.cli.render import show
from viewer.cli.report import report_of
from viewer.errors import CannotRead
from viewer.media.instance import FileRef
from viewer.media.video import open_video
from viewer.media.volume import Video
from viewer.model.project import Project
from viewer.paint.pixels import image_of
from viewer.paint.stage import stage_of
from viewer.review.matching import match
from viewer.session.session import Session


@pytest.fixture
def video(tmp_path: Path) -> Iterator[Video]:
    video = open_video(FileRef(str(written(tmp_path, "h264-uneven").path)), title="film")
    yield video
    video.fetcher.close()


@pytest.mark.parametrize("frame", [0, 61, 119])
def test_the_frame_asked_for_is_drawn(video: Video, frame: int) -> None:
    session = Session()
    session.open(Project(), (video,), (), match(Project(), (video,)))
    show(session, 0, "axial", frame)
    stage = stage_of(session, "axial")
    assert stage is not None
    shown = image_of(stage, session.viewing.window, inverted=False)
    assert shown.levels.shape == (ROWS, COLUMNS, 3)
    assert number_in(shown.levels) == frame
    assert np.array_equal(shown.levels, video.picture(frame))


def test_a_frame_that_is_not_there_is_refused_with_the_last_number(video: Video) -> None:
    session = Session()
    session.open(Project(), (video,), (), match(Project(), (video,)))
    with pytest.raises(CannotRead, match="Frame 120 is not there: its frames go from 0 to 119"):
        show(session, 0, "axial", 120)


def test_its_frames_and_its_time_are_told(video: Video) -> None:
    found = Opened(Project(), (video,), (), 0, match(Project(), (video,)))
    report = report_of(found, with_labels=False)
    (facts,) = report.media
    assert (facts.kind, facts.slices, facts.spacing_mm) == ("video", 120, None)
    assert facts.duration_s == pytest.approx(video.duration_s, abs=1e-5)
    assert f"{COLUMNS} × {ROWS} px, 120 frames in {video.duration_s:.2f} s" in "\n".join(
        lines_of(report)
    )
