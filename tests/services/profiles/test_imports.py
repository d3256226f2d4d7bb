"""Members' lists over HTTP: read, mapped, checked, confirmed, applied."""

import io
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from chassis.errors import StoreUnavailable
from services.profiles import api, bulks, cells, imports, intake
from tests.services.profiles.conftest import World, a_cohort

HEAD = "First name,Last name,E-mail,Role,Time zone,Topics\n"
GOOD = (
    "Amara,Nwosu,amara@example.org,mentee,America/Regina,Strategic thinking; Team building\n"
    "Ruth,Okafor,RUTH@example.org,mentor,Atlantic,Leadership styles\n"
)
FAULTY = "Nobody,,not an address,boss,Mars,Gossip\nShort,Row\n"


def uploaded(world: World, text: str | bytes, **more: Any) -> Any:
    data = text if isinstance(text, bytes) else text.encode()
    return world.ask(
        "POST",
        f"/cohorts/{world.cohort['id']}/imports",
        actor=more.pop("actor", world.coordinator),
        data=data,
        content_type="text/csv",
        headers={"X-File-Name": "members.csv", **more},
    )


def checked(world: World, text: str | bytes, **defaults: Any) -> dict[str, Any]:
    made = uploaded(world, text)
    assert made.status_code == 201, made.json
    body = {**made.json["guess"], "defaults": defaults}
    mapped = world.put(f"/imports/{made.json['id']}/mapping", body, actor=world.coordinator)
    assert mapped.status_code == 200, mapped.json
    world.town.pump()
    return shown(world, made.json["id"])


def shown(world: World, id: str) -> dict[str, Any]:
    found: dict[str, Any] = world.get(f"/imports/{id}", actor=world.coordinator).json
    return found


def confirm(world: World, id: str, **body: Any) -> Any:
    return world.post(f"/imports/{id}/confirmation", body, actor=world.coordinator)


def taken(world: World, text: str | bytes, **body: Any) -> dict[str, Any]:
    found = checked(world, text)
    assert found["state"] == "checked"
    assert confirm(world, found["id"], **body).status_code == 202
    world.town.pump()
    return shown(world, found["id"])


def rows(world: World, id: str, kind: str, query: str = "") -> list[dict[str, Any]]:
    answer = world.get(f"/imports/{id}/rows?kind={kind}{query}", actor=world.coordinator)
    found: list[dict[str, Any]] = answer.json["items"]
    return found


def members(world: World) -> list[str]:
    found = world.records.members.each(world.association["id"], {})
    return sorted(member.address for member in found if member.id != world.coordinator.id)


def test_a_list_is_read_with_a_good_guess(world: World) -> None:
    made = uploaded(world, HEAD + GOOD).json
    assert (made["state"], made["rows"], made["encoding"], made["separator"]) == (
        "mapping",
        2,
        "UTF-8",
        ",",
    )
    assert made["headers"][0] == "First name"
    assert made["guess"]["address"] == "E-mail"
    assert made["guess"]["employer"] is None
    assert made["sample"][0][0] == "Amara"
    assert made["file_name"] == "members.csv"


def test_a_form_with_a_file_is_read_as_well(world: World) -> None:
    file = {"file": (io.BytesIO((HEAD + GOOD).encode()), "list.csv")}
    made = world.ask(
        "POST", f"/cohorts/{world.cohort['id']}/imports", actor=world.coordinator, data=file
    )
    assert (made.status_code, made.json["file_name"], made.json["rows"]) == (201, "list.csv", 2)


def test_good_rows_are_shown_beside_every_fault_before_anybody_is_a_member(world: World) -> None:
    found = checked(world, HEAD + GOOD + FAULTY)
    assert (found["state"], found["good"], found["faulty"]) == ("checked", 2, 2)
    broken, ragged = rows(world, found["id"], "faulty")
    assert broken["row"] == 4
    assert {(f["column"], f["code"]) for f in broken["faults"]} == {
        ("Last name", "required"),
        ("E-mail", "not-an-address"),
        ("Role", "unknown-role"),
        ("Time zone", "unknown-zone"),
        ("Topics", "unknown-topic"),
    }
    assert [f["code"] for f in ragged["faults"]] == ["too-few-cells"]
    good = rows(world, found["id"], "good")
    assert good[1]["member"]["address"] == "ruth@example.org"
    assert good[1]["member"]["zone"] == "America/Halifax"
    assert good[1]["role"] == "mentor"
    assert good[0]["values"]["E-mail"] == "amara@example.org"
    assert members(world) == []
    assert not world.town.events("application-received")


