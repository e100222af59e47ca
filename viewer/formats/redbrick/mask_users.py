"""Which mask files several series of an export name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from viewer.formats.redbrick.segments import found_beside
from viewer.model.source import Beside


class MaskUsers:
    """Tells files of one series from those of several.

    What is painted on one series would change on the others too, whose records know nothing of it.
    Series may spell the name of one file in different ways.

    Args:
        named: the files of each series that has instances.
        beside: what lies around the export.
    """

    def __init__(self, named: Iterable[Sequence[str]], beside: Beside | None) -> None:
        self._named = [frozenset(names) for names in named]
        self._beside = beside
        self._of_several: dict[str, frozenset[str]] = {}

    def problem(self, names: Sequence[str]) -> str:
        """Return why files must not change, in words; "" where they may."""
        shared = next((name for name in names if self._is_of_several(name)), None)
        if shared is None:
            return ""
        return f"its mask file {shared} is that of another series too; it is shown, not changed"

    def _is_of_several(self, name: str) -> bool:
        last = _last(name)
        if len(self._by_last.get(last, ())) < 2:
            return False
        if last not in self._of_several:
            self._of_several[last] = self._paths_of_several(last)
        return found_beside(self._beside, name) in self._of_several[last]

    @cached_property
    def _by_last(self) -> dict[str, list[int]]:
        """The series that name a file of this last part."""
        found: dict[str, list[int]] = {}
        for number, names in enumerate(self._named):
            for last in {_last(name) for name in names}:
                found.setdefault(last, []).append(number)
        return found

    def _paths_of_several(self, last: str) -> frozenset[str]:
        """Return the paths that end like this and that several series name."""
        seen, several = set[str](), set[str]()
        for number in self._by_last[last]:
            names = (name for name in self._named[number] if _last(name) == last)
            paths = {path for name in names if (path := found_beside(self._beside, name))}
            several |= paths & seen
            seen |= paths
        return frozenset(several)


def _last(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].casefold()
