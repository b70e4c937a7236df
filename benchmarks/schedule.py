"""Schedules side by side on synthetic years: how many edits each catches, how late, and for how many requests.

Four invented newsrooms publish and edit by seeded chance: a wire (many quick edits), a daily (edits within the day), a
weekly (few, late) and a magazine of record (corrections after days). Some edits are stated in a feed or sitemap. Every
schedule runs on the same quarter-hourly cron. An edit counts as caught when its text was seen, which one that was
edited over before the next look never is. The second half of the year is measured; a learning schedule may look at
what the first half showed it: per newsroom, how often articles of an age are edited.

The first table is of the year on which the schedules were thought out, the second of years that none of them was
chosen on: there each newsroom's habits are drawn anew too, about half to twice what they are in the first.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from archiver.schedule import STEPS, Standing, next_step

SEED = 20260302
UNSEEN = (1, 2, 3, 4, 5)
"""Seeds of the other years. Do not choose anything by what they give: then they are seen."""
MINUTE = timedelta(minutes=1)
TICK = 15.0  # minutes, like everything below
DAY = 24 * 60.0
YEAR = 365 * DAY
HALF = YEAR / 2


@dataclass(frozen=True, slots=True)
class Newsroom:
    """Articles per day, share of them ever edited, mean edits of these, and median ages of edits with their weights."""

    name: str
    per_day: float
    edited: float
    edits: float
    ages: tuple[tuple[float, float], ...]
    stated: float
    """Share of edits that a feed or sitemap states."""


NEWSROOMS = (
    Newsroom("wire", 4, 0.55, 3.0, ((40, 0.8), (360, 0.18), (10 * DAY, 0.02)), 0.6),
    Newsroom("daily", 2, 0.35, 1.8, ((90, 0.5), (480, 0.35), (3 * DAY, 0.12), (60 * DAY, 0.03)), 0.5),
    Newsroom("weekly", 0.5, 0.2, 1.3, ((600, 0.3), (2 * DAY, 0.5), (40 * DAY, 0.2)), 0.3),
    Newsroom("record", 1, 0.25, 1.2, ((120, 0.2), (4 * DAY, 0.6), (30 * DAY, 0.2)), 0.0),
)


@dataclass(frozen=True, slots=True)
class Story:
    """One article: when it came out, when it was edited, and which of these edits were stated."""

    newsroom: str
    published: float
    edits: tuple[float, ...]
    stated: tuple[float, ...]


@dataclass(slots=True)
class Score:
    """What a schedule came to."""

    requests: int = 0
    edits: int = 0
    caught: int = 0
    delays: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        mean = sum(self.delays) / max(1, len(self.delays))
        median = sorted(self.delays)[len(self.delays) // 2] if self.delays else 0
        share = 100 * self.caught / max(1, self.edits)
        cost = self.requests / max(1, self.caught)
        spent = f"{self.requests:>9,} requests  {share:5.1f} % caught  {cost:7.1f} requests each"
        return f"{spent}  delay {mean / 60:6.1f} h mean {median / 60:5.2f} h median"


Gap = Callable[[Story, float, float, float], float]
"""Story, time of the last look, of the last change seen, of the first look → minutes until the next; inf: never."""


def newsrooms(seed: int) -> Iterator[Newsroom]:
    """Those of a year."""
    if seed == SEED:
        yield from NEWSROOMS
        return
    chance = random.Random(-seed)
    for room in NEWSROOMS:
        yield replace(
            room,
            per_day=room.per_day * math.exp(chance.gauss(0, 0.5)),
            edited=min(0.9, room.edited * math.exp(chance.gauss(0, 0.5))),
            edits=max(1.0, room.edits * math.exp(chance.gauss(0, 0.5))),
            ages=tuple((age * math.exp(chance.gauss(0, 0.7)), weight) for age, weight in room.ages),
        )


def stories(seed: int) -> Iterator[Story]:
    """A year of articles. Newsrooms sleep from eleven to six."""
    chance = random.Random(seed)
    for room in newsrooms(seed):
        time = 0.0
        while (time := time + chance.expovariate(room.per_day / DAY)) < YEAR:
            hour = time % DAY / 60
            published = time if 6 <= hour < 23 else time + 7 * 60
            edits = []
            if chance.random() < room.edited:
                for _ in range(1 + int(chance.expovariate(1 / max(0.01, room.edits - 1)))):
                    medians, weights = zip(*room.ages, strict=True)
                    edits.append(published + chance.choices(medians, weights)[0] * math.exp(chance.gauss(0, 0.9)))
            edits = sorted(edit for edit in edits if edit < YEAR)
            stated = tuple(edit for edit in edits if chance.random() < room.stated)
            yield Story(room.name, published, tuple(edits), stated)


def look(story: Story, gap: Gap, score: Score, seen: dict[str, list[tuple[float, float, bool]]] | None = None) -> None:
    """Follow one article to the year's end. `seen` collects age, gap and whether it had changed, of the first half."""
    time = first = changed = math.ceil(story.published / TICK) * TICK
    edits = [edit for edit in story.edits if edit > first]
    score.edits += sum(edit >= HALF for edit in edits)
    score.requests += time >= HALF
    while True:
        wait = gap(story, time, changed, first)
        following = math.inf if wait == math.inf else math.ceil((time + wait) / TICK) * TICK
        if STATED.get(id(gap)):
            stated = next((edit for edit in story.stated if edit > time), math.inf)
            if stated < math.inf:
                following = min(following, max(math.ceil(stated / TICK) * TICK, time + TICK))
        if following >= YEAR:
            return
        news = [edit for edit in edits if time < edit <= following]
        if seen is not None and following < HALF:
            seen[story.newsroom].append((time - changed, following - time, bool(news)))
        if following >= HALF:
            score.requests += 1
            if news and news[-1] >= HALF:
                score.caught += 1
                score.delays.append(following - news[-1])
        time = following
        changed = time if news else changed


