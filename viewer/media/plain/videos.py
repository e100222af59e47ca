"""Video files, opened by `media.video`; a video is called by its file's name like any picture."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.errors import CannotDecode, CannotRead, Issue
from viewer.media.files import Files
from viewer.media.instance import FileRef
from viewer.media.plain.found import Opened, base_name
from viewer.media.scan import Cancel
from viewer.media.video import is_video, open_video


def knows(head: bytes, name: str) -> bool:
    """Whether a file begins like a video."""
    return is_video(head, name)


def open_all(files: Sequence[FileRef], _opener: Files, cancelled: Cancel) -> Opened:
    """Open videos one after the other; their packets are indexed in a process of their own.

    Raises:
        Cancelled: the person stopped the work.
    """
    found = Opened()
    for file in files:
        try:
            video = open_video(file, title=base_name(file), cancelled=cancelled)
        except (CannotDecode, CannotRead) as error:
            found.issues.append(Issue("error", "video-refused", str(error), file.name))
            continue
        video.id = base_name(file)
        video.frame_of = {base_name(file): 0}
        found.add(video)
    return found
