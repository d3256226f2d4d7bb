"""One document at a time: saved whole, replaced by version, apart by association and by key."""

import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from chassis.errors import Conflict
from chassis.store import (
    EVERYWHERE,
    Collection,
    IdTaken,
    Index,
    KeysTaken,
    Store,
    VersionLost,
    open_store,
)
from tests.chassis.store.conftest import HERE, THERE, Shelf, a_lamp, a_meeting, ids


def test_a_document_comes_back_as_it_was_saved(store: Store) -> None:
    lamp = a_lamp(
        "1",
        words="Zoë — \U0001f4a1 \u2028 'quoted' \"twice\" \\ \n",
        whole=2**53,
        part=0.1,
        flags=[True, False, None],
        maker={"name": "é", "deep": [{"a": {"b": []}}]},
        empty={},
        none=None,
    )
    store.save("lamps", lamp, replaces=0)
    assert store.get("lamps", HERE, "1") == lamp


def test_what_is_saved_is_not_changed_by_saving(store: Store) -> None:
    lamp = a_lamp("1", maker={"name": "x"})
    before = dict(lamp)
    store.save("lamps", lamp, replaces=0)
    assert lamp == before
    assert list(lamp) == list(before)


def test_a_document_of_another_association_is_not_there(store: Store) -> None:
    store.save("lamps", a_lamp("1"), replaces=0)
    assert store.get("lamps", THERE, "1") is None
    assert store.get("lamps", EVERYWHERE, "1") is not None


def test_an_id_is_taken_once(store: Store) -> None:
    store.save("lamps", a_lamp("1", watts=1), replaces=0)
    for association_id in (HERE, THERE):
        with pytest.raises(IdTaken):
            store.save("lamps", a_lamp("1", association_id=association_id, watts=2), replaces=0)
    assert store.get("lamps", HERE, "1") == a_lamp("1", watts=1)


def test_a_document_is_replaced_only_by_who_knows_its_version(store: Store) -> None:
    store.save("lamps", a_lamp("1", old=True), replaces=0)
    store.save("lamps", a_lamp("1", version=2, new=True), replaces=1)
    for stale in (1, 3):
        with pytest.raises(VersionLost):
            store.save("lamps", a_lamp("1", version=9), replaces=stale)
    assert store.get("lamps", HERE, "1") == a_lamp("1", version=2, new=True)


def test_the_same_version_can_be_written_again(store: Store) -> None:
    """As the relay does when it clears an outbox."""
    store.save("lamps", a_lamp("1", version=3, outbox=[1]), replaces=0)
    store.save("lamps", a_lamp("1", version=3, outbox=[]), replaces=3)
    assert store.get("lamps", HERE, "1") == a_lamp("1", version=3, outbox=[])


def test_what_is_not_there_or_foreign_cannot_be_replaced(store: Store) -> None:
    with pytest.raises(VersionLost):
        store.save("lamps", a_lamp("1", version=2), replaces=1)
    store.save("lamps", a_lamp("1"), replaces=0)
    with pytest.raises(VersionLost):
        store.save("lamps", a_lamp("1", association_id=THERE, version=2), replaces=1)


def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: Store) -> None:
    store.save("lamps", a_lamp("1"), replaces=0)
    store.delete("lamps", THERE, "1")
    assert store.get("lamps", HERE, "1") is not None
    store.delete("lamps", HERE, "1")
    store.delete("lamps", HERE, "1")
    assert store.get("lamps", HERE, "1") is None
    store.save("lamps", a_lamp("1", version=5), replaces=0)


def test_many_are_saved_at_once_and_those_that_are_there_stay(store: Store) -> None:
    store.save("lamps", a_lamp("007", old=True), replaces=0)
    store.save_many("lamps", [a_lamp(f"{n:03d}") for n in range(500)])
    store.save_many("lamps", [a_lamp(f"{n:03d}", again=True) for n in range(500)])
    store.save_many("lamps", [])
    assert store.count("lamps", HERE, {}) == 500
    assert store.get("lamps", HERE, "007") == a_lamp("007", old=True)


def test_of_many_with_keys_those_whose_keys_are_taken_are_left_out(store: Store) -> None:
    store.save("meetings", a_meeting("1", "a"), replaces=0)
    many = [
        a_meeting("1", "b"),
        a_meeting("2", "c", "a"),
        a_meeting("3", "c"),
        a_meeting("4", "c"),
        a_meeting("5", "a", association_id=THERE),
    ]
    store.save_many("meetings", many)
    assert ids(store.find("meetings", EVERYWHERE, {})) == ["1", "3", "5"]
    assert store.get("meetings", HERE, "1") == a_meeting("1", "a")
    store.save("meetings", a_meeting("6", "b"), replaces=0)
    with pytest.raises(KeysTaken):
        store.save("meetings", a_meeting("7", "c"), replaces=0)


