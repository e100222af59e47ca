"""Products: further files made of an export on request, written where nothing opened lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from viewer.errors import CannotWrite
from viewer.formats.format import Product
from viewer.formats.members import base_name, split_member
from viewer.formats.placing import Placed, file_to_write, put_all
from viewer.formats.table import FORMATS
from viewer.model.project import Export, Project


@dataclass(frozen=True)
class ProductReport:
    """A product that was written.

    Args:
        count: of its rows.
        notes: what a person should know, in sentences.
    """

    file: Placed
    count: int
    notes: tuple[str, ...]


def products_of(export: Export) -> tuple[Product, ...]:
    """Return what can be made of an export."""
    return next((known.products for known in FORMATS if known.name == export.format), ())


def product_named(export: Export, name: str) -> Product:
    """Return one of an export's products by its name.

    Raises:
        CannotWrite: its format has none of this name.
    """
    known = products_of(export)
    for product in known:
        if product.name == name:
            return product
    names = ", ".join(product.name for product in known) or "nothing but the export itself"
    raise CannotWrite(f"{export.title} cannot be saved as {name!r}; there is: {names}.")


def product_path(export: Export, product: Product) -> str:
    """Return what a product may be called, beside the opened file."""
    opened = Path(split_member(export.sources[0].path)[0])
    return str(opened.parent / (Path(base_name(export.sources[0].path)).stem + product.ending))


def write_product(
    project: Project,
    export_id: str,
    product: Product,
    path: str | Path,
    check: Callable[[], None] = lambda: None,
) -> ProductReport:
    """Make a product of an export and write it.

    Args:
        project: as it is now, edits and all.
        check: called before the file is put in place; raises where it is no longer wanted.

    Raises:
        CannotWrite: the destination is a file that was opened, or cannot be written.
    """
    target = file_to_write(Path(path))
    sources = (one for export in project.exports.values() for one in export.sources if one.path)
    for source in sources:
        opened = Path(split_member(source.path)[0])
        if opened.exists() and target.exists() and opened.samefile(target):
            raise CannotWrite(f"{target.name} is open and stays as it was read; name another file.")
    made = product.make(project, export_id)
    check()
    (placed,) = put_all([(target, [made.content])])
    return ProductReport(placed, made.count, made.notes)
