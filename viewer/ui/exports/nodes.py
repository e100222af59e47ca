"""What an open export is, as rows: its head, files, media, classes, people, and all other keys."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from viewer.formats.format import Format, TitledSpan
from viewer.formats.table import FORMATS
from viewer.model.answers import Attribute
from viewer.model.ontology import LabelClass
from viewer.model.placement import Origin
from viewer.model.project import Entry, Export, Project
from viewer.model.source import Source
from viewer.model.table import Base
from viewer.render.overlay import color_of_class
from viewer.session.jobs import JobControl
from viewer.ui.widgets.tree_nodes import Node, many, node_of_json, of_each

ISSUES_LINK = "issues"
MOST_HITS = 5_000
CHECK_EVERY = 500  # rows, about a millisecond


def export_nodes(project: Project, export: Export) -> tuple[Node, ...]:
    """Return the sections of an export; what is in them is made when they are unfolded."""
    base = project.annotations.bases.get(export.id)
    known = _format_of(export)
    sections = (
        Node("Format", known.title if known is not None else export.format),
        *(Node(_worded(name), value, tip=f"{name}\n{value}") for name, value in export.facts),
        _issues(export),
        _section("Files", len(export.sources), lambda n: _source(export.sources[n])),
        _section("Media", len(export.entries), lambda n: _entry(export.entries[n])),
        _section("Exams", len(export.exams), lambda n: _exam(export, n)),
        _classes(project, export, base),
        _authors(export, base),
        _other_keys(export, base),
    )
    return tuple(node for node in sections if node is not None)


def found_nodes(
    project: Project, export: Export, text: str, control: JobControl | None = None
) -> tuple[Node, ...]:
    """Return the rows of an export that hold every word of a text, each section's under its name.

    Args:
        project: that holds the export.
        export: which one.
        text: words, in whatever case.
        control: asked about every millisecond; raises where the answer is no longer wanted.
    """
    words = text.casefold().split()
    base = project.annotations.bases.get(export.id)
    classes = export.ontology.classes
    rows = (
        ("Head", (Node(_worded(name), value) for name, value in export.facts)),
        ("Files", (_source(each) for each in export.sources)),
        ("Media", (_entry(each) for each in export.entries)),
        ("Exams", (_exam(export, number) for number in range(len(export.exams)))),
        ("Classes", (_class(project, export, each, {}) for each in classes)),
        ("People", _people(export, base)),
        ("All other keys", _keys(export, base)),
    )
    found: list[Node] = []
    for title, nodes in rows:
        hits = _fitting(nodes, words, control)
        if hits:
            below = of_each(hits)
            found.append(Node(title, _number(len(hits), "row"), below=lambda kept=below: kept))
    return tuple(found)


def _fitting(
    nodes: Iterator[Node], words: Sequence[str], control: JobControl | None
) -> tuple[Node, ...]:
    hits: list[Node] = []
    for number, node in enumerate(nodes):
        if control is not None and number % CHECK_EVERY == 0:
            control.check()
        held = f"{node.key} {node.text} {node.tip}".casefold()
        if all(word in held for word in words):
            hits.append(node)
            if len(hits) == MOST_HITS:
                break
    return tuple(hits)


def _section(title: str, count: int, make: Callable[[int], Node]) -> Node | None:
    """Return a section with rows by number; None for an empty one."""
    return Node(title, f"{count:,}", below=lambda: many(count, make)) if count else None


def _issues(export: Export) -> Node | None:
    wanted = sum(issue.severity != "note" for issue in export.issues)
    if not export.issues:
        return None
    text = _number(wanted, "issue") if wanted else _number(len(export.issues), "note")
    return Node("Issues", text, tip="Show the issues", link=ISSUES_LINK)


def _source(source: Source) -> Node:
    size = len(memoryview(source.base))
    below = (
        Node("Role", source.role),
        Node("Path", source.path, tip=source.path),
        Node("Size", f"{size:,} bytes"),
        Node("SHA-256", source.sha256, tip=source.sha256),
    )
    name = source.path.replace("\\", "/").rpartition("/")[2]
    return Node(name, _size_text(size), below=lambda: below, tip=source.path)


def _entry(entry: Entry) -> Node:
    width, height = entry.size or (0, 0)
    parts = (
        entry.kind or "",
        f"{width} × {height}" if entry.size else "",
        f"{entry.count:,}" if entry.count is not None else "",
    )
    text = " · ".join(part for part in parts if part)
    tip = "\n".join(dict.fromkeys((entry.title, entry.id, *entry.names[:8])))
    return Node(entry.title or entry.id, text, below=lambda: _of_entry(entry), tip=tip)


def _of_entry(entry: Entry) -> tuple[Node, ...]:
    rows = [
        Node("Id", entry.id, tip=entry.id),
        *(Node("Name", name, tip=name) for name in entry.names),
        Node("Kind", entry.kind or ""),
        Node("Series", entry.series or "", tip=entry.series or ""),
        Node("Size", f"{entry.size[0]} × {entry.size[1]} px" if entry.size else ""),
        Node("Count", f"{entry.count:,}" if entry.count is not None else ""),
        Node("Affine", ", ".join(f"{value:g}" for value in entry.affine or ())),
    ]
    kept = [row for row in rows if row.text]
    count = len(entry.items)
    if count:
        kept.append(Node("Items", f"{count:,}", below=lambda: _files(tuple(entry.items))))
    return tuple(kept)


def _files(names: tuple[str, ...]) -> Sequence[Node]:
    return many(len(names), lambda n: Node(str(n + 1), names[n], tip=names[n]))


def _exam(export: Export, number: int) -> Node:
    exam = export.exams[number]
    title = f"Exam {exam.number}" if exam.number is not None else f"Exam {number + 1}"
    rows = (
        Node("Study", exam.study, tip=exam.study),
        Node("Data set", exam.dataset),
        Node("Note", exam.note, tip=exam.note),
    )
    below = tuple(row for row in rows if row.text)
    return Node(title, exam.study, below=lambda: below, tip=f"{exam.study}\n{exam.note}".strip())


def _classes(project: Project, export: Export, base: Base | None) -> Node | None:
    """Return the ontology: groups, classes below their parents, each with its questions."""
    classes = export.ontology.classes
    if not classes:
        return None
    counts = _counts(base)
    known = export.ontology.by_id
    children: defaultdict[str, list[LabelClass]] = defaultdict(list)
    for label in classes:
        is_below = label.parent in known and label.parent != label.id
        children[label.parent or "" if is_below else ""].append(label)
    top = children[""] or list(classes)

    def make(number: int) -> Node:
        return _class(project, export, top[number], counts, children)

    return Node("Classes", f"{len(classes):,}", below=lambda: many(len(top), make))


def _class(
    project: Project,
    export: Export,
    label: LabelClass,
    counts: Mapping[str, int],
    children: Mapping[str, Sequence[LabelClass]] | None = None,
) -> Node:
    count = counts.get(label.id, 0)
    kind = label.kind or ("label of the whole " + (label.scope or "image"))
    text = " · ".join(part for part in (kind, _number(count, "label") if count else "") if part)
    tip = "\n".join(part for part in (label.title, label.description, label.id) if part)
    below = [
        Node(name, value, tip=value)
        for name, value in (
            ("Id", label.id),
            ("Group", label.group),
            ("Short name", label.short_name),
            ("Colour", label.color or ""),
            ("Mode", label.mode or ""),
            ("Description", label.description),
        )
        if value
    ]
    below += [_question(each) for each in (*label.questions, *label.frame_questions)]
    inner = (children or {}).get(label.id, ())
    tint = color_of_class(project, export.id, label.id)

    def rows() -> tuple[Node, ...]:
        nested = tuple(_class(project, export, each, counts, children) for each in inner)
        return (*below, *nested)

    return Node(label.title, text, below=rows, tip=tip, color=tint)


def _question(question: Attribute) -> Node:
    options = ", ".join(question.options)
    first = f", at first {question.text}" if question.text else ""
    text = f"{question.kind}{first}{': ' if options else ''}{options}"
    name = f"{'› ' * question.depth}{question.name}"
    return Node(name, text, tip=f"{question.name}\n{text}")


def _counts(base: Base | None) -> Mapping[str, int]:
    """Return how many annotations each class has, as opened."""
    if base is None:
        return {}
    codes: list[int] = base.columns.class_codes.tolist()
    found = Counter(codes)
    names = base.columns.classes
    return {names[code]: count for code, count in found.items() if 0 <= code < len(names)}


def _authors(export: Export, base: Base | None) -> Node | None:
    people = tuple(_people(export, base))
    return Node("People", f"{len(people):,}", below=lambda: of_each(people)) if people else None


def _people(export: Export, base: Base | None) -> Iterator[Node]:
    """Yield those who made labels, and those whom the export lists besides."""
    found: Counter[str] = Counter()
    if base is not None:
        names = base.columns.authors
        codes: list[int] = base.columns.author_codes.tolist()
        counts = Counter(codes).items()
        found = Counter({names[code]: count for code, count in counts if code >= 0})
    ids = {name: id for id, name in export.authors.items()}
    for name in dict.fromkeys((*export.authors.values(), *found)):
        count = found.get(name, 0)
        tip = f"{name}\n{ids.get(name, '')}".strip()
        words = _number(count, "label") if count else "no labels"
        kind = export.author_kinds.get(name)
        yield Node(name, f"{words}, {kind}" if kind else words, tip=tip)


def _other_keys(export: Export, base: Base | None) -> Node | None:
    known = _format_of(export)
    if known is None or known.head_spans is None or base is None:
        return None

    def below() -> tuple[Node, ...]:
        spans = _head_spans(export, base)
        return many(len(spans), lambda number: _key(export, *spans[number]))

    return Node("All other keys", below=below)


def _keys(export: Export, base: Base | None) -> Iterator[Node]:
    """Yield what the head holds, every key as the file spells it."""
    yield from (_key(export, *spanned) for spanned in _head_spans(export, base))


def _head_spans(export: Export, base: Base | None) -> tuple[TitledSpan, ...]:
    known = _format_of(export)
    if known is None or known.head_spans is None or base is None:
        return ()
    return tuple(known.head_spans(export, base))


def _key(export: Export, title: str, origin: Origin) -> Node:
    data = memoryview(export.sources[origin.source].base)[origin.start : origin.end]
    return node_of_json(title, data, f"/{title}")


def _format_of(export: Export) -> Format | None:
    return next((known for known in FORMATS if known.name == export.format), None)


def _worded(name: str) -> str:
    return name[:1].upper() + name[1:]


def _number(count: int, word: str) -> str:
    return f"1 {word}" if count == 1 else f"{count:,} {word}s"


def _size_text(size: int) -> str:
    for unit, bytes_each in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= bytes_each:
            return f"{size / bytes_each:,.1f} {unit}"
    return f"{size:,} bytes"
