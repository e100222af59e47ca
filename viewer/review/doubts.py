"""What a person must know before trusting the labels on some images."""

from __future__ import annotations

from viewer.review.matching import Matches


def doubt_words(matches: Matches, media: int) -> str:
    """Return what is doubtful of the labels on a media, without a full stop; "" for nothing."""
    said: list[str] = []
    doubtful = matches.doubtful_on_media(media)
    if doubtful:
        names = "1 label here names" if doubtful == 1 else f"{doubtful:,} labels here name"
        said.append(f"{names} another study or series than these images")
    unsure = matches.unsure_on_media(media)
    if unsure:
        stand = "1 label stands" if unsure == 1 else f"{unsure:,} labels stand"
        said.append(f"{stand} here by size or order alone")
    off = matches.kept_off_media(media)
    if off:
        are = "1 label of these images is" if off == 1 else f"{off:,} labels of these images are"
        said.append(f"{are} not shown, since slices or sides are counted otherwise")
    if matches.solids is not None:
        said += matches.solids.doubts.get(media, ())
    return " · ".join(said)
