"""RedBrick AI: tasks.json of exports, items lists of uploads, taxonomies."""

from __future__ import annotations

from collections.abc import Callable

from viewer.formats.format import Format
from viewer.formats.redbrick.belonging import companions
from viewer.formats.redbrick.index import index
from viewer.formats.redbrick.read import find_layout, open_export
from viewer.formats.redbrick.recognise import LOOKED_FOR, recognise, role_of
from viewer.formats.redbrick.write import plan
from viewer.formats.surroundings import Rows
from viewer.model.project import Export
from viewer.model.table import Base

_ROWS = Rows("Task")


def _ahead(export: Export, base: Base, check: Callable[[], None]) -> None:
    _ROWS.ahead(export, base, check)
    find_layout(base)


FORMAT = Format(
    name="redbrick",
    title="RedBrick AI",
    looked_for=LOOKED_FOR,
    recognise=recognise,
    index=index,
    open=open_export,
    plan=plan,
    role=role_of,
    record_spans=_ROWS.around,
    ahead=_ahead,
    head_spans=_ROWS.every,
    companions=companions,
)