def test_after_the_confirmation_every_good_row_is_taken(world: World) -> None:
    done = taken(world, HEAD + GOOD + FAULTY)
    assert (done["state"], done["total"], done["done"]) == ("done", 2, 2)
    assert members(world) == ["amara@example.org", "ruth@example.org"]
    told = world.town.events("application-received")
    assert {(e["role"], e["state"]) for e in told} == {("mentee", "applied"), ("mentor", "applied")}
    mentee = next(e for e in told if e["role"] == "mentee")
    assert mentee["topics"] == [
        {"id": "strategic-thinking", "strength": 3},
        {"id": "team-building", "strength": 2},
    ]
    assert world.town.events("import-moved")[-1]["state"] == "done"
    assert not world.town.events("mail-asked")


def test_invitations_are_sent_by_choice_once_a_person(world: World) -> None:
    text = HEAD + "Ada,Roy,ada@example.org,both,UTC,\n"
    taken(world, text, invite=True, words="Come in!")
    (mail,) = world.town.events("mail-asked")
    assert (mail["kind"], mail["words"]) == ("invitation", "Come in!")
    assert {e["role"] for e in world.town.events("application-received")} == {"mentor", "mentee"}


def test_the_same_file_twice_changes_nothing(world: World) -> None:
    taken(world, HEAD + GOOD)
    before = len(
        world.town.events("application-received", "profile-updated", "participant-changed")
    )
    again = checked(world, HEAD + GOOD)
    assert (again["good"], again["skipped"]) == (0, 2)
    assert [r["row"] for r in rows(world, again["id"], "repeat")] == [2, 3]
    refused = confirm(world, again["id"])
    assert (refused.status_code, refused.json["code"]) == (409, "nothing-to-take")
    world.town.pump()
    assert len(members(world)) == 2
    after = world.town.events("application-received", "profile-updated", "participant-changed")
    assert len(after) == before


def test_two_imports_of_one_file_at_once_take_everybody_once(world: World) -> None:
    first, second = checked(world, HEAD + GOOD), checked(world, HEAD + GOOD)
    assert (second["good"], second["skipped"]) == (2, 0)
    confirm(world, first["id"])
    world.town.clock.at = world.town.clock.at.replace(second=1)
    confirm(world, second["id"])
    world.town.pump()
    assert len(members(world)) == 2
    assert len(world.town.events("application-received")) == 2
    late = shown(world, second["id"])
    assert (late["state"], late["refused"]) == ("done", 2)
    assert rows(world, second["id"], "refused")[0]["faults"][0]["code"] == "applied-already"


def test_who_is_a_member_already_gets_the_application_only(world: World) -> None:
    amara = world.member("amara@example.org", given_name="Amarachi")
    taken(world, HEAD + GOOD)
    assert members(world) == ["amara@example.org", "ruth@example.org"]
    mine = world.get("/applications?mine=1", actor=amara).json["items"]
    assert [a["state"] for a in mine] == ["applied"]
    assert mine[0]["member"]["given_name"] == "Amarachi"


def test_what_a_member_said_stays_and_what_the_list_says_otherwise_is_named(
    world: World,
) -> None:
    world.member("amara@example.org", city="Regina")
    found = checked(world, HEAD + GOOD.replace("Amara,", "Amarah,"))
    amara, ruth = rows(world, found["id"], "good")
    assert (amara["differs"], ruth["differs"]) == (["First name"], [])
    confirm(world, found["id"])
    world.town.pump()
    (member,) = world.records.members.find(
        world.association["id"], {"address": "amara@example.org"}
    )
    assert (member.given_name, member.city) == ("Amara", "Regina")


