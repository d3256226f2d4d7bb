"""Mentees, mentors and criteria to test with: built one by one, or drawn at random."""

from typing import Any

from hypothesis import strategies as st

from services.matching.candidate import Candidate


def a_mentee(id: str = "amara", **attributes: Any) -> Candidate:
    told = {
        "topics": [{"id": "budgets", "strength": 3}, {"id": "teams", "strength": 1}],
        "languages": ["en", "fr"],
        "hours": [30, 31, 32, 33, 34],
        "ways": ["video"],
        "region": "Halifax",
        "employer": "City Library",
        "field": "academic",
        "seniority": 3,
        "wishes": ["worked abroad"],
    }
    return _candidate(id, told | attributes)


def a_mentor(id: str = "ruth", **attributes: Any) -> Candidate:
    told = {
        "topics": [{"id": "budgets", "strength": 3}, {"id": "teams", "strength": 3}],
        "languages": ["en"],
        "hours": [30, 31, 32, 33],
        "ways": ["video", "phone"],
        "region": "Halifax",
        "employer": "Harbour University",
        "field": "academic",
        "seniority": 6,
        "wishes": ["worked abroad"],
    }
    return _candidate(id, told | attributes)


def _candidate(id: str, attributes: dict[str, Any]) -> Candidate:
    member_id = attributes.pop("member_id", f"member-{id}")
    return Candidate(id=id, member_id=member_id, attributes=attributes)


MEMBERS = [f"member-{n}" for n in range(8)]
REGIONS = ["east", "west", "north"]
WAYS = ["in_person", "video", "phone"]


def attributes() -> st.SearchStrategy[dict[str, Any]]:
    """Attributes of somebody, any of which may be missing."""
    topic = st.fixed_dictionaries({"id": st.sampled_from("abcdef"), "strength": st.integers(1, 3)})
    few = st.sampled_from([*REGIONS, "", None])
    return st.fixed_dictionaries(
        {},
        optional={
            "topics": st.lists(topic, max_size=5),
            "languages": st.lists(st.sampled_from(["en", "fr", "cr", "de"]), max_size=3),
            "ways": st.lists(st.sampled_from(WAYS), max_size=3, unique=True),
            "wishes": st.lists(st.sampled_from("uvwxyz"), max_size=4, unique=True),
            "hours": st.lists(st.integers(0, 12), max_size=6, unique=True),
            "region": few,
            "employer": few,
            "field": few,
            "seniority": st.one_of(st.none(), st.integers(0, 10)),
            "excluded_member_ids": st.lists(st.sampled_from(MEMBERS), max_size=2),
            "previous_partner_ids": st.lists(st.sampled_from(MEMBERS), max_size=2),
        },
    )


@st.composite
def people(draw: st.DrawFn, most: int = 6) -> list[Candidate]:
    """Nobody, one or several; two of them may be the same member."""
    return [
        Candidate(id=str(n), member_id=draw(st.sampled_from(MEMBERS)), attributes=each)
        for n, each in enumerate(draw(st.lists(attributes(), max_size=most)))
    ]


points = st.integers(-300, 900)
points_or_null = st.one_of(st.none(), points)


def _ladder(least: int, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    starts = st.lists(st.integers(least, 10), min_size=1, max_size=4, unique=True)
    return starts.flatmap(
        lambda found: st.tuples(*(st.tuples(st.just(n), values) for n in sorted(found))).map(
            lambda steps: [list(step) for step in steps]
        )
    )


def _shape(
    kind: str, columns: list[Any], needed: dict[str, Any], optional: dict[str, Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(columns).flatmap(
        lambda column: st.fixed_dictionaries(
            {
                "kind": st.just(kind),
                "mentee": st.just(column),
                "mentor": st.just(column),
                **needed,
            },
            optional=optional,
        )
    )


LISTS = ["topics", "languages", "ways", "wishes", "hours"]
STAND_INS = {"empty": points_or_null, "unknown": points_or_null}
UNKNOWN = {"unknown": points_or_null}
LEVEL = st.integers(1, 3)
CRITERION = st.one_of(
    _shape(
        "overlap",
        LISTS,
        {"points": st.integers(0, 900)},
        {
            "of": st.one_of(st.just("wanted"), st.integers(1, 6)),
            "need": st.integers(0, 3),
            "max_level": LEVEL,
            **STAND_INS,
        },
    ),
    _shape(
        "overlap",
        LISTS,
        {"steps": _ladder(1, points)},
        {"nothing": points_or_null, "max_level": LEVEL, **STAND_INS},
    ),
    _shape(
        "overlap",
        LISTS,
        {
            "best": st.lists(st.integers(0, 900), min_size=1, max_size=3).map(
                lambda each: sorted(each, reverse=True)
            )
        },
        {"nothing": st.one_of(st.none(), st.integers(-200, 0)), **STAND_INS},
    ),
    _shape(
        "overlap",
        ["ways"],
        {
            "best": st.fixed_dictionaries(
                {"in_person": st.integers(0, 900)}, optional={"video": st.integers(0, 900)}
            ),
        },
        {
            "only_same": st.just({"in_person": "region"}),
            "nothing": st.one_of(st.none(), st.integers(-200, 0)),
            **STAND_INS,
        },
    ),
    _shape(
        "table",
        ["region", "employer", "member_id"],
        {"same": points_or_null},
        {"other": points_or_null, **UNKNOWN},
    ),
    _shape(
        "table",
        [["employer", "field", "region"]],
        {"same": st.lists(points_or_null, min_size=3, max_size=3)},
        {"other": points_or_null, **UNKNOWN},
    ),
    _shape(
        "table",
        ["seniority"],
        {"gap": _ladder(-4, points_or_null)},
        {"below": points_or_null, **UNKNOWN},
    ),
    _shape(
        "table",
        ["seniority"],
        {"distance": _ladder(0, points_or_null)},
        {"below": points_or_null, **UNKNOWN},
    ),
    _shape(
        "table",
        ["region", "seniority"],
        {
            "values": st.dictionaries(
                st.sampled_from([*REGIONS, "3", "4"]),
                st.dictionaries(
                    st.sampled_from([*REGIONS, "5", "6"]), points_or_null, min_size=1, max_size=2
                ),
                min_size=1,
                max_size=3,
            )
        },
        {"default": points_or_null, **UNKNOWN},
    ),
    _shape(
        "pairs",
        ["excluded_member_ids", "previous_partner_ids"],
        {"points": st.one_of(st.none(), st.lists(points, min_size=1, max_size=3))},
        {},
    ),
)


def definitions(most: int = 5) -> st.SearchStrategy[dict[str, Any]]:
    """Sound definitions of criteria, of every kind and shape."""
    return st.lists(CRITERION, min_size=1, max_size=most).map(
        lambda found: {
            "minimum": 500,
            "criteria": [{"id": str(n), **each} for n, each in enumerate(found)],
        }
    )
