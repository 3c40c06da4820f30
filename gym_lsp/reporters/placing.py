"""The places of boxes in rows, and the ways of the lines between them.

A general graph layout draws a run with many environments as one wide tangle, because all of them share a few models.
Here each box has a fixed column. A box and the boxes that it leads to form a row, and rows are below each other. Boxes
of the last column are at the side, near the rows that use them. Lines have only horizontal and vertical parts. A line
leaves its box at the right. It enters its target at the left, or at the right if the target is not in a later column.
A line that passes a column runs below its row, where no box is. Lines to the same box share their last part.

All lengths are pixels. The work grows with the number of boxes and lines, times the lines beside each other in a gap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

from msgspec import Struct

MARGIN = 20.0
_ROW_GAP, _PORT, _CHANNEL, _LANE, _GAP = 14.0, 16.0, 18.0, 9.0, 18.0
_INSET = 5.0


class Point(Struct, frozen=True):
    """A place in the picture."""

    x: float
    y: float


class Area(Struct, frozen=True):
    """The place of a box."""

    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """The vertical middle."""
        return self.top + self.height / 2

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height


class Item(Struct, frozen=True):
    """A box to place: its column, and the size of its content."""

    column: int
    width: float
    height: float


class Link(Struct, frozen=True):
    """A line to route, between the indexes of two items. `label` is the width of its text, 0 if it has none."""

    source: int
    target: int
    label: float = 0.0


class Route(Struct, frozen=True):
    """The way of a line, and the left end of the baseline of its text."""

    points: tuple[Point, ...]
    label: Point


class Rows(Struct, frozen=True):
    """A finished layout. `columns` are the left edges of the columns."""

    areas: tuple[Area, ...]
    routes: tuple[Route, ...]
    columns: tuple[float, ...]
    width: float
    height: float


def lay_out(items: Sequence[Item], links: Sequence[Link], side: int | None = None, top: float = 0.0) -> Rows:
    """Place items and route links, from `top` downwards. `side` is the column at the side, which must be the last."""
    return _Layout(items, links, side, top).finish()


def depths(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Return a column for each item of a graph without fixed columns: its distance from the first items."""
    following: list[list[int]] = [[] for _ in range(count)]
    entered: set[int] = set()
    for source, target in pairs:
        following[source].append(target)
        if source != target:
            entered.add(target)
    found = [-1] * count
    for start in (*(each for each in range(count) if each not in entered), *range(count)):
        wave = [start] if found[start] < 0 else []
        for each in wave:
            found[each] = 0
        while wave:
            after: list[int] = []
            for each in wave:
                for target in following[each]:
                    if found[target] < 0:
                        found[target] = found[each] + 1
                        after.append(target)
            wave = after
    return found


class _Lanes:
    """The vertical parts of lines in the gap after a column. Parts that overlap are beside each other."""

    def __init__(self) -> None:
        self._spans: dict[Hashable, tuple[float, float]] = {}
        self._order: dict[Hashable, int] = {}
        self.count = 0

    def add(self, key: Hashable, start: float, end: float) -> None:
        """Add a part. Parts with the same key share a lane."""
        low, high = self._spans.get(key, (start, end))
        self._spans[key] = (min(low, start, end), max(high, start, end))

    def settle(self) -> None:
        """Give each part the first lane that is free, from below: so lines that leave a box do not cross."""
        starts: list[float] = []
        for key, (low, high) in sorted(self._spans.items(), key=lambda each: (-each[1][1], each[1][0])):
            lane = next((number for number, start in enumerate(starts) if high + _INSET < start), len(starts))
            starts[lane : lane + 1] = [low]
            self._order[key] = lane
        self.count = len(starts)

    def lane(self, key: Hashable) -> int:
        return self._order[key]