STATED: dict[int, bool] = {}
"""The schedules that listen to what feeds and sitemaps state."""
START = datetime(2026, 1, 1, tzinfo=UTC)


def ours(story: Story, time: float, changed: float, first: float) -> float:
    """`archiver.schedule` itself."""
    at, since = START + time * MINUTE, START + changed * MINUTE
    step = next_step(Standing(url="", checked_at=at, changed_at=since))
    return step / MINUTE if step else math.inf


def ours_stated(story: Story, time: float, changed: float, first: float) -> float:
    """The same, hearing of edits from feeds and sitemaps."""
    return ours(story, time, changed, first)


def newsdiffs(story: Story, time: float, changed: float, first: float) -> float:
    """Its steps by the age at each tick: due when the wait exceeds the step of today's age."""
    younger = 0.0
    for limit, step in ((limit / MINUTE, step / MINUTE) for limit, step in STEPS):
        wait = max((step // TICK + 1) * TICK, younger - (time - changed))
        if time + wait - changed < limit:
            return wait
        younger = limit
    return math.inf


def diffengine(story: Story, time: float, changed: float, first: float) -> float:
    """As intended: due when the wait is a fifth of the age since first seen, so each gap is a quarter of the age."""
    return max(TICK, (time - first) / 4)


def eighth(story: Story, time: float, changed: float, first: float) -> float:
    """An eighth of the age since the last change, between the shortest and the longest of our steps."""
    age = time - changed
    return min(30 * DAY, max(TICK, age / 8)) if age < 360 * DAY else math.inf


def fixed(story: Story, time: float, changed: float, first: float) -> float:
    """Every three hours, for ever."""
    return 180.0


BINS = tuple(TICK * 2**power for power in range(16))


def learned(seen: dict[str, list[tuple[float, float, bool]]], cost: float) -> Gap:
    """Gaps by newsroom and age, in proportion to the inverse root of the rate of edits seen there.

    That is the division of a number of looks over ages that makes the mean delay least; `cost` sets that number.
    """
    gaps: dict[tuple[str, int], float] = {}
    for name, looks in seen.items():
        for number in range(len(BINS)):
            within = [(gap, new) for age, gap, new in looks if _bin(age) == number]
            minutes, news = sum(gap for gap, _ in within), sum(new for _, new in within)
            rate = (news + 0.5) / (minutes + 30 * DAY)
            gaps[name, number] = min(30 * DAY, max(TICK, cost / math.sqrt(rate)))

    def gap(story: Story, time: float, changed: float, first: float) -> float:
        return gaps[story.newsroom, _bin(time - changed)] if time - changed < 360 * DAY else math.inf

    return gap


def _bin(age: float) -> int:
    return max(0, min(len(BINS) - 1, int(math.log2(max(age, TICK) / TICK))))


def run(gap: Gap, seed: int, score: Score, seen: dict[str, list[tuple[float, float, bool]]] | None = None) -> Score:
    """One schedule over a whole year."""
    for story in stories(seed):
        look(story, gap, score, seen)
    return score


def table(years: tuple[int, ...]) -> None:
    """The schedules over these years together; the learning one learns each year anew, at the cost of the steps."""
    rows = {
        "steps (archiver)": ours,
        "steps + stated changes (archiver)": ours_stated,
        "newsdiffs": newsdiffs,
        "diffengine, as intended": diffengine,
        "fixed 3 h": fixed,
        "an eighth of the age": eighth,
    }
    scores = {name: Score() for name in [*rows, "learned per newsroom, same requests"]}
    for year in years:
        seen: dict[str, list[tuple[float, float, bool]]] = {room.name: [] for room in NEWSROOMS}
        requests = run(ours, year, Score(), seen).requests
        for name, gap in rows.items():
            run(gap, year, scores[name])
        low, high = 0.5, 50.0
        for _ in range(9):
            middle = math.sqrt(low * high)
            is_dear = run(learned(seen, middle), year, Score()).requests > requests
            low, high = (middle, high) if is_dear else (low, middle)
        run(learned(seen, high), year, scores["learned per newsroom, same requests"])
    for name, score in scores.items():
        print(f"{name:36} {score}")


def main() -> None:
    """Both tables."""
    STATED[id(ours_stated)] = True
    print("the year on which they were thought out")
    table((SEED,))
    print(f"{len(UNSEEN)} years that none was chosen on")
    table(UNSEEN)


if __name__ == "__main__":
    main()