def test_a_list_that_comes_again_with_other_data_says_what_differs(world: World) -> None:
    taken(world, HEAD + GOOD)
    again = checked(world, HEAD + GOOD.replace("Atlantic", "Eastern"))
    assert (again["good"], again["skipped"]) == (0, 2)
    assert [row["differs"] for row in rows(world, again["id"], "repeat")] == [[], ["Time zone"]]


def test_a_page_far_down_is_read_without_the_ones_before(world: World) -> None:
    text = "".join(f"P{n},X,p{n}@example.org,mentee,,\n" for n in range(2_600))
    found = checked(world, HEAD + text)
    with patch.object(bulks, "get_page", wraps=bulks.get_page) as read:
        last = rows(world, found["id"], "good", "&after=2590")
    assert [row["row"] for row in last] == list(range(2_591, 2_602))
    assert read.call_count <= 3


def test_one_person_may_stand_in_both_roles_but_not_twice_in_one(world: World) -> None:
    text = (
        HEAD
        + "Ada,Roy,ada@example.org,mentor,UTC,\n"
        + "Ada,Roy,Ada@Example.org,mentee,UTC,\n"
        + "Ada,Roy,ada@example.org,mentor,UTC,\n"
        + "Bob,Roy,ada@example.org,mentee,UTC,\n"
    )
    found = checked(world, text)
    assert (found["good"], found["faulty"]) == (2, 2)
    faults = [(r["row"], r["faults"][0]) for r in rows(world, found["id"], "faulty")]
    assert [(row, f["code"], f["values"]["row"]) for row, f in faults] == [
        (4, "named-before", 2),
        (5, "address-of-another", 2),
    ]
    confirm(world, found["id"])
    world.town.pump()
    assert members(world) == ["ada@example.org"]


def test_a_person_who_stands_twice_is_found_over_many_pages(world: World) -> None:
    names = [f"P{n},Roy,p{n}@example.org,mentee,UTC,\n" for n in range(9)]
    with patch.object(bulks, "ROWS_A_PAGE", 2):
        found = checked(world, HEAD + "".join([*names, names[0]]))
    assert (found["good"], found["faulty"]) == (9, 1)
    assert rows(world, found["id"], "faulty")[0]["faults"][0]["values"] == {"row": 2}
    first = world.get(f"/imports/{found['id']}/rows?kind=good&limit=5", actor=world.coordinator)
    beyond = f"&limit=5&after={first.json['next']}"
    second = rows(world, found["id"], "good", beyond)
    assert [r["row"] for r in [*first.json["items"], *second]] == list(range(2, 11))


def test_another_mapping_checks_everything_anew(world: World) -> None:
    found = checked(world, HEAD + GOOD)
    body = {**found["guess"], "topics": None, "defaults": {"language": "fr"}}
    world.put(f"/imports/{found['id']}/mapping", body, actor=world.coordinator)
    world.town.pump()
    again = shown(world, found["id"])
    assert (again["good"], again["faulty"], again["state"]) == (2, 0, "checked")
    assert rows(world, found["id"], "good")[0]["member"]["language"] == "fr"


def test_a_mapping_that_cannot_be_says_everything_that_is_wrong(world: World) -> None:
    made = uploaded(world, HEAD + GOOD).json
    body = {"given_name": "First name", "zone": "Nowhere", "defaults": {"zone": "Mars"}}
    answer = world.put(f"/imports/{made['id']}/mapping", body, actor=world.coordinator)
    assert [f["field"] for f in answer.json["faults"]] == ["defaults.zone"]
    body["defaults"] = {}
    answer = world.put(f"/imports/{made['id']}/mapping", body, actor=world.coordinator)
    assert {(f["field"], f["code"]) for f in answer.json["faults"]} == {
        ("zone", "unknown-header"),
        ("address", "required"),
        ("family_name", "required"),
        ("role", "required"),
    }


