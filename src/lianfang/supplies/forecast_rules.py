"""When a production of several stages will be finished, and what holds it up; no database here.

The stages are a line: what leaves one enters the next. In the long run the line finishes when its
slowest stage has worked off what it still owes, so a stage's own finish is (pieces owed) / (pieces
an hour), never before that of the stage upstream. The rates come from the counts; what a few
counts tell is uncertain, and the interval says how much: the count of a stage is taken for a
Poisson count whose variance is `spread` times its mean, the spread being estimated from how the
hourly rates of the shifts differ (the quasi-likelihood of Wedderburn, 1974), the logarithm of the
rate for normal.

A stage that has nothing to work on is slow because the one before it is. Hence the bottleneck is
looked for from the slowest stage upstream, past all that wait (after Roser, Nakano and Tanaka,
"Shifting bottleneck detection", 2002: the machine that never waits).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import NormalDist

# Eight times of ten the finish lies in the interval.
SHARE = 0.8
_LEAST_SPREAD = 1.0
# A stage before which less lies than it works off in so many hours waits for the one before.
WAITING_HOURS = 1.0


@dataclass(frozen=True, slots=True)
class Count:
    """What one stage did in one shift: pieces out, pieces spoilt, hours, people at work."""

    out: int
    spoilt: int
    hours: float
    people: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage as its counts show it. `owed` is what it must still let out; rates per hour."""

    name: str
    came_in: int
    out: int
    spoilt: int
    waiting: int
    owed: int
    rate: float
    people: float
    error: float

    @property
    def starved(self) -> bool:
        """Tell whether it waits for the stage before it."""
        return self.waiting < self.rate * WAITING_HOURS

    @property
    def hours(self) -> float:
        """Return how long it needs for what it owes; infinite as long as nothing left it."""
        if self.owed == 0:
            return 0.0
        return self.owed / self.rate if self.rate > 0 else math.inf


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the last piece leaves the last stage. `bottleneck` is the number of the stage.

    `margin` is the time between the finish and the deadline, negative when too late; `likely` is
    the probability of being in time; None as long as a stage has let nothing out.
    """

    stages: tuple[Stage, ...]
    bottleneck: int | None
    finish: datetime | None
    earliest: datetime | None
    latest: datetime | None
    margin: timedelta | None
    likely: float | None


def stages(names: Sequence[str], counts: Sequence[Sequence[Count]], wanted: int) -> list[Stage]:
    """Return each stage's figures from its counts; `wanted` is the number of finished pieces.

    What came into a stage is what left the one before (nobody counts it twice); into the first
    comes what was ordered.
    """
    result: list[Stage] = []
    upstream = wanted + sum(c.spoilt for line in counts for c in line)
    for name, line in zip(names, counts, strict=True):
        out, spoilt = sum(c.out for c in line), sum(c.spoilt for c in line)
        hours = sum(c.hours for c in line)
        rate = out / hours if hours else 0.0
        people = sum(c.people * c.hours for c in line) / hours if hours else 0.0
        result.append(
            Stage(
                name,
                upstream,
                out,
                spoilt,
                max(upstream - out - spoilt, 0),
                max(wanted - out, 0),
                rate,
                people,
                _error(line, rate, out),
            )
        )
        upstream = out
    return result


def _error(line: Sequence[Count], rate: float, out: int) -> float:
    """Return the standard error of the logarithm of a stage's rate; 0 without any count."""
    if not out:
        return 0.0
    spread = _LEAST_SPREAD
    timed = [c for c in line if c.hours > 0]
    if len(timed) > 1:
        pearson = sum((c.out - rate * c.hours) ** 2 / (rate * c.hours) for c in timed)
        spread = max(spread, pearson / (len(timed) - 1))
    return math.sqrt(spread / out)


def forecast(line: Sequence[Stage], now: datetime, deadline: datetime) -> Forecast:
    """Return when the line finishes, how sure that is, and which stage holds it up."""
    owing = [(n, s) for n, s in enumerate(line) if s.owed]
    if not owing:
        return Forecast(tuple(line), None, now, now, now, deadline - now, float(now <= deadline))
    slowest = max(owing, key=lambda pair: (pair[1].hours, -pair[0]))[0]
    if any(math.isinf(s.hours) for _, s in owing):
        first = next(n for n, s in owing if math.isinf(s.hours))
        return Forecast(tuple(line), first, None, None, None, None, None)
    hours = line[slowest].hours
    bottleneck = slowest
    while bottleneck and line[bottleneck].starved and line[bottleneck - 1].owed:
        bottleneck -= 1
    tail = (1 - SHARE) / 2
    left = (deadline - now).total_seconds() / 3600
    finish = now + timedelta(hours=hours)
    return Forecast(
        tuple(line),
        bottleneck,
        finish,
        now + timedelta(hours=_quantile(line, tail)),
        now + timedelta(hours=_quantile(line, 1 - tail)),
        deadline - finish,
        _within(line, left),
    )


def _within(line: Sequence[Stage], hours: float) -> float:
    """Return the probability that every stage is done within so many hours."""
    chance = 1.0
    for stage in line:
        if not stage.owed:
            continue
        if hours <= 0:
            return 0.0
        if stage.error == 0:
            chance *= float(stage.hours <= hours)
        else:
            chance *= NormalDist(math.log(stage.hours), stage.error).cdf(math.log(hours))
    return chance


def _quantile(line: Sequence[Stage], share: float) -> float:
    """Return the hours within which the line is done with probability `share`, by bisection."""
    low, high = 1e-6, max(s.hours for s in line) * 4
    while _within(line, high) < share:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        if _within(line, middle) < share:
            low = middle
        else:
            high = middle
    return high


def one_more(line: Sequence[Stage], number: int) -> list[Stage]:
    """Return the line with one more person at stage `number`, who works as the others there do.

    The stages after it that only waited for it go as much faster.
    """
    changed = list(line)
    people = line[number].people
    if people <= 0:
        return changed
    factor = (people + 1) / people
    changed[number] = replace(line[number], rate=line[number].rate * factor, people=people + 1)
    for after in range(number + 1, len(line)):
        if not line[after].starved:
            break
        changed[after] = replace(line[after], rate=line[after].rate * factor)
    return changed
