"""What headers and cells of a members' list mean."""

from typing import Any

import pytest

from services.profiles.columns import FIELDS, Read, Reading, guess, read_row, strengths

HEADERS = list(FIELDS)


def a_row(**cells: str) -> Read:
    texts = {"given_name": "Amara", "family_name": "Nwosu", "address": "a@example.org", **cells}
    reading = Reading(
        headers=HEADERS,
        mapping={name: name for name in FIELDS},
        role=None if "role" in cells else "mentee",
        language="en",
        zone="America/Toronto",
        streams={"leadership": "stream-1"},
    )
    return read_row([texts.get(name, "") for name in FIELDS], reading)


def faults(read: Read) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in read.faults]


def test_headers_are_guessed_in_english_and_french_in_any_order() -> None:
    found = guess(["E-mail address", "Surname", "First Name", "Time zone", "Mentor or mentee"])
    assert found["address"] == "E-mail address"
    assert (found["given_name"], found["family_name"]) == ("First Name", "Surname")
    assert (found["zone"], found["role"]) == ("Time zone", "Mentor or mentee")
    assert found["topics"] is None
    french = guess(["Prénom", "Nom", "Courriel", "Fuseau horaire", "Rôle", "Langue", "Ville"])
    assert french["address"] == "Courriel"
    assert (french["given_name"], french["family_name"]) == ("Prénom", "Nom")
    assert (french["zone"], french["role"], french["city"]) == ("Fuseau horaire", "Rôle", "Ville")
    assert french["language"] == "Langue"


USUAL = {
    "address": ("Email Address", "Work email", "Adresse de messagerie", "Courrier électronique"),
    "given_name": ("First name(s)", "Given names", "Prénom usuel"),
    "family_name": ("Surname", "Family name(s)", "Nom", "Nom de famille"),
    "name": ("Full name", "Member name", "Prénom et nom", "Nom, prénom"),
    "role": ("Mentor/Mentee", "I am applying as a", "Mentor ou mentoré(e)", "Je participe comme"),
    "language": ("Language", "Preferred language", "Langue", "Langue de correspondance"),
    "languages": ("Speaks", "Language(s)", "Languages you speak", "Parle", "Langue(s) parlée(s)"),
    "zone": ("Time Zone (ET, PT…)", "Fuseau horaire"),
    "city": ("Town/City", "Municipality", "Ville de résidence", "Municipalité"),
    "region": ("Province/Territory", "Prov.", "Province ou territoire", "Région"),
    "employer": ("Organization", "Current employer", "Employeur actuel", "Lieu de travail"),
    "field": ("Area of practice", "Specialization", "Domaine d'expertise", "Secteur d'activité"),
    "seniority": ("Career level", "Experience level", "Stade de carrière", "Niveau d'expérience"),
    "ways": ("How would you like to meet?", "Meeting format", "Mode de rencontre"),
    "topics": ("Discussion topics", "Areas of interest", "Champs d'intérêt", "Sujets d'intérêt"),
    "availability": ("When are you free?", "Weekly availability", "Plages horaires"),
    "capacity": ("How many mentees?", "Max. mentees", "Nombre maximal de mentorés"),
    "stream": ("Program stream", "Pathway", "Volet du programme", "Filière"),
    "hopes": ("What do you hope to gain?", "Objectives", "Objectifs", "Ce que vous espérez"),
    "offers": ("What can you offer?", "Ce que je peux offrir"),
}


@pytest.mark.parametrize("name", FIELDS)
def test_headers_of_usual_lists_are_guessed(name: str) -> None:
    for header in USUAL[name]:
        assert {field: found for field, found in guess([header]).items() if found} == {name: header}


def test_the_language_of_mails_is_not_taken_for_those_of_meetings() -> None:
    found = guess(["Langue(s) parlée(s)", "Langue de correspondance"])
    assert found["language"] == "Langue de correspondance"
    assert found["languages"] == "Langue(s) parlée(s)"


def test_a_longer_header_is_guessed_by_how_it_begins() -> None:
    assert guess(["Topics you want to talk about (max 5)"])["topics"]


def test_what_is_not_said_has_a_default() -> None:
    read = a_row()
    assert faults(read) == []
    assert (read.member["zone"], read.member["language"]) == ("America/Toronto", "en")
    assert read.answers["ways"] == ["in_person", "video", "phone"]
    assert (read.answers["capacity"], read.roles) == (1, ["mentee"])


def test_every_fault_of_a_row_is_named_with_its_column() -> None:
    read = a_row(
        address="nobody",
        given_name="",
        role="boss",
        zone="Mars",
        capacity="many",
        topics="Gossip",
        ways="pigeon",
        availability="sometimes",
        language="Klingonese",
        stream="Cooking",
        seniority="99",
        city="x" * 201,
        employer="a\x00b",
    )
    assert sorted(faults(read)) == [
        ("address", "not-an-address"),
        ("availability", "unknown-times"),
        ("capacity", "not-a-number-between"),
        ("city", "too-long"),
        ("employer", "control-characters"),
        ("given_name", "required"),
        ("language", "unknown-language"),
        ("role", "unknown-role"),
        ("seniority", "not-a-number-between"),
        ("stream", "unknown-stream"),
        ("topics", "unknown-topic"),
        ("ways", "unknown-way"),
        ("zone", "unknown-zone"),
    ]