def test_many_are_written_again_but_not_those_that_have_changed(store: Store) -> None:
    """As the relay does when it clears outboxes."""
    for n in range(3):
        store.save("meetings", a_meeting(f"{n}", f"key{n}", version=3, outbox=[n]), replaces=0)
    store.save("meetings", a_meeting("1", "key1", version=4, outbox=[1, 2]), replaces=3)
    store.delete("meetings", HERE, "2")
    sent = [a_meeting(f"{n}", f"key{n}", version=3, outbox=[]) for n in range(4)]
    foreign = a_meeting("0", "key0", version=3, stolen=True, association_id=THERE)
    store.rewrite_many("meetings", [foreign, *sent])
    store.rewrite_many("meetings", [])
    assert store.get("meetings", HERE, "0") == sent[0]
    assert store.get("meetings", HERE, "1") == a_meeting("1", "key1", version=4, outbox=[1, 2])
    assert ids(store.find("meetings", EVERYWHERE, {})) == ["0", "1"]
    with pytest.raises(KeysTaken):
        store.save("meetings", a_meeting("9", "key0"), replaces=0)


def test_a_document_with_keys_holds_its_own_id(store: Store) -> None:
    with pytest.raises(ValueError, match="own id"):
        store.save("meetings", a_lamp("1", keys=["a"]), replaces=0)
    with pytest.raises(ValueError, match="own id"):
        store.save_many("meetings", [a_meeting("2", "b"), a_lamp("1", keys=["a"])])
    assert store.find("meetings", EVERYWHERE, {}) == []


def test_a_key_is_held_once_in_an_association(store: Store) -> None:
    store.save("meetings", a_meeting("1", "anna@9:00", "ben@9:00"), replaces=0)
    with pytest.raises(KeysTaken):
        store.save("meetings", a_meeting("2", "ben@9:00", "carl@9:00"), replaces=0)
    assert store.get("meetings", HERE, "2") is None
    store.save("meetings", a_meeting("3", "carl@9:00"), replaces=0)
    store.save("meetings", a_meeting("4", "ben@9:00", association_id=THERE), replaces=0)


def test_a_repeat_is_told_as_a_repeat_though_its_keys_are_taken_too(store: Store) -> None:
    store.save("meetings", a_meeting("1", "a"), replaces=0)
    with pytest.raises(IdTaken):
        store.save("meetings", a_meeting("1", "a"), replaces=0)


def test_keys_are_swapped_in_one_save_or_not_at_all(store: Store) -> None:
    store.save("meetings", a_meeting("1", "a", "b"), replaces=0)
    store.save("meetings", a_meeting("2", "c"), replaces=0)
    with pytest.raises(KeysTaken):
        store.save("meetings", a_meeting("1", "b", "c", version=2), replaces=1)
    assert store.get("meetings", HERE, "1") == a_meeting("1", "a", "b")
    with pytest.raises(KeysTaken):
        store.save("meetings", a_meeting("3", "a"), replaces=0)
    store.save("meetings", a_meeting("1", "b", "d", version=2), replaces=1)
    store.save("meetings", a_meeting("3", "a"), replaces=0)


def test_keys_are_free_again_once_their_document_lets_go_or_is_deleted(store: Store) -> None:
    store.save("meetings", a_meeting("1", "a"), replaces=0)
    store.save("meetings", a_meeting("1", version=2), replaces=1)
    store.save("meetings", a_meeting("2", "a"), replaces=0)
    store.delete("meetings", HERE, "2")
    store.save("meetings", a_meeting("3", "a"), replaces=0)


