"""Arrays and maps explained item by item: loops over a series, with the items that are left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Call,
    Comparison,
    Conditional,
    Expression,
    Literal,
    Loop,
    Name,
    ObjectComprehension,
    ObjectDisplay,
)
from agent.core.synthesis.build import call
from agent.core.synthesis.concatenations import concatenated
from agent.core.synthesis.explanation import (
    Explains,
    Explanation,
    Part,
    complete,
    condition_part,
)
from agent.core.synthesis.filters import filters
from agent.core.synthesis.indexed import indexed
from agent.core.synthesis.keys import FindKeys, keys_made, keys_read
from agent.core.synthesis.naming import fresh_name
from agent.core.synthesis.ordering import ordered, sliced
from agent.core.synthesis.pieces import pieces
from agent.core.synthesis.predicates import Predicate
from agent.core.synthesis.scope import Scope
from agent.core.synthesis.series import Series, series_of

MAX_SERIES: Final = 6
MAX_LISTED: Final = 4
"""Most places of an array that are explained one by one."""

AGAIN_COST: Final = 3.0
"""What it costs to go, for each item of an array, through all of its items again."""

NAME_WEIGHT: Final = 3.0
FIT_WEIGHT: Final = 2.0
CHEAPER: Final = 4
"""How many times cheaper it is to find out what can be read than to explain a leaf by it."""

ORDER_GAIN: Final = 0.5
GOOD_ENOUGH: Final = 6.0
"""An explanation that costs less is taken without a look at further series."""


@dataclass(slots=True)
class Itemwise:
    """Explains arrays and maps by loops; the items are explained by `host`."""

    host: Explains
    _series: dict[int, tuple[Scope, list[Series]]] = field(default_factory=dict)

    def looped(
        self,
        target: str,
        wanted: Sequence[object],
        scope: Scope,
        *,
        best: Explanation | None,
        branches: int,
    ) -> Explanation | None:
        """Return the cheapest of `best` and the loops that give an array."""
        for series in self._likely(target, wanted, scope):
            made = self._loop(target, wanted, scope, series=series, branches=branches)
            if made is not None and (best is None or made.cost < best.cost):
                best = made
            if best is not None and best.cost < GOOD_ENOUGH:
                break
        return best

    def keyed(
        self, target: str, wanted: Sequence[object], scope: Scope, *, branches: int
    ) -> Explanation | None:
        """Return the cheapest object whose keys come from the items of a series."""
        for find in (keys_read, keys_made):
            best: Explanation | None = None
            for series in self._likely(target, wanted, scope):
                made = self._map(target, wanted, scope, series=series, find=find, branches=branches)
                if made is not None and (best is None or made.cost < best.cost):
                    best = made
                if best is not None and best.cost < GOOD_ENOUGH:
                    break
            if best is None and find is keys_read:
                best = indexed(self.host, target, wanted, scope, series=self._all(scope))
            if best is not None:
                return best
        return None

    def concatenated(
        self, target: str, wanted: Sequence[object], scope: Scope
    ) -> Explanation | None:
        """Return the items of a series with others before or after them."""
        return concatenated(
            self.host,
            target,
            wanted,
            scope,
            series=self._all(scope),
            loop=lambda series, own: self._loop(target, own, scope, series=series, branches=0),
        )

    def listed(
        self, target: str, wanted: Sequence[object], scope: Scope, branches: int
    ) -> Explanation | None:
        """Return a short array whose places are explained one by one."""
        arrays = [value for value in wanted if isinstance(value, list)]
        longest = max(map(len, arrays), default=0)
        if not 0 < longest <= MAX_LISTED:
            return None
        inside = scope.only([isinstance(value, list) for value in wanted])
        items: list[Expression] = []
        parts: list[Part] = []
        cost = 1.0
        for index in range(longest):
            own = [value[index] if index < len(value) else MISSING for value in arrays]
            made = self.host.explain(paths.items(target), own, inside, branches=min(branches, 1))
            if made is None:
                return None
            items.append(made.expression)
            parts += made.parts
            cost += made.cost
        whole = Explanation(ArrayDisplay(tuple(items)), cost, tuple(parts))
        return complete(whole, target, wanted, scope)

    def _likely(self, target: str, wanted: Sequence[object], scope: Scope) -> Iterator[Series]:
        """Yield what the items could be made of, the likeliest first."""
        found = []
        for plain in self._all(scope):
            fit = plain.fit(wanted)
            if fit > 0:
                cost = self._cost(plain, target, scope) - FIT_WEIGHT * fit
                found.append((cost, plain))
                # The order of a field is no coincidence: it is tried before the order as it is.
                orders = list(ordered(plain, wanted))
                found += [(cost - ORDER_GAIN, one) for one in orders]
                found += [
                    (self._cost(cut, target, scope) - FIT_WEIGHT * cut.fit(wanted), cut)
                    for one in (plain, *orders)
                    for cut in sliced(one, wanted)
                ]
        found.sort(key=lambda pair: pair[0])
        yield from (one for _, one in found[:MAX_SERIES])

    def _all(self, scope: Scope) -> list[Series]:
        """Return the series of a scope, made once."""
        if id(scope) not in self._series:
            made = [*series_of(scope), *pieces(scope.columns)]
            self._series[id(scope)] = (scope, made)
        return self._series[id(scope)][1]

    def _loop(
        self,
        target: str,
        wanted: Sequence[object],
        scope: Scope,
        *,
        series: Series,
        branches: int,
    ) -> Explanation | None:
        """Return an array with one item for each item of a series, or for some of them."""
        name = fresh_name(series.said, scope.places)
        for filtered in filters(series, wanted, scope, name=name, target=target):
            flat: list[object] = []
            is_wanted: list[bool] = []
            for own, value in zip(filtered.items, wanted, strict=True):
                flat += value if isinstance(value, list) else ()
                is_wanted += [isinstance(value, list)] * len(own)
            if not flat:
                continue
            inside = scope.inside(name, series.path, filtered.items, series.parts).only(is_wanted)
            if not self.host.spend(len(inside.columns) * len(inside.rows) // CHEAPER):
                return None
            item = self.host.explain(paths.items(target), flat, inside, branches=min(branches, 1))
            if item is None or not series.is_read(name, item.expression):
                continue
            joined = tuple(self._joins(item.expression, target))
            loop = Loop((name,), series.expression, (*filtered.conditions, *joined))
            is_whole = item.expression == Name(name) and not filtered.conditions
            made = Explanation(
                series.expression if is_whole else ArrayComprehension(item.expression, (loop,)),
                item.cost + filtered.cost + self._cost(series, target, scope),
                (*item.parts, *filtered.parts(target), *_joined_parts(target, joined)),
                item.opens,
            )
            if series.when is not None:
                absent = Conditional(series.when, made.expression, call("absent"))
                made = replace(made, expression=absent)
            whole = complete(made, target, wanted, scope)
            if whole is not None:
                return whole
        return None

    def _joins(self, item: Expression, target: str) -> Iterator[Expression]:
        """Yield that what is joined is there, where the contract requires it of an item.

        Without it there can be no item; that it is left out then is for a person to confirm.
        """
        for key, value in item.entries if isinstance(item, ObjectDisplay) else ():
            if not isinstance(key, Literal) or not _is_join(value):
                continue
            field = self.host.contract.field(paths.child(paths.items(target), str(key.value)))
            if field is not None and field.is_required and not field.is_nullable:
                yield call("present", value)

    def _map(
        self,
        target: str,
        wanted: Sequence[object],
        scope: Scope,
        *,
        series: Series,
        find: FindKeys,
        branches: int,
    ) -> Explanation | None:
        """Return an object with one entry for each item of a series, or for some of them."""
        name = fresh_name(series.said, scope.places)
        for filtered in filters(series, wanted, scope, name=name, target=target):
            inside = scope.inside(name, series.path, filtered.items, series.parts)
            if not self.host.spend(len(inside.columns) * len(inside.rows) // CHEAPER):
                return None
            for keys in find(self.host, target, filtered.items, wanted, inside):
                item = self.host.explain(
                    paths.items(target), keys.values, inside, branches=min(branches, 1)
                )
                if item is None or not series.is_read(name, keys.expression, item.expression):
                    continue
                loop = Loop((name,), series.expression, filtered.conditions)
                made = Explanation(
                    ObjectComprehension(keys.expression, item.expression, (loop,)),
                    item.cost + filtered.cost + keys.cost + self._cost(series, target, scope),
                    (*keys.parts, *item.parts, *filtered.parts(target)),
                    item.opens,
                )
                whole = complete(made, target, wanted, scope)
                if whole is not None:
                    return whole
        return None

    def _cost(self, series: Series, target: str, scope: Scope) -> float:
        names = {series.said, series.around or series.said}
        likeness = max(self.host.likeness(name, target, False) for name in names)
        is_again = series.path in scope.places.values() and not isinstance(
            series.expression, ArrayDisplay
        )
        return series.cost + NAME_WEIGHT * (1 - likeness) + (AGAIN_COST if is_again else 0.0)


def _is_join(value: Expression) -> bool:
    """Return whether a value is read from an item that another value points to."""
    match value:
        case Call(
            "first", (ArrayComprehension(loops=(Loop(conditions=(Comparison() as test,)),)),)
        ):
            return not isinstance(test.right, Literal)
        case Call("at"):
            return True
        case _:
            return False


def _joined_parts(target: str, joined: Sequence[Expression]) -> Iterator[Part]:
    for one in joined:
        yield condition_part(target, Predicate(one, (True,), target, 0.0))


def is_tuple(wanted: Sequence[object]) -> bool:
    """Return whether arrays are all of one short length, two or more scalars."""
    arrays = [value for value in wanted if isinstance(value, list)]
    lengths = {len(value) for value in arrays}
    return (
        len(lengths) == 1
        and 2 <= max(lengths) <= MAX_LISTED
        and not any(isinstance(item, (dict, list)) for value in arrays for item in value)
    )
