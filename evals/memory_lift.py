"""What memory adds: a suite solved in order with memory on, in several orders, and with it off.

`python -m evals.memory_lift DIR … [--orders 5] [--seed 0] [--unpaired] [--json]`
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from agent.core.values import Json
from agent.errors import DriftmendError
from evals.runner import Report, run, run_remembering

LABELS = {"solved": "consumers solved", "exact": "payloads exact", "rules": "right rules"}


@dataclass(frozen=True, slots=True)
class Order:
    """What one order gave beyond memory off: consumers solved, held-out payloads exact, and rules
    that were right on all of them."""

    solved: int
    exact: int
    rules: int
    silent_wrong: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lift:
    """The figures without memory, and the difference in every order."""

    is_unpaired: bool
    seed: int
    solved: int
    feasible: int
    exact: int
    payloads: int
    orders: tuple[Order, ...]


def measure(
    roots: Sequence[str], *, orders: int, seed: int, unpaired: bool, timeout_s: float, jobs: int
) -> Lift:
    """Return the lift from memory over some suites, in `orders` orders drawn by `seed`."""
    off = run(
        roots,
        unpaired=unpaired,
        model="off",
        memory="off",
        timeout_s=timeout_s,
        jobs=jobs,
        show_progress=False,
    )
    found = []
    with tempfile.TemporaryDirectory(prefix="driftmend-mended-") as mended:
        for number in range(orders):
            on = run_remembering(
                roots,
                unpaired=unpaired,
                timeout_s=timeout_s,
                chance=random.Random(f"{seed}/{number}"),
                mended=mended,
            )
            found.append(compare(off, on))
            _tell(f"order {number + 1} of {orders}: {found[-1]}")
    summary = off.summary()
    return Lift(
        unpaired,
        seed,
        summary.solved,
        summary.feasible,
        summary.exact,
        summary.payloads,
        tuple(found),
    )


def compare(off: Report, on: Report) -> Order:
    """Return what one report has beyond another over the same consumers."""
    before, after = _solved(off), _solved(on)
    return Order(
        solved=len(after) - len(before),
        exact=on.summary().exact - off.summary().exact,
        rules=_right_rules(on) - _right_rules(off),
        silent_wrong=on.summary().silent_wrong - off.summary().silent_wrong,
        gained=tuple(sorted(after - before)),
        lost=tuple(sorted(before - after)),
    )


def _right_rules(report: Report) -> int:
    return sum(rule.is_right for score in report.scores for rule in score.rules)


def _solved(report: Report) -> set[str]:
    return {
        f"{one.family}/{one.case} {one.consumer}"
        for one in report.scores
        if one.is_feasible and one.is_right
    }


def lift_to_json(lift: Lift) -> Json:
    """Return the lift as one JSON document, with its spread."""
    return {
        "mode": "unpaired" if lift.is_unpaired else "paired",
        "seed": lift.seed,
        "off": {
            "solved": lift.solved,
            "feasible": lift.feasible,
            "exact": lift.exact,
            "payloads": lift.payloads,
        },
        "lift": {
            "solved": _spread([one.solved for one in lift.orders]),
            "exact": _spread([one.exact for one in lift.orders]),
            "rules": _spread([one.rules for one in lift.orders]),
            "silent_wrong": _spread([one.silent_wrong for one in lift.orders]),
        },
        "orders": [
            {"solved": one.solved, "gained": list(one.gained), "lost": list(one.lost)}
            for one in lift.orders
        ],
    }


def _spread(differences: Sequence[int]) -> Json:
    return {
        "mean": round(statistics.mean(differences), 2),
        "sd": round(statistics.stdev(differences), 2) if len(differences) > 1 else None,
        "least": min(differences),
        "most": max(differences),
    }


def render(lift: Lift) -> str:
    """Return the lift in a few lines."""
    told = lift_to_json(lift)
    lines = [
        f"{told['mode']}, memory off: {lift.solved} of {lift.feasible} solved, "
        f"{lift.exact} of {lift.payloads} payloads exact"
    ]
    for name, label in LABELS.items():
        one = told["lift"][name]
        lines.append(
            f"lift, {label}: {one['mean']:+} (sd {one['sd']}, {one['least']:+} to {one['most']:+}) "
            f"over {len(lift.orders)} orders, seed {lift.seed}"
        )
    lines.append(f"silent wrong: {told['lift']['silent_wrong']['most']:+d} at most")
    gained = {name for one in lift.orders for name in one.gained}
    lost = {name for one in lift.orders for name in one.lost}
    lines += [f"gained in some order: {name}" for name in sorted(gained)]
    lines += [f"lost in some order: {name}" for name in sorted(lost)]
    return "\n".join(lines)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Measure what the command line names; 1 when memory makes no more rules right."""
    parser = argparse.ArgumentParser(prog="python -m evals.memory_lift", description=__doc__)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--orders", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--unpaired", action="store_true")
    parser.add_argument("--timeout", type=float, default=60.0)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    try:
        lift = measure(
            args.folders,
            orders=max(1, args.orders),
            seed=args.seed,
            unpaired=args.unpaired,
            timeout_s=args.timeout,
            jobs=args.jobs,
        )
    except DriftmendError as error:
        _tell(str(error))
        return 2
    print(json.dumps(lift_to_json(lift), indent=1) if args.json else render(lift))
    return 0 if statistics.mean(one.rules for one in lift.orders) > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
