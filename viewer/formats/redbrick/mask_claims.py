"""Which mask file an instance has that names none, where each instance has a file of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import msgspec

from viewer.formats.json_tools import BadJson, is_list, is_object
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.redbrick.entries import items_of
from viewer.formats.redbrick.records import Series
from viewer.formats.redbrick.shapes import record_of
from viewer.formats.values import shown_text

_NAMED = re.compile(r"(?:instance|category|mask)-(\d{1,9})")
_RECORDS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def names_of(record: object) -> tuple[str, ...]:
    """Return the mask files that a record names."""
    own = record.get("mask") if is_object(record) else None
    named = [own] if isinstance(own, str) else own if is_list(own) else []
    return tuple(shown_text(name) for name in named if isinstance(name, str))


def records_of(data: bytes) -> dict[str, msgspec.Raw] | None:
    """Return the records of a segmentMap, None where it is none."""
    try:
        return _RECORDS.decode(data)
    except FAST_REFUSES:
        return None


@dataclass(frozen=True, eq=False)
class Claims:
    """Which files of a series its instances claim; worked out when it is first asked.

    RedBrick AI's exporter calls the file of an instance after its number and names it in its
    record. A listed file that is called so is the instance's; so is the only one that is left where
    one instance is left. Where there is neither, the instance has no voxels.

    Args:
        series: with its segmentMap.
    """

    series: Series

    def of(self, instance: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the files of an instance that names none, and files of which nobody says whose.

        Args:
            instance: its key in the segmentMap.
        """
        if instance in self._told:
            return self._told[instance], ()
        if len(self._left) == 1 and self._without == [instance]:
            return self._left[0], ()
        return (), tuple(name for names in self._left for name in names)

    @cached_property
    def _own(self) -> Mapping[str, tuple[str, ...]]:
        records = self.series.segment_map or {}
        return {key: names_of(_record(raw)) for key, raw in records.items()}

    @cached_property
    def _unnamed(self) -> Mapping[str, tuple[str, ...]]:
        """Listed files that no record names, by their names without endings."""
        taken = {_stem(name) for names in self._own.values() for name in names}
        listed = _by_stem(items_of(self.series.segmentations))
        return {stem: names for stem, names in listed.items() if stem not in taken}

    @cached_property
    def _told(self) -> Mapping[str, tuple[str, ...]]:
        """Files that are called after an instance, by its key."""
        return {
            found[1]: names
            for stem, names in self._unnamed.items()
            if (found := _NAMED.fullmatch(_base(stem)))
        }

    @cached_property
    def _left(self) -> list[tuple[str, ...]]:
        """Files that are called after none."""
        return [names for stem, names in self._unnamed.items() if not _NAMED.fullmatch(_base(stem))]

    @cached_property
    def _without(self) -> list[str]:
        """Instances without any file."""
        return [key for key, names in self._own.items() if not names and key not in self._told]


def _record(raw: msgspec.Raw) -> object:
    try:
        return record_of(raw)
    except BadJson:
        return None


def _by_stem(names: list[str]) -> Mapping[str, tuple[str, ...]]:
    """Return files by their names without endings: those of a MetaImage are two."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(_stem(name), []).append(name)
    return {stem: tuple(some) for stem, some in found.items()}


def _stem(name: str) -> str:
    parts = [part for part in name.replace("\\", "/").split("/") if part != "."]
    return "/".join([*parts[:-1], parts[-1].partition(".")[0]]) if parts else ""


def _base(stem: str) -> str:
    return stem.rpartition("/")[2]