def test_nothing_is_confirmed_before_it_is_checked_or_twice(world: World) -> None:
    made = uploaded(world, HEAD + GOOD).json
    assert confirm(world, made["id"]).json["code"] == "import-is-not-checked"
    done = taken(world, HEAD + GOOD)
    assert confirm(world, done["id"]).json["code"] == "import-is-confirmed"
    body = {**done["guess"], "defaults": {}}
    late = world.put(f"/imports/{done['id']}/mapping", body, actor=world.coordinator)
    assert (late.status_code, late.json["code"]) == (409, "import-is-confirmed")


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1252", "Windows-1252"), ("utf-16", "UTF-16"), ("utf-8-sig", "UTF-8")],
)
def test_lists_of_other_encodings_are_taken(world: World, encoding: str, name: str) -> None:
    text = HEAD.replace(",", ";") + "Hélène;Côté;helene@example.org;mentee;Québec;Écoute\n"
    found = checked(world, text.encode(encoding))
    assert (found["encoding"], found["good"]) == (name, 1)
    assert rows(world, found["id"], "good")[0]["member"]["family_name"] == "Côté"


@pytest.mark.parametrize(
    ("data", "field", "code"),
    [
        (b"", "file", "no-rows"),
        (HEAD.encode(), "file", "no-rows"),
        (b"Name:Mail\nA:b\n", "file", "no-separator"),
        (HEAD.encode() + b'"Amara,Nwosu\n' * 3, "line 2", "misplaced-quote"),
        (HEAD.encode() + b'Amara,"Nwosu\n', "line 2", "unclosed-quote"),
        (HEAD.encode() + b"\x81\x8d,x,y,z,a,b\n", "line 2", "cannot-be-decoded"),
    ],
    ids=["empty", "header only", "one column", "quote inside", "open quote", "no encoding"],
)
def test_what_is_no_list_is_refused_and_leaves_nothing(
    world: World, data: bytes, field: str, code: str
) -> None:
    answer = uploaded(world, data)
    assert (answer.status_code, answer.json["faults"]) == (422, [{"field": field, "code": code}])
    assert (
        world.get(f"/cohorts/{world.cohort['id']}/imports", actor=world.coordinator).json["items"]
        == []
    )
    assert not world.running.store.find("pages", None, {})


def test_a_list_that_breaks_off_far_down_leaves_nothing(world: World) -> None:
    with patch.object(bulks, "ROWS_A_PAGE", 2):
        answer = uploaded(world, HEAD + GOOD * 5 + 'x,"y\n')
    assert answer.json["faults"] == [{"field": "line 12", "code": "unclosed-quote"}]
    assert not world.running.store.find("pages", None, {})


@pytest.mark.parametrize("told", [True, False], ids=["length told", "length not told"])
def test_a_list_that_is_too_large_is_refused_with_the_limit(world: World, told: bool) -> None:
    with ExitStack() as stack:
        for module in (api, imports):
            stack.enter_context(patch.object(module, "LARGEST_FILE", 1 << 20))
        data = (HEAD + GOOD * 12_000).encode()
        more: dict[str, Any] = {}
        if not told:
            more = {"environ_overrides": {"wsgi.input_terminated": True}}
        answer = world.ask(
            "POST",
            f"/cohorts/{world.cohort['id']}/imports",
            actor=world.coordinator,
            input_stream=io.BytesIO(data),
            content_type="text/csv",
            headers={"Content-Length": str(len(data))} if told else {},
            **more,
        )
    assert (answer.status_code, answer.json["code"]) == (413, "file-is-too-large")
    assert answer.json["values"] == {"megabytes": 1}


def test_formulas_stay_text_inside_and_are_defused_on_the_way_out(world: World) -> None:
    text = HEAD + '"=1+1",Roy,ada@example.org,mentee,UTC,\n@x,+y,-z,mentee,UTC,\n'
    found = checked(world, text)
    assert rows(world, found["id"], "good")[0]["member"]["given_name"] == "=1+1"
    answer = world.get(f"/imports/{found['id']}/faulty-rows.csv", actor=world.coordinator)
    assert answer.mimetype == "text/csv"
    head, row = answer.get_data(as_text=True).splitlines()
    assert head == "\ufeffFirst name,Last name,E-mail,Role,Time zone,Topics,Row,Why"
    assert row.startswith("'@x,'+y,'-z,mentee,UTC,,3,")
    assert row.endswith("E-mail: is not an e-mail address")