def test_a_lost_version_takes_no_keys(store: Store) -> None:
    store.save("meetings", a_meeting("1"), replaces=0)
    with pytest.raises(VersionLost):
        store.save("meetings", a_meeting("1", "a", version=3), replaces=2)
    store.save("meetings", a_meeting("2", "a"), replaces=0)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Let all start together; what each gave or raised."""
    results: list[Any] = [None] * len(jobs)
    barrier = threading.Barrier(len(jobs))

    def run(n: int) -> None:
        barrier.wait()
        try:
            results[n] = jobs[n]()
        except Conflict as error:
            results[n] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_sixteen_who_replace_one_version_one_wins(shelf: Shelf) -> None:
    stores = [shelf.open() for _ in range(4)]
    stores[0].save("lamps", a_lamp("1"), replaces=0)
    for version in range(1, 11):

        def claim(n: int, version: int = version) -> str:
            lamp = a_lamp("1", version=version + 1, by=n)
            stores[n % 4].save("lamps", lamp, replaces=version)
            return "won"

        results = at_once(*(lambda n=n, claim=claim: claim(n) for n in range(16)))
        assert results.count("won") == 1
        assert all(isinstance(other, VersionLost) for other in results if other != "won")
        kept = stores[0].get("lamps", HERE, "1")
        assert kept is not None
        assert kept["by"] == results.index("won")


def test_of_sixteen_who_insert_one_id_one_wins(shelf: Shelf) -> None:
    stores = [shelf.open() for _ in range(4)]
    for round in range(5):

        def insert(n: int, id: str = f"{round}") -> str:
            stores[n % 4].save("lamps", a_lamp(id, by=n), replaces=0)
            return "won"

        results = at_once(*(lambda n=n, insert=insert: insert(n) for n in range(16)))
        assert results.count("won") == 1
        assert all(isinstance(other, IdTaken) for other in results if other != "won")


def test_of_sixteen_who_want_one_key_one_gets_it(shelf: Shelf) -> None:
    """Each wants two of three quarters of an hour of one person; nobody is in two meetings."""
    stores = [shelf.open() for _ in range(4)]
    for round in range(5):

        def book(n: int, round: int = round) -> str:
            keys = [f"{round}.{n % 3}", f"{round}.{(n + 1) % 3}"]
            stores[n % 4].save("meetings", a_meeting(f"{round}.m{n}", *keys), replaces=0)
            return "won"

        results = at_once(*(lambda n=n, book=book: book(n) for n in range(16)))
        assert results.count("won") == 1
        assert all(isinstance(other, KeysTaken) for other in results if other != "won")


def test_of_sixteen_who_move_to_one_key_one_gets_it_and_the_others_keep_theirs(
    shelf: Shelf,
) -> None:
    stores = [shelf.open() for _ in range(4)]
    for n in range(16):
        stores[0].save("meetings", a_meeting(f"m{n}", f"own{n}"), replaces=0)

    def move(n: int) -> str:
        stores[n % 4].save("meetings", a_meeting(f"m{n}", "wanted", version=2), replaces=1)
        return "won"

    results = at_once(*(lambda n=n: move(n) for n in range(16)))
    assert results.count("won") == 1
    for n in range(16):
        expected = a_meeting(f"m{n}", f"own{n}")
        if results[n] == "won":
            expected = a_meeting(f"m{n}", "wanted", version=2)
        assert stores[1].get("meetings", HERE, f"m{n}") == expected


def test_a_store_is_prepared_by_many_at_once(shelf: Shelf) -> None:
    assert len(at_once(*(lambda: shelf.open() for _ in range(8)))) == 8
    store = shelf.open()
    store.save("lamps", a_lamp("1"), replaces=0)
    assert ids(shelf.open().find("lamps", HERE, {})) == ["1"]


def test_a_collection_nobody_prepared_is_refused(store: Store) -> None:
    for ask in (
        lambda: store.get("cups", HERE, "1"),
        lambda: store.save("cups", a_lamp("1"), replaces=0),
        lambda: store.find("cups", HERE, {}),
        lambda: store.count("cups", HERE, {}),
        lambda: store.delete("cups", HERE, "1"),
    ):
        with pytest.raises(LookupError):
            ask()


@pytest.mark.parametrize("name", ["lamps; DROP TABLE x", "", "1lamp", 'la"mps', "a.b"])
def test_names_that_would_not_be_safe_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="collection"):
        Collection(name=name)


@pytest.mark.parametrize("name", ["a b", "", "a'", "$x", "a..b", "a."])
def test_fields_that_would_not_be_safe_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="field"):
        Index(fields=(name,))


def test_a_url_of_no_store_is_refused() -> None:
    with pytest.raises(ValueError, match="sqlite"):
        open_store("postgres://x", name="lamps")


WRITER = """
import sys
from chassis.store import open_store
from tests.chassis.store.conftest import LAMPS, MEETINGS, a_lamp, a_meeting
store = open_store(sys.argv[1], name="lamps")
store.prepare([LAMPS, MEETINGS])
n = 0
while True:
    store.save("meetings", a_meeting(f"m{n}", f"key{n}"), replaces=0)
    store.save("meetings", a_meeting(f"m{n}", f"other{n}", version=2), replaces=1)
    print(n, flush=True)
    n += 1
"""


def test_what_was_acknowledged_outlives_a_writer_that_is_killed(shelf: Shelf) -> None:
    argv = [sys.executable, "-W", "ignore", "-c", WRITER, shelf.url]
    for _ in range(2):
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout
            last = [int(writer.stdout.readline()) for _ in range(200)][-1]
            writer.kill()
        store = shelf.open()
        for n in range(last + 1):
            assert store.get("meetings", HERE, f"m{n}") == a_meeting(
                f"m{n}", f"other{n}", version=2
            )
        with pytest.raises(KeysTaken):
            store.save("meetings", a_meeting("new", f"other{last}"), replaces=0)
        store.save("meetings", a_meeting("new", f"key{last}"), replaces=0)
        for n in range(last + 3):
            store.delete("meetings", HERE, f"m{n}")
        store.delete("meetings", HERE, "new")


def test_who_waits_hears_of_a_write(shelf: Shelf) -> None:
    waiting, writing = shelf.open(), shelf.open()
    while waiting.wait(0) and not shelf.url.startswith("mongodb"):
        pass
    writing.save("lamps", a_lamp("1"), replaces=0)
    assert waiting.wait(2)


def test_who_waits_for_nothing_comes_back_in_time(shelf: Shelf) -> None:
    from time import monotonic

    store = shelf.open()
    began = monotonic()
    store.wait(0.2)
    store.wait(0.2)
    assert monotonic() - began < 1


def test_a_store_that_answers_can_be_asked_whether_it_does(store: Store) -> None:
    store.ping()