def test_what_cannot_be_seen_or_turns_the_reading_is_no_name() -> None:
    read = a_row(given_name="\u200b", family_name="\u202egnp", employer="a\x7fb")
    assert sorted(faults(read)) == [
        ("employer", "control-characters"),
        ("family_name", "control-characters"),
        ("given_name", "required"),
    ]


@pytest.mark.parametrize(
    ("cells", "expected"), [(["a"], "too-few-cells"), (["a"] * 40, "too-many-cells")]
)
def test_a_ragged_row_is_one_fault(cells: list[str], expected: str) -> None:
    reading = Reading(headers=HEADERS, mapping={}, role="mentee", language="en", zone="UTC")
    assert faults(read_row(cells, reading)) == [("", expected)]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("Mentor", ["mentor"]),
        ("MENTEE", ["mentee"]),
        ("mentoré(e)", ["mentee"]),
        ("Personne mentorée", ["mentee"]),
        ("both", ["mentor", "mentee"]),
        ("Les deux", ["mentor", "mentee"]),
    ],
)
def test_roles_are_read_in_both_languages(text: str, roles: list[str]) -> None:
    assert a_row(role=text).roles == roles


@pytest.mark.parametrize(
    ("cells", "zone"),
    [
        ({"zone": "America/Halifax"}, "America/Halifax"),
        ({"zone": "america/st_johns"}, "America/St_Johns"),
        ({"zone": "Pacific Time"}, "America/Vancouver"),
        ({"zone": "EST"}, "America/Toronto"),
        ({"zone": "Heure des Rocheuses"}, "America/Edmonton"),
        ({"zone": "Heure de l'Est"}, "America/Toronto"),
        ({"zone": "Montréal"}, "America/Toronto"),
        ({"city": "Saskatoon"}, "America/Regina"),
        ({"city": "Gros Morne", "region": "Terre-Neuve-et-Labrador"}, "America/St_Johns"),
        ({"city": "Kelowna, BC"}, "America/Vancouver"),
        ({"city": "Elsewhere"}, "America/Toronto"),
    ],
    ids=str,
)
def test_clocks_are_known_by_their_names_and_by_places(cells: dict[str, str], zone: str) -> None:
    read = a_row(**cells)
    assert (faults(read), read.member["zone"]) == ([], zone)


@pytest.mark.parametrize(
    ("cells", "field", "value"),
    [
        ({"languages": "English; français"}, "languages", ["en", "fr"]),
        ({"languages": "fr/en"}, "languages", ["fr", "en"]),
        ({"languages": "anglais et espagnol"}, "languages", ["en", "es"]),
        ({"ways": "Video, téléphone"}, "ways", ["video", "phone"]),
        ({"ways": "en personne"}, "ways", ["in_person"]),
        ({"seniority": "Directrice"}, "seniority", 8),
        ({"seniority": "3"}, "seniority", 3),
        ({"capacity": "2"}, "capacity", 2),
        ({"region": "Québec"}, "region", "QC"),
        ({"region": "on"}, "region", "ON"),
        ({"stream": "LEADERSHIP"}, "stream_id", "stream-1"),
        ({"employer": "=SUM(A1)"}, "employer", "=SUM(A1)"),
    ],
    ids=str,
)
def test_values_are_read(cells: dict[str, str], field: str, value: Any) -> None:
    read = a_row(**cells)
    assert (faults(read), read.answers[field]) == ([], value)


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Ethical decisions and conduct", ["ethics"]),
        ("ethics, Listening", ["ethics", "listening"]),
        ("Santé, travail et famille", ["health-work-family"]),
        ("Health, work and family; Écoute (3)", ["health-work-family", "listening"]),
    ],
)
def test_topics_are_known_by_id_and_name(text: str, topics: list[str]) -> None:
    read = a_row(topics=text)
    assert (faults(read), [id for id, _ in read.topics]) == ([], topics)


def test_what_a_mentee_names_first_weighs_most() -> None:
    topics = a_row(topics="ethics; listening; energy; balance; attitude: 3").topics
    assert [wish["strength"] for wish in strengths(topics, "mentee")] == [3, 2, 1, 1, 3]
    assert [wish["strength"] for wish in strengths(topics, "mentor")] == [2, 2, 2, 2, 3]


@pytest.mark.parametrize(
    ("text", "names"),
    [("Amara Nwosu", ("Amara", "Nwosu")), ("Nwosu, Amara", ("Amara", "Nwosu"))],
)
def test_one_column_may_hold_the_whole_name(text: str, names: tuple[str, str]) -> None:
    read = a_row(name=text, given_name="", family_name="")
    assert (read.member["given_name"], read.member["family_name"]) == names
    assert faults(a_row(name="Cher", given_name="", family_name="")) == [("given_name", "required")]