def test_faults_are_told_in_the_language_of_who_downloads_them(world: World) -> None:
    found = checked(world, HEAD + FAULTY)
    world.patch("/members/me", {"language": "fr"}, actor=world.coordinator)
    answer = world.get(f"/imports/{found['id']}/faulty-rows.csv", actor=world.coordinator)
    assert "Pourquoi" in answer.get_data(as_text=True)
    assert "Last name: manque" in answer.get_data(as_text=True)


def test_what_a_list_holds_is_sealed_in_the_store(world: World) -> None:
    checked(world, HEAD + GOOD)
    for name in ("pages", "import_persons"):
        stored = str(world.running.store.find(name, None, {}))
        assert stored != "[]"
        assert "amara" not in stored.lower()


@contextmanager
def dying(world: World, *, after: int) -> Iterator[None]:
    """The worker dies once it has written so many times."""
    store, left = world.records.members._store, iter(range(after - 1))

    def deadly(write: Callable[..., None]) -> Callable[..., None]:
        def written(*args: Any, **more: Any) -> None:
            write(*args, **more)
            if next(left, None) is None:
                raise KeyboardInterrupt

        return written

    with ExitStack() as patches:
        for name in ("save", "save_many"):
            patches.enter_context(patch.object(store, name, deadly(getattr(store, name))))
        yield


def test_an_import_survives_a_worker_that_is_killed_anywhere(world: World) -> None:
    names = [f"P{n},Roy,p{n}@example.org,mentee,UTC,\n" for n in range(10)]
    with patch.object(bulks, "ROWS_A_PAGE", 4):
        found = checked(world, HEAD + "".join(names))
    confirm(world, found["id"], invite=True)
    # Each life of the worker ends behind one of its writes; the next one begins the page again.
    for writes in (1, 1, 2, 1):
        with dying(world, after=writes), pytest.raises(KeyboardInterrupt):
            world.town.pump()
    assert 0 < len(members(world)) < 10
    world.town.pump()
    done = shown(world, found["id"])
    assert (done["state"], done["done"], done["refused"]) == ("done", 10, 0)
    assert len(members(world)) == 10
    assert len(world.town.events("application-received")) == 10
    assert len(world.town.events("mail-asked")) == 10


def test_a_store_that_is_away_is_no_fault_of_a_row(world: World) -> None:
    found = checked(world, HEAD + GOOD)
    confirm(world, found["id"])

    def away(*_: Any, **__: Any) -> None:
        raise StoreUnavailable

    with patch.object(world.records.members, "add_many", away), pytest.raises(StoreUnavailable):
        world.town.pump()
    world.town.pump()
    assert (shown(world, found["id"])["refused"], len(members(world))) == (0, 2)


def seeing_nobody(*, looks: int) -> Callable[..., Any]:
    """A look at members that sees nobody so many times."""
    look, left = intake.members_by_address, iter(range(looks))
    return lambda *asked: look(*asked) if next(left, None) is None else {}


def test_a_row_whose_address_was_given_up_in_between_is_refused(world: World) -> None:
    found = checked(world, HEAD + GOOD)
    world.member("amara@example.org")
    confirm(world, found["id"])
    with patch.object(intake, "members_by_address", seeing_nobody(looks=2)):
        world.town.pump()
    assert shown(world, found["id"])["state"] == "done"
    codes = {
        fault["code"] for row in rows(world, found["id"], "refused") for fault in row["faults"]
    }
    assert codes == {"not-found"}


