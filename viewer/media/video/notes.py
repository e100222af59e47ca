"""What a person is told of a video as a whole, and of its frames that are not shown."""

from __future__ import annotations

from viewer.media.video.messages import Note
from viewer.model.counted import counted

DAMAGED_FRAMES = "damaged-frames"
_AGAIN = "copy or export it again"


def several_streams(streams: int) -> Note:
    """Say that a file holds more videos than are shown."""
    return Note("warning", "several-streams", f"it holds {streams} videos; the first is shown.")


def alpha_left_out() -> Note:
    """Say that how opaque pixels are lies in a stream of its own, which is not decoded."""
    sentence = "its transparency is left out; the colours are shown as they are stored."
    return Note("note", "alpha-left-out", sentence)


def cut_off() -> Note:
    """Say that the file ends too soon, or at damage."""
    words = "the file is damaged or cut off; the frames up to there are shown"
    sentence = f"{words}; {_AGAIN} to see the rest."
    return Note("warning", "cut-off", sentence)


def times_counted() -> Note:
    """Say that the times are made up."""
    sentence = "it has no times of its own; they are counted from its frame rate."
    return Note("warning", "times-counted", sentence)


def lead_left_out(pictures: int) -> Note:
    """Say that the stream begins within a group of pictures."""
    lead = counted(pictures, "picture")
    words = f"{lead} before the first key frame cannot be decoded and are left out"
    return Note("warning", "begins-within-group", f"{words}; the video begins in the middle.")


def damaged_frames(damaged: int, looked_at: int) -> Note:
    """Say that frames at the beginning are damaged; whether others are is not known yet."""
    words = f"of its first {looked_at} frames {damaged} cannot be decoded"
    sentence = (
        f"the video is damaged, {words}; those, and frames that follow them up to the next key"
        f" frame, are not shown, and there may be more; {_AGAIN}."
    )
    return Note("warning", DAMAGED_FRAMES, sentence)


def damaged_so_far(frames: int, first: int) -> str:
    """Say how many frames turned out to be damaged while they were looked at.

    Args:
        first: of them, from 0.
    """
    lost = counted(frames, "frame")
    words = f"{lost} of those looked at so far cannot be decoded, the first is {first + 1}"
    return f"the video is damaged, {words}; {_AGAIN}."


def damage_of(number: int, next_key: int | None, *, is_own: bool) -> str:
    """Return why a frame is not shown.

    Args:
        number: of the frame, from 0.
        next_key: the key frame after it, None without one.
        is_own: it is damaged itself; else one before it that it refers to.
    """
    if is_own:
        return f"frame {number + 1} is damaged; copy or export the video again."
    until = "the end" if next_key is None else f"the next key frame ({next_key + 1})"
    words = f"frame {number + 1} follows damage; frames up to {until} are not shown"
    return f"{words}; copy or export the video again."
