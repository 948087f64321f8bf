"""Counters: exact, in windows that end, and independent of what becomes of the request."""

from sqlalchemy import Engine, text

from upguide.security.counters import Counters

HOUR = 3600


def hits(counters: Counters, *keys: str) -> dict[str, int]:
    return {key: window.hits for key, window in counters.read(keys).items()}


def end_windows(engine: Engine, key: str) -> None:
    """Let the window `key` have ended just now."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE throttle_hits SET expires_at = now() WHERE key = :key"), {"key": key})


def test_window_counts_from_its_first_try(counters: Counters) -> None:
    first, second = counters.count({"a": HOUR})["a"], counters.count({"a": HOUR})["a"]
    assert (first.hits, second.hits) == (1, 2)
    assert HOUR - 5 < second.seconds_left < first.seconds_left <= HOUR


def test_several_windows_are_counted_at_once(counters: Counters) -> None:
    counters.count({"a": HOUR})
    counted = counters.count({"b": HOUR, "a": HOUR, "c": 60})
    assert {key: window.hits for key, window in counted.items()} == {"a": 2, "b": 1, "c": 1}


def test_what_was_never_counted_has_no_window(counters: Counters) -> None:
    assert counters.read(["a"]) == {}


def test_reading_counts_nothing(counters: Counters) -> None:
    counters.count({"a": HOUR})
    assert [hits(counters, "a"), hits(counters, "a", "b")] == [{"a": 1}, {"a": 1}]


def test_try_that_is_given_back_does_not_count(counters: Counters) -> None:
    counters.count({"a": HOUR, "b": HOUR})
    counters.count({"a": HOUR})
    counters.give_back({"a": HOUR, "b": HOUR})
    assert hits(counters, "a", "b") == {"a": 1, "b": 0}


def test_no_more_is_given_back_than_was_counted(counters: Counters) -> None:
    counters.give_back({"a": HOUR})
    counters.count({"a": HOUR})
    counters.give_back({"a": HOUR})
    counters.give_back({"a": HOUR})
    assert counters.count({"a": HOUR})["a"].hits == 1


def test_window_that_ended_starts_anew(counters: Counters, counters_engine: Engine) -> None:
    counters.count({"a": HOUR})
    counters.count({"a": HOUR})
    end_windows(counters_engine, "a")
    assert counters.read(["a"]) == {}
    again = counters.count({"a": HOUR})["a"]
    assert again.hits == 1
    assert again.seconds_left > HOUR - 5


def test_ended_windows_are_deleted_and_open_ones_stay(counters: Counters, counters_engine: Engine) -> None:
    counters.count({"ended": HOUR, "also ended": HOUR, "open": HOUR})
    end_windows(counters_engine, "ended")
    end_windows(counters_engine, "also ended")
    assert [counters.forget_expired(most=1), counters.forget_expired(), counters.forget_expired()] == [
        1,
        1,
        0,
    ]
    with counters_engine.connect() as connection:
        assert connection.execute(text("SELECT key FROM throttle_hits")).scalars().all() == ["open"]


def test_count_stays_when_another_transaction_of_the_request_is_rolled_back(
    counters: Counters, counters_engine: Engine
) -> None:
    with counters_engine.connect() as request:
        request.execute(text("SELECT 1"))
        counters.count({"a": HOUR})
        request.rollback()
    assert hits(counters, "a") == {"a": 1}