def test_who_becomes_a_member_while_a_list_is_taken_in_stays_one_member(world: World) -> None:
    found = checked(world, HEAD + GOOD)
    amara = world.member("amara@example.org")
    confirm(world, found["id"])
    # The worker looked before the member was there, and loses the race for the address.
    with patch.object(intake, "members_by_address", seeing_nobody(looks=1)):
        world.town.pump()
    assert members(world) == ["amara@example.org", "ruth@example.org"]
    assert len(world.get("/applications?mine=1", actor=amara).json["items"]) == 1


def test_decisions_wait_for_an_import_that_was_confirmed_before(world: World) -> None:
    found = checked(world, HEAD + GOOD)
    confirm(world, found["id"])
    amara = world.member("x@example.org")
    id = world.applied(amara)["id"]
    world.town.clock.at = world.town.clock.at.replace(minute=30)
    body = {"cohort_id": world.cohort["id"], "application_ids": [id], "decision": "accepted"}
    made = world.post("/decisions", body, actor=world.coordinator).json
    from services.profiles import decisions

    decisions.move_on(world.records, world.association["id"], made["id"], world.town.clock.now())
    assert world.application(id)["state"] == "applied"
    world.town.pump()
    assert world.application(id)["state"] == "accepted"


def test_nobody_else_sees_or_brings_in_lists(world: World) -> None:
    found = checked(world, HEAD + GOOD)
    other = world.member("other@example.org", roles=["participant", "coordinator"])
    world.town.clock.at = world.town.clock.at.replace(month=8)
    for path in (
        f"/imports/{found['id']}",
        f"/imports/{found['id']}/rows",
        f"/imports/{found['id']}/faulty-rows.csv",
        f"/cohorts/{world.cohort['id']}/imports",
    ):
        assert world.get(path, actor=other).status_code == 404, path
    assert uploaded(world, HEAD + GOOD, actor=other).status_code == 404
    assert world.post(f"/imports/{found['id']}/confirmation", {}, actor=other).status_code == 404


def test_an_import_goes_to_its_own_cohort(world: World) -> None:
    taken(world, HEAD + GOOD)
    second = world.post("/cohorts", a_cohort(world.program["id"]), actor=world.coordinator).json
    world.cohort = second
    again = taken(world, HEAD + GOOD)
    assert (again["good"], again["refused"]) == (2, 0)
    assert len(members(world)) == 2


def test_a_row_that_cannot_be_told_of_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = cells.read_week

    def read_zeroes(text: str) -> Any:
        return [replace(week, weekday=9) for week in read(text)]

    monkeypatch.setattr(cells, "window_faults", lambda windows: [])
    monkeypatch.setattr(cells, "read_week", lambda t: read_zeroes(t) if "Sun" in t else read(t))
    head = HEAD.replace("\n", ",Availability\n")
    text = GOOD.replace("building\n", "building,Mon 9-12\n").replace(
        "styles\n", "styles,Sun 9-12\n"
    )
    done = taken(world, head + text)
    assert (done["state"], done["refused"]) == ("done", 1)
    (row,) = rows(world, done["id"], "refused")
    assert [fault["code"] for fault in row["faults"]] == ["invalid"]
    world.town.pump()
    assert [e["role"] for e in world.town.events("application-received")] == ["mentee"]


def test_nobody_has_more_times_than_a_week_holds(world: World) -> None:
    times = "; ".join(
        f"Mon {h}:{m:02d}-{h}:{m + 4:02d}" for h in range(8, 20) for m in range(0, 50, 5)
    )
    head = HEAD.replace("\n", ",Availability\n")
    found = checked(world, head + f"A,B,a@example.org,mentee,,,{times}\n")
    (row,) = rows(world, found["id"], "faulty")
    assert [fault["code"] for fault in row["faults"]] == ["too-many"]


def test_memory_does_not_grow_with_the_list(world: World) -> None:
    def peak(count: int) -> int:
        lines = (f"P{n},Roy,p{n}@x{count}.org,mentee,UTC,\n" for n in range(count))
        data = (HEAD + "".join(lines)).encode()
        tracemalloc.start()
        assert uploaded(world, data).status_code == 201
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most - len(data)

    peak(10)
    small, large = peak(1_000), peak(8_000)
    assert large < small + (1 << 20)
