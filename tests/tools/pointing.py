"""A hand over a slice: tells a tool what a person does, and keeps what it answers."""

from __future__ import annotations

from viewer.geometry.shapes import Shape
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.session.commands import AddAnnotation, Reshape, Stamp
from viewer.session.making import Target
from viewer.tools.pointer import Answer, EventKind, Item, PointerEvent, Scale, Scene, Tool

SIZE = (200, 100)
MADE = Stamp("2024-06-01T12:00:00.000Z", "Reader")
KEY = MediaKey("1.2", "1.2.3", "1.2.3.0")


def label(ordinal: int) -> AnnotationId:
    return AnnotationId("1", ordinal)


class Hand:
    """Acts on one tool; commands change the items and selection as a session would."""

    def __init__(
        self,
        tool: Tool,
        *shapes: Shape,
        selected: int | None = None,
        kind: str | None = None,
        scale: Scale = (1.0, 1.0),
        locked: str = "",
        spacing: tuple[float, float] | None = None,
    ) -> None:
        self.tool = tool
        self.items = tuple(Item(label(n), 0, shape, locked) for n, shape in enumerate(shapes))
        self.selection = frozenset() if selected is None else frozenset({label(selected)})
        self.target = kind and Target("1", "L", kind, KEY, SIZE)
        self.scale = scale
        self.spacing = spacing
        self.answers: list[Answer] = []
        self.pressed: tuple[float, float] | None = None

    @property
    def scene(self) -> Scene:
        return Scene(
            Project(),
            self.items,
            self.selection,
            SIZE,
            lambda: MADE,
            self.target or None,
            self.spacing,
        )

    @property
    def last(self) -> Answer:
        return self.answers[-1]

    @property
    def commands(self) -> list[Reshape | AddAnnotation]:
        return [answer.command for answer in self.answers if answer.command is not None]

    @property
    def shapes(self) -> list[Shape]:
        return [item.shape for item in self.items]

    def tell(self, kind: EventKind, x: float, y: float, *modifiers: str) -> Answer:
        moved = 0.0
        if self.pressed is not None:
            away = [
                abs(a - b) * px for a, b, px in zip(self.pressed, (x, y), self.scale, strict=True)
            ]
            moved = max(away)
        button = "left" if kind == "press" or self.pressed else ""
        held = frozenset(modifiers)
        event = PointerEvent(kind, x, y, button, held, self.scale, moved)
        return self.keep(self.tool.handle(event, self.scene))

    def press(self, x: float, y: float, *modifiers: str) -> Answer:
        self.pressed = (x, y)
        return self.tell("press", x, y, *modifiers)

    def release(self, x: float, y: float) -> Answer:
        answer = self.tell("release", x, y)
        self.pressed = None
        return answer

    def click(self, x: float, y: float, *modifiers: str) -> Answer:
        self.press(x, y, *modifiers)
        return self.release(x, y)

    def drag(self, *places: tuple[float, float]) -> Answer:
        self.press(*places[0])
        for place in places[1:]:
            self.tell("move", *place)
        return self.release(*places[-1])

    def key(self, name: str, *modifiers: str) -> Answer:
        return self.keep(self.tool.key(name, self.scene, frozenset(modifiers)))

    def keep(self, answer: Answer) -> Answer:
        self.answers.append(answer)
        if answer.select is not None:
            self.selection = answer.select
        if isinstance(answer.command, Reshape):
            done = answer.command
            self.items = tuple(
                Item(item.id, 0, done.shape, item.locked) if item.id == done.id else item
                for item in self.items
            )
        return answer
