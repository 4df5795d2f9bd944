from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from agent.core.language.absence import MISSING, Instant, Missing, OperationFailed, Table


def test_missing__when_copied__stays_itself() -> None:
    """There is one `MISSING`, also after copying and pickling, so that `is` may ask for it."""
    assert copy.deepcopy(MISSING) is MISSING
    assert pickle.loads(pickle.dumps(MISSING)) is MISSING
    assert list(Missing) == [MISSING]


def test_instant__without_a_zone__is_refused() -> None:
    """A naive datetime is no point in time."""
    with pytest.raises(ValueError, match="aware"):
        Instant(datetime(2024, 5, 1))


def test_instants__of_one_moment_in_two_zones__are_equal() -> None:
    """Instants compare as points in time, whatever their zones, and hash alike."""
    here = Instant(datetime(2024, 5, 1, 12, tzinfo=timezone(timedelta(hours=2))))
    there = Instant(datetime(2024, 5, 1, 10, tzinfo=UTC))
    assert here == there
    assert hash(here) == hash(there)
    assert here != "2024-05-01T10:00:00Z"


def test_instants__within_the_hour_that_a_clock_repeats__are_in_order() -> None:
    """02:30 before the clock goes back is an hour before 02:30 after it."""
    berlin = ZoneInfo("Europe/Berlin")
    first = Instant(datetime(2024, 10, 27, 2, 30, tzinfo=berlin))
    second = Instant(datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=berlin))
    assert first < second
    assert first <= second
    assert second > first
    assert first != second


def test_table__with_keys_that_python_calls_equal__keeps_them_apart() -> None:
    """`True`, `1` and `'1'` are three keys, `1` and `1.0` are one, null is a key."""
    table = Table([(True, "b"), (1, "n"), ("1", "t"), (None, "z")])
    assert [table.find(key) for key in (True, 1, 1.0, "1", None)] == ["b", "n", "n", "t", "z"]
    assert table.find(False) is MISSING
    assert (0 in table, 1.0 in table, len(table)) == (False, True, 4)


def test_table__with_a_repeated_key__keeps_the_last() -> None:
    """Of one key written twice, the last value is found."""
    assert Table([("a", 1), ("a", 2)]).find("a") == 2


def test_table__when_lazy__calls_only_the_value_that_is_found() -> None:
    """A lazy table evaluates the alternative that is taken, and no other."""
    called: list[str] = []
    table = Table(
        [(key, lambda key=key: called.append(key) or key.upper()) for key in "ab"], is_lazy=True
    )
    assert table.find("b") == "B"
    assert called == ["b"]


@pytest.mark.parametrize("key", [[], {}, MISSING])
def test_table__asked_for_a_key_that_is_no_scalar__fails(key: object) -> None:
    """Only scalars are keys."""
    with pytest.raises(OperationFailed, match="no scalar"):
        Table([]).find(key)
