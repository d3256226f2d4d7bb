"""Questions: what matches, in order, page by page; and none that no index serves."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.repository import each_document
from chassis.store import EVERYWHERE, After, Collection, In, Index, Range, Store
from chassis.store.served import refuse_unserved
from tests.chassis.store.conftest import HERE, THERE, a_lamp, ids

WATTS = [None, 5, 5, 3, 12, None, 5, 40, 3, 7.5]


@pytest.fixture
def lit(store: Store) -> Store:
    """Ten lamps of one room with these watts, one of another room, one of another association."""
    for n, watts in enumerate(WATTS):
        lamp = a_lamp(f"{n}", room="hall", watts=watts, is_lit=n % 2 == 0)
        store.save("lamps", lamp, replaces=0)
    store.save("lamps", a_lamp("a", room="attic", watts=1, is_lit=True), replaces=0)
    store.save("lamps", a_lamp("b", room="hall", watts=2, association_id=THERE), replaces=0)
    store.save("lamps", a_lamp("c"), replaces=0)
    return store


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"room": "hall", "watts": 5}, "126"),
        ({"room": "hall", "watts": None}, "05"),
        ({"room": "hall", "watts": In(values=[3, 12])}, "348"),
        ({"room": "hall", "watts": In(values=[3, None])}, "0358"),
        ({"room": "hall", "watts": In(values=[])}, ""),
        ({"room": In(values=["attic", "hall"]), "watts": In(values=[1, 40])}, "7a"),
        ({"is_lit": True}, "02468a"),
        ({"is_lit": False}, "13579"),
        ({"is_lit": None}, "c"),
        ({}, "0123456789ac"),
        ({"_id": "3"}, "3"),
        ({"_id": In(values=["3", "b", "x", "1"])}, "13"),
        ({"room": "cellar", "watts": 1}, ""),
        ({"room": "hall' OR 1=1 --", "watts": 1}, ""),
    ],
)
def test_what_is_equal_is_found(lit: Store, where: dict[str, Any], expected: str) -> None:
    assert ids(lit.find("lamps", HERE, where)) == list(expected)
    assert lit.count("lamps", HERE, where) == len(expected)


@pytest.mark.parametrize(
    ("range", "expected"),
    [
        (Range(at_least=5), "126947"),
        (Range(above=5), "947"),
        (Range(at_most=5), "38126"),
        (Range(below=5), "38"),
        (Range(at_least=5, below=12), "1269"),
        (Range(above=100), ""),
        (Range(), "38126947"),
    ],
)
def test_a_range_never_holds_null(lit: Store, range: Range, expected: str) -> None:
    where = {"room": "hall", "watts": range}
    assert ids(lit.find("lamps", HERE, where, sort="watts")) == list(expected)
    assert lit.count("lamps", HERE, where) == len(expected)


def test_null_and_missing_are_the_same(store: Store) -> None:
    store.save("lamps", a_lamp("null", room="hall", watts=None), replaces=0)
    store.save("lamps", a_lamp("missing", room="hall"), replaces=0)
    where = {"room": "hall", "watts": None}
    assert ids(store.find("lamps", HERE, where)) == ["missing", "null"]


def test_fields_inside_are_asked_by_their_dotted_name(store: Store) -> None:
    for id, maker in (("1", {"name": "Zoë"}), ("2", {"name": "x"}), ("3", None), ("4", {})):
        store.save("lamps", a_lamp(id, maker=maker, place=f"p{id}"), replaces=0)
    assert ids(store.find("lamps", HERE, {"maker.name": "Zoë"}, sort="place")) == ["1"]
    assert ids(store.find("lamps", HERE, {"maker.name": None}, sort="place")) == ["3", "4"]


@pytest.mark.parametrize(("descending", "order"), [(False, "0538126947"), (True, "7496218350")])
def test_a_list_is_sorted_by_value_null_first_then_by_id(
    lit: Store, descending: bool, order: str
) -> None:
    found = lit.find("lamps", HERE, {"room": "hall"}, sort="watts", descending=descending)
    assert ids(found) == list(order)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_put_together_are_the_list(lit: Store, limit: int, descending: bool) -> None:
    found: list[str] = []
    after: After | None = None
    while page := lit.find(
        "lamps",
        HERE,
        {"room": "hall"},
        sort="watts",
        descending=descending,
        limit=limit,
        after=after,
    ):
        assert len(page) <= limit
        found += ids(page)
        after = After(value=page[-1]["watts"], id=page[-1]["_id"])
    assert found == list("7496218350" if descending else "0538126947")


@pytest.mark.parametrize("descending", [False, True])
def test_pages_by_id_put_together_are_the_list(lit: Store, descending: bool) -> None:
    found: list[str] = []
    after: After | None = None
    while page := lit.find("lamps", HERE, {}, descending=descending, limit=5, after=after):
        found += ids(page)
        after = After(value=page[-1]["_id"], id=page[-1]["_id"])
    assert found == sorted("0123456789ac", reverse=descending)


def test_a_page_goes_on_though_the_one_it_ended_with_is_gone(lit: Store) -> None:
    lit.delete("lamps", HERE, "1")
    after = After(value=5, id="1")
    page = lit.find("lamps", HERE, {"room": "hall"}, sort="watts", limit=2, after=after)
    assert ids(page) == ["2", "6"]


def test_a_range_and_a_page_go_together(lit: Store) -> None:
    where = {"room": "hall", "watts": Range(at_least=5)}
    page = lit.find("lamps", HERE, where, sort="watts", limit=3, after=After(value=5, id="2"))
    assert ids(page) == ["6", "9", "4"]


def test_a_limit_of_nothing_gives_nothing(lit: Store) -> None:
    assert lit.find("lamps", HERE, {}, limit=0) == []


def test_walks_of_the_chassis_see_all_associations(lit: Store) -> None:
    found = lit.find("lamps", EVERYWHERE, {"watts": Range(at_most=2)}, sort="watts")
    assert ids(found) == ["a", "b"]
    assert lit.count("lamps", EVERYWHERE, {"watts": 2}) == 1


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=3)),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=3),
)
def test_text_is_compared_by_code_points(words: list[str], limit: str) -> None:
    """What a store finds is what Python would: checked against SQLite, whose order MongoDB has too
    (both compare UTF-8 bytes).
    """
    import tempfile

    from chassis.store import open_store

    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:{folder}", name="lamps")
        store.prepare([Collection(name="lamps", indexes=(Index(fields=("word",)),))])
        store.save_many("lamps", [a_lamp(f"{n:03d}", word=w) for n, w in enumerate(words)])
        found = store.find("lamps", HERE, {"word": Range(at_least=limit)}, sort="word", limit=1000)
        store.close()
    assert [lamp["word"] for lamp in found] == sorted(w for w in words if w >= limit)


@pytest.mark.parametrize(
    ("association_id", "where", "sort"),
    [
        (HERE, {"colour": "red"}, "_id"),
        (HERE, {"room": "hall"}, "_id"),
        (HERE, {"room": "hall"}, "place"),
        (HERE, {"watts": 5}, "_id"),
        (HERE, {"room": Range(at_least="a")}, "watts"),
        (HERE, {}, "watts"),
        (HERE, {"_id": "1", "room": "hall"}, "_id"),
        (HERE, {"room": "hall", "watts": 5, "is_lit": True}, "_id"),
        (EVERYWHERE, {"room": "hall"}, "watts"),
        (HERE, {"is_lit": Range(at_least=False)}, "_id"),
    ],
)
def test_a_question_without_an_index_is_refused(
    store: Store, association_id: str | None, where: dict[str, Any], sort: str
) -> None:
    with pytest.raises(LookupError, match="no index"):
        store.find("lamps", association_id, where, sort=sort)


def test_a_count_needs_no_order() -> None:
    lamps = Collection(name="lamps", indexes=(Index(fields=("room", "watts")),))
    refuse_unserved(lamps, HERE, {"room": "hall"}, sort=None)
    with pytest.raises(LookupError):
        refuse_unserved(lamps, HERE, {"watts": 5}, sort=None)


def test_a_walk_over_everything_sees_each_once_in_order(store: Store) -> None:
    lamps = [a_lamp(f"{n:04d}", room="hall", watts=n // 3 if n % 5 else None) for n in range(1200)]
    for start in range(0, 1200, 400):
        store.save_many("lamps", lamps[start : start + 400])
    walked = list(each_document(store, "lamps", HERE, {"room": "hall"}, sort="watts"))
    assert ids(walked[:240]) == [lamp["_id"] for lamp in lamps if lamp["watts"] is None]
    assert walked[240:] == [lamp for lamp in lamps if lamp["watts"] is not None]
    assert ids(list(each_document(store, "lamps", HERE, {}))) == [f"{n:04d}" for n in range(1200)]


def test_a_walk_may_be_sorted_by_what_is_inside_or_missing(store: Store) -> None:
    lamps = [a_lamp(f"{n:04d}", room="hall") for n in range(600)]
    makers = [a_lamp(f"m{n:04d}", maker={"name": "x"}, place=f"{n:04d}") for n in range(600)]
    for some in (lamps[:500], lamps[500:], makers[:500], makers[500:]):
        store.save_many("lamps", some)
    assert list(each_document(store, "lamps", HERE, {"room": "hall"}, sort="watts")) == lamps
    found = each_document(store, "lamps", HERE, {"maker.name": "x"}, sort="place")
    assert list(found) == makers