class _Layout:
    def __init__(self, items: Sequence[Item], links: Sequence[Link], side: int | None, top: float) -> None:
        self._items = items
        self._links = links
        self._side = side
        self._count = 1 + max((item.column for item in items), default=-1)
        self._out: list[list[int]] = [[] for _ in items]
        self._entered_at_right = [False] * len(items)
        for number, link in enumerate(links):
            self._out[link.source].append(number)
            if not self._is_forward(link):
                self._entered_at_right[link.target] = True
        self._heights = [
            max(item.height, _PORT * (len(self._out[index]) + self._entered_at_right[index]) + 2 * _INSET)
            for index, item in enumerate(items)
        ]
        self._tops = [0.0] * len(items)
        self._channels: dict[int, float] = {}
        """The height at which a line passes columns, by its number."""
        self._bottom = top
        self._children: list[list[int]] = [[] for _ in items]
        self._root = list(range(len(items)))

    def finish(self) -> Rows:
        self._place_rows()
        self._place_side()
        ports = self._ports()
        entries = self._entries(ports)
        left, right = self._lanes(ports, entries)
        return self._drawn(ports, entries, left, right)

    # Kinds of links

    def _column(self, index: int) -> int:
        return self._items[index].column

    def _is_forward(self, link: Link) -> bool:
        return self._column(link.target) > self._column(link.source)

    def _is_near(self, link: Link) -> bool:
        """Whether a line needs no channel: its target is in the next column, or in the same one."""
        return 0 <= self._column(link.target) - self._column(link.source) <= 1

    def _is_aside(self, index: int) -> bool:
        return self._column(index) == self._side

    # Rows

    def _place_rows(self) -> None:
        passing: dict[int, list[int]] = defaultdict(list)
        back: dict[int, list[int]] = defaultdict(list)
        last: list[int] = []
        order = self._claim()
        for number, link in enumerate(self._links):
            if self._is_near(link):
                continue
            if self._is_aside(link.source):
                last.append(number)
            elif self._is_forward(link):
                passing[link.source].append(number)
            else:
                back[self._root[link.source]].append(number)
        spans = [0.0] * len(self._items)
        inner = [0.0] * len(self._items)
        belows = [0.0] * len(self._items)
        middles = [0.0] * len(self._items)
        for index in reversed(order):
            children = self._children[index]
            stack = sum(spans[child] for child in children) + _ROW_GAP * max(0, len(children) - 1)
            half = self._heights[index] / 2
            inner[index] = max(2 * half, stack)
            belows[index] = (inner[index] - stack) / 2
            if children:
                # A box is in the middle of the boxes that it leads to, so that lines are straight.
                first = belows[index] + middles[children[0]]
                final = belows[index] + stack - spans[children[-1]] + middles[children[-1]]
                middles[index] = min(max((first + final) / 2, half), inner[index] - half)
            else:
                middles[index] = half
            spans[index] = inner[index] + _CHANNEL * len(passing[index])
        cursor = self._bottom
        starts: dict[int, float] = {}
        for index in order:
            if self._root[index] == index:
                starts[index] = cursor
                cursor += spans[index]
                cursor = self._open_channels(back[index], cursor) + _ROW_GAP
            start = starts[index]
            self._tops[index] = start + middles[index] - self._heights[index] / 2
            below = start + belows[index]
            for child in self._children[index]:
                starts[child] = below
                below += spans[child] + _ROW_GAP
            self._open_channels(passing[index], start + inner[index])
        self._bottom = max(self._bottom, cursor - _ROW_GAP)
        self._last = last

    def _open_channels(self, numbers: Sequence[int], top: float) -> float:
        for number in numbers:
            top += _CHANNEL
            self._channels[number] = top
        return top

    def _claim(self) -> list[int]:
        """Form the rows, and return the items that are not at the side, each after the item whose row it is in."""
        claimed = [self._is_aside(index) for index in range(len(self._items))]
        order: list[int] = []
        by_column = sorted(range(len(self._items)), key=self._column)
        for root in self._together(by_column):
            if claimed[root]:
                continue
            claimed[root] = True
            waiting = [root]
            while waiting:
                index = waiting.pop()
                order.append(index)
                for number in self._out[index]:
                    target = self._links[number].target
                    if not claimed[target] and self._is_forward(self._links[number]):
                        claimed[target] = True
                        self._root[target] = root
                        self._children[index].append(target)
                waiting.extend(reversed(self._children[index]))
        return order

    def _together(self, indexes: Sequence[int]) -> list[int]:
        """Sort items so that those that lines connect follow each other; the side does not connect."""
        leader = list(range(len(self._items)))

        def find(index: int) -> int:
            while leader[index] != index:
                leader[index] = leader[leader[index]]
                index = leader[index]
            return index

        for link in self._links:
            if not self._is_aside(link.source) and not self._is_aside(link.target):
                one, other = sorted((find(link.source), find(link.target)))
                leader[other] = one
        first: dict[int, int] = {}
        for index in indexes:
            first.setdefault(find(index), len(first))
        return sorted(indexes, key=lambda index: first[find(index)])

    def _place_side(self) -> None:
        """Place the items at the side in the middle of the lines to them, as far as they do not overlap."""
        wanted: dict[int, list[float]] = defaultdict(list)
        for number, link in enumerate(self._links):
            if self._is_aside(link.target) and not self._is_aside(link.source):
                middle = self._tops[link.source] + self._heights[link.source] / 2
                wanted[link.target].append(self._channels.get(number, middle))
        aside = [index for index in range(len(self._items)) if self._is_aside(index)]
        middles = {index: sum(wanted[index]) / len(wanted[index]) if wanted[index] else self._bottom for index in aside}
        top = min((self._tops[index] for index in range(len(self._items)) if not self._is_aside(index)), default=None)
        limit = self._bottom if top is None else top
        ordered = sorted(aside, key=lambda index: middles[index])
        # Stacks that would overlap become one stack in the middle of the places that its items want.
        stacks: list[tuple[float, float, list[int]]] = []
        for index in ordered:
            height = self._heights[index] + _ROW_GAP
            place, members = middles[index] - self._heights[index] / 2, [index]
            while stacks and stacks[-1][0] + stacks[-1][1] > place:
                above, size, others = stacks.pop()
                place = (above * len(others) + (place - size) * len(members)) / (len(others) + len(members))
                height += size
                members = [*others, *members]
            stacks.append((max(place, limit), height, members))
        for place, _, members in stacks:
            start = max(place, limit)
            for index in members:
                self._tops[index] = start
                start += self._heights[index] + _ROW_GAP
            limit = start
        if aside:
            self._bottom = max(self._bottom, limit - _ROW_GAP)
        self._bottom = self._open_channels(self._last, self._bottom)

    # Lines

    def _ports(self) -> list[float]:
        """Return the height at which each line leaves its source; no two lines of a box leave it at one place."""
        found = [0.0] * len(self._links)
        for index, numbers in enumerate(self._out):
            ordered = sorted(numbers, key=self._leaves_at)
            count = len(ordered) + self._entered_at_right[index]
            middle = self._tops[index] + self._heights[index] / 2
            for place, number in enumerate(ordered):
                found[number] = middle + _PORT * (place - (count - 1) / 2)
        return found

    def _leaves_at(self, number: int) -> tuple[bool, float]:
        channel = self._channels.get(number)
        target = self._links[number].target
        return (channel is not None, self._tops[target] if channel is None else channel)

    def _entries(self, ports: Sequence[float]) -> list[float]:
        """Return the height at which each line enters its target: straight on if possible."""
        found: list[float] = []
        for number, link in enumerate(self._links):
            top, height = self._tops[link.target], self._heights[link.target]
            if not self._is_forward(link):
                count = len(self._out[link.target]) + 1
                found.append(top + height / 2 + _PORT * (count - 1) / 2)
            elif self._is_near(link) and top + _INSET <= ports[number] <= top + height - _INSET:
                found.append(ports[number])
            else:
                found.append(top + height / 2)
        return found

    def _lanes(self, ports: Sequence[float], entries: Sequence[float]) -> tuple[list[_Lanes], list[_Lanes]]:
        """Return the lanes after each column: those beside it, and those beside the next column."""
        left = [_Lanes() for _ in range(self._count)]
        right = [_Lanes() for _ in range(self._count)]
        for number, link in enumerate(self._links):
            source, target = self._column(link.source), self._column(link.target)
            channel = self._channels.get(number)
            if channel is not None:
                left[source].add(number, ports[number], channel)
            start = ports[number] if channel is None else channel
            if not self._is_forward(link):
                left[target].add(("into", link.target), start, entries[number])
            elif start != entries[number]:
                right[target - 1].add(("into", link.target), start, entries[number])
        for lanes in (*left, *right):
            lanes.settle()
        return left, right

    def _drawn(
        self, ports: Sequence[float], entries: Sequence[float], left: Sequence[_Lanes], right: Sequence[_Lanes]
    ) -> Rows:
        widths = [0.0] * self._count
        for item in self._items:
            widths[item.column] = max(widths[item.column], item.width)
        texts = [0.0] * self._count
        for number, link in enumerate(self._links):
            if number not in self._channels:
                texts[self._column(link.source)] = max(texts[self._column(link.source)], link.label)
        lefts: list[float] = []
        x = MARGIN
        for column in range(self._count):
            lefts.append(x)
            lanes = left[column].count + right[column].count
            space = 0.0 if column == self._count - 1 and not lanes else _GAP + _LANE * lanes + texts[column]
            x += widths[column] + space
        areas = tuple(
            Area(lefts[item.column], self._tops[index], widths[item.column], self._heights[index])
            for index, item in enumerate(self._items)
        )
        routes: list[Route] = []
        for number, link in enumerate(self._links):
            source, target = self._column(link.source), self._column(link.target)
            start = Point(areas[link.source].right, ports[number])
            is_forward = self._is_forward(link)
            end = Point(areas[link.target].left if is_forward else areas[link.target].right, entries[number])
            beside = areas[link.source].right + _LANE * left[source].count + _INSET
            label = Point(beside, start.y - 3)
            points = [start]
            channel = self._channels.get(number)
            if channel is not None:
                bend = areas[link.source].right + _LANE * (left[source].lane(number) + 1)
                points += [Point(bend, start.y), Point(bend, channel)]
                label = Point(lefts[source + 1] if is_forward else bend + _INSET, channel - 3)
            height = points[-1].y
            if not is_forward:
                bend = areas[link.target].right + _LANE * (left[target].lane(("into", link.target)) + 1)
                points += [Point(bend, height), Point(bend, end.y)]
            elif height != end.y:
                bend = areas[link.target].left - _LANE * (right[target - 1].lane(("into", link.target)) + 1)
                points += [Point(bend, height), Point(bend, end.y)]
            routes.append(Route((*points, end), label))
        # The text of a line in a channel can be longer than the columns after it.
        texts_end = (route.label.x + link.label for route, link in zip(routes, self._links, strict=True))
        width = max(x, *texts_end, MARGIN) + MARGIN if routes else x + MARGIN
        return Rows(areas, tuple(routes), tuple(lefts), width, self._bottom)
