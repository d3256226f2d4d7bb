"""A store that is locked, full, gone or silent says so, keeps what it had, and works again."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from chassis import sqlite
from chassis.errors import StoreUnavailable
from chassis.store import EVERYWHERE, After, In, Range, open_store
from chassis.store.sqlite import SqliteStore
from tests.backends.mongodb import a_server
from tests.chassis.store.conftest import HERE, LAMPS, MEETINGS, a_lamp, a_meeting, ids
from tests.ports import free_ports


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(f"{tmp_path}/store", name="lamps")
    store.prepare([LAMPS, MEETINGS])
    store.save("meetings", a_meeting("1", "a"), replaces=0)
    yield store
    store.close()


def still_right(store: SqliteStore) -> None:
    assert store.get("meetings", HERE, "1") == a_meeting("1", "a")
    store.save("meetings", a_meeting("1", "b", version=2), replaces=1)
    store.save("meetings", a_meeting("2", "a"), replaces=0)


def test_a_file_locked_for_too_long_can_be_read_but_not_written(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.2)
    with closing(sqlite3.connect(tmp_path / "store/lamps.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert store.get("meetings", HERE, "1") is not None
        for write in (
            lambda: store.save("meetings", a_meeting("1", "b", version=2), replaces=1),
            lambda: store.save_many("lamps", [a_lamp("1")]),
            lambda: store.rewrite_many("lamps", [a_lamp("1")]),
            lambda: store.delete("meetings", HERE, "1"),
        ):
            with pytest.raises(StoreUnavailable, match="locked"):
                write()
        other.execute("ROLLBACK")
    still_right(store)


def test_a_file_locked_for_a_moment_is_waited_for(store: SqliteStore, tmp_path: Path) -> None:
    import threading

    other = sqlite3.connect(
        tmp_path / "store/lamps.db", isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.5, lambda: other.execute("ROLLBACK"))
    timer.start()
    still_right(store)
    timer.join()
    other.close()


def test_a_full_disk_takes_nothing_half(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store._file.connected() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        full = connection
    with pytest.raises(StoreUnavailable, match="full"):
        store.save("meetings", {**a_meeting("9", "b"), "text": "x" * 100_000}, replaces=0)
    assert store.get("meetings", HERE, "9") is None
    full.execute("PRAGMA max_page_count = 1000000")
    still_right(store)


def test_a_file_that_was_deleted_or_exchanged_is_not_written_on(
    store: SqliteStore, tmp_path: Path
) -> None:
    file = tmp_path / "store/lamps.db"
    file.rename(tmp_path / "moved")
    with pytest.raises(StoreUnavailable):
        store.ping()
    file.write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="exchanged"):
        store.save("meetings", a_meeting("2"), replaces=0)
    (tmp_path / "moved").rename(file)
    still_right(store)


@pytest.mark.parametrize("content", [b"no database at all, but long enough to look into it" * 99])
def test_a_file_that_is_no_database_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lamps.db").write_bytes(content)
    with pytest.raises(StoreUnavailable, match="SQLite"):
        SqliteStore(str(tmp_path), name="lamps").prepare([LAMPS])


def test_only_its_owner_may_read_the_file(store: SqliteStore, tmp_path: Path) -> None:
    assert (tmp_path / "store").stat().st_mode & 0o077 == 0
    for file in (tmp_path / "store").glob("lamps.db*"):
        assert file.stat().st_mode & 0o077 == 0, file


def test_what_was_deleted_is_no_longer_in_the_file(store: SqliteStore, tmp_path: Path) -> None:
    store.save("lamps", a_lamp("1", name="Anneliese"), replaces=0)
    store.delete("lamps", HERE, "1")
    store.close()
    assert b"Anneliese" not in (tmp_path / "store/lamps.db").read_bytes()


FEW = In(values=["hall", "attic"])
QUESTIONS = [
    (HERE, {"room": "hall"}, "watts", None),
    (HERE, {"room": "hall"}, "watts", After(value=5, id="x")),
    (HERE, {"room": "hall", "watts": Range(at_least=5)}, "watts", None),
    (HERE, {"room": "hall", "watts": 5}, "_id", None),
    (HERE, {"maker.name": "x"}, "place", After(value="a", id="x")),
    (HERE, {"is_lit": True}, "_id", After(value="x", id="x")),
    (HERE, {}, "_id", After(value="x", id="x")),
    (EVERYWHERE, {"watts": Range(at_most=5)}, "watts", None),
    (HERE, {"_id": In(values=["1", "2"])}, "_id", None),
]


def plans_of(
    store: SqliteStore, association_id: str | None, where: dict, *, sort: str, after: After | None
) -> list[str]:
    """How SQLite goes about each part of a question."""
    said: list[str] = []
    with store._file.connected() as connection:
        connection.set_trace_callback(said.append)
        traced = connection
    store.find("lamps", association_id, where, sort=sort, after=after, descending=False)
    traced.set_trace_callback(None)
    asked = [sql for sql in said if sql.startswith("SELECT body")]
    assert asked
    plans = [traced.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall() for sql in asked]
    return [" | ".join(row[-1] for row in rows) for rows in plans]


@pytest.mark.parametrize(("association_id", "where", "sort", "after"), QUESTIONS)
def test_every_question_is_answered_by_an_index_in_its_order(
    store: SqliteStore, association_id: str | None, where: dict, sort: str, after: After | None
) -> None:
    """No walk over a table, no sorting: a page of a million costs what a page of a hundred does."""
    for plan in plans_of(store, association_id, where, sort=sort, after=after):
        assert "SEARCH lamps USING" in plan, plan
        assert "SCAN lamps" not in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("after", [None, After(value="x", id="x")])
def test_few_of_many_are_found_by_what_is_asked_for(
    store: SqliteStore, after: After | None
) -> None:
    """Not by a look at every document of the association."""
    plan = plans_of(store, HERE, {"room": FEW, "watts": 5}, sort="_id", after=after)
    assert all("room" in each and "SCAN lamps" not in each for each in plan), plan


def test_a_server_that_dies_is_told_and_works_again(tmp_path: Path) -> None:
    port = free_ports()
    url = f"mongodb://127.0.0.1:{port}/outage"
    store = open_store(url, name="lamps")
    began = monotonic()
    with pytest.raises(StoreUnavailable):
        store.prepare([LAMPS])
    assert monotonic() - began < 60
    with a_server(tmp_path, port):
        store.prepare([LAMPS])
        store.save("lamps", a_lamp("1", room="hall", watts=5), replaces=0)
        assert ids(store.find("lamps", HERE, {"room": "hall"}, sort="watts")) == ["1"]
    began = monotonic()
    with pytest.raises(StoreUnavailable):
        store.save("lamps", a_lamp("2"), replaces=0)
    with pytest.raises(StoreUnavailable):
        store.ping()
    assert monotonic() - began < 90
    with a_server(tmp_path, port):
        store.ping()
        store.save("lamps", a_lamp("3"), replaces=0)
    store.close()
