"""The members' list of the demo: 150 invented people of an invented association, from a fixed seed.

`python -m deploy.demo.make_list` writes `members.csv` anew, always the same. Like a real list it is
in two languages, and four of its rows cannot be taken: the import shows why.
"""

import csv
import io
import random
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from faker import Faker

from services.profiles.content import TOPICS

SEED = 20_260_501
PEOPLE = 150
MENTORS, BOTH = 62, 4
LIST = Path(__file__).with_name("members.csv")
HEADERS = (
    *("First name", "Last name", "E-mail", "Role", "Language", "City", "Province", "Employer"),
    *("Sector", "Career stage", "Languages spoken", "Ways to meet", "Topics", "Availability"),
    *("Number of mentees", "Stream", "What I hope for", "What I offer"),
)
PLACES: Sequence[tuple[int, str, str, float]] = (
    (7, "St. John's", "NL", 0.0),
    (2, "Corner Brook", "NL", 0.0),
    (8, "Halifax", "NS", 0.05),
    (6, "Moncton", "NB", 0.5),
    (3, "Charlottetown", "PE", 0.1),
    (20, "Montréal", "QC", 0.85),
    (9, "Québec", "QC", 0.97),
    (5, "Gatineau", "QC", 0.8),
    (18, "Toronto", "ON", 0.05),
    (15, "Ottawa", "ON", 0.35),
    (5, "Sudbury", "ON", 0.3),
    (9, "Winnipeg", "MB", 0.1),
    (6, "Saskatoon", "SK", 0.0),
    (4, "Regina", "SK", 0.0),
    (9, "Calgary", "AB", 0.03),
    (8, "Edmonton", "AB", 0.08),
    (2, "Yellowknife", "NT", 0.1),
    (14, "Vancouver", "BC", 0.04),
    (7, "Victoria", "BC", 0.03),
    (2, "Whitehorse", "YT", 0.1),
)
"""How many of a hundred or so, where, and the share of them who write French."""
EMPLOYERS = (
    *("Northlight Surveys", "Boréal Géomatique", "Tidewater Charts", "Ville de Grand-Portage"),
    *("Province of Keewatin Lands", "Aurora Remote Sensing", "Université des Deux-Rives"),
    *("Shield & Prairie Mapping", "Harbour Hydrographic", "Trillium Land Registry"),
    *("Arpenteurs du Fleuve", "Cordillera GIS", "Lakehead College", "Self-employed"),
)
SECTORS = ("Cartography", "Surveying", "Remote sensing", "Hydrography", "Land records")
STREAMS = ("Technical path", "Leading people")
DAYS = (
    ("Mon", "lundi"),
    ("Tue", "mardi"),
    ("Wed", "mercredi"),
    ("Thu", "jeudi"),
    ("Fri", "vendredi"),
)
HOURS = ("08:00-10:00", "12:00-14:00", "12:00-13:00", "16:00-18:30", "18:00-21:00", "09:00-12:00")
HOPES = (
    ("To find out whether leading a team is for me.", "Savoir si diriger une équipe est pour moi."),
    ("To move from the field to the office well.", "Réussir mon passage du terrain au bureau."),
    ("A second pair of eyes on my plans.", "Un autre regard sur mes projets."),
    ("To speak up in rooms where I am the youngest.", "Prendre la parole parmi mes aînés."),
    ("To prepare for my licence.", "Préparer mon permis d'exercice."),
    ("To come back after two years away.", "Revenir au métier après deux ans d'absence."),
)
OFFERS = (
    ("Twenty years of projects, with their mistakes.", "Vingt ans de projets, erreurs comprises."),
    ("I chaired our standards committee.", "J'ai présidé notre comité de normes."),
    ("I built a team from three to thirty.", "J'ai fait passer une équipe de trois à trente."),
    ("Doors in government and in industry.", "Des contacts au public comme au privé."),
    ("Patience, and honest answers.", "De la patience et des réponses franches."),
)
FAULTY: Sequence[dict[str, str]] = (
    {"E-mail": "not an address"},
    {"Role": "observer"},
    {"Languages spoken": "English, Elvish"},
    {"Last name": "", "E-mail": ""},
)
"""What is wrong with the rows that cannot be taken."""
Row = dict[str, str]
T = TypeVar("T")


class Maker:
    """Invents people, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        """Names by Faker, everything else by one stream of chances."""
        self.chance = random.Random(seed)  # noqa: S311 (nothing is secret here)
        self.names = {name: Faker(name) for name in ("en_CA", "fr_CA", "en_IN", "nl_NL", "pl_PL")}
        for faker in self.names.values():
            faker.seed_instance(seed)
        self._addresses: set[str] = set()

    def person(self, role: str) -> Row:
        """One row of the list."""
        _, city, province, french = self.chance.choices(PLACES, [place[0] for place in PLACES])[0]
        in_french = int(self.chance.random() < french)
        given, family = self._name(in_french)
        mentor = role != "mentee"
        row = dict.fromkeys(HEADERS, "")
        row |= {
            "First name": given,
            "Last name": family,
            "E-mail": self._address(given, family),
            "Role": self._role(role, in_french),
            "Language": ("English", "Français")[in_french],
            "City": city,
            "Province": province,
            "Employer": self.chance.choice(EMPLOYERS),
            "Sector": self.chance.choice(SECTORS),
            "Career stage": str(self.chance.randint(5, 9) if mentor else self.chance.randint(1, 5)),
            "Languages spoken": self._languages(in_french),
            "Ways to meet": self._ways(in_french),
            "Topics": self._topics(in_french),
            "Availability": self._availability(in_french),
            "Stream": self.chance.choice(STREAMS),
        }
        if mentor:
            row["Number of mentees"] = self.chance.choices("123", (50, 35, 15))[0]
            row["What I offer"] = self.chance.choice(OFFERS)[in_french]
        if role != "mentor":
            row["What I hope for"] = self.chance.choice(HOPES)[in_french]
        return row

    def _name(self, in_french: int) -> tuple[str, str]:
        elsewhere = self.chance.random() < 0.3
        locale = ("en_CA", "fr_CA")[in_french]
        if elsewhere:
            locale = self.chance.choice(("en_IN", "nl_NL", "pl_PL", "fr_CA", "en_CA"))
        faker = self.names[locale]
        return faker.first_name(), faker.last_name()

    def _address(self, given: str, family: str) -> str:
        plain = unicodedata.normalize("NFKD", f"{given}.{family}".lower())
        kept = "".join(c for c in plain if c.isascii() and (c.isalnum() or c in ".-"))
        address, n = f"{kept}@example.org", 2
        while address in self._addresses:
            address, n = f"{kept}{n}@example.org", n + 1
        self._addresses.add(address)
        return address

    def _role(self, role: str, in_french: int) -> str:
        names = {"mentor": ("Mentor", "Mentor"), "mentee": ("Mentee", "Mentoré")}
        return {**names, "both": ("Both", "Les deux")}[role][in_french]

    def _languages(self, in_french: int) -> str:
        own, other = (("English", "French"), ("français", "anglais"))[in_french]
        return f"{own}; {other}" if self.chance.random() < (0.25, 0.7)[in_french] else own

    def _ways(self, in_french: int) -> str:
        video, phone, person = (
            ("Video", "Phone", "In person"),
            ("Visio", "Téléphone", "En personne"),
        )[in_french]
        return "; ".join(self.chance.choice(((video,), (video, phone), (video, phone, person))))

    def _topics(self, in_french: int) -> str:
        chosen = self._some(list(TOPICS), 5)
        return "; ".join(TOPICS[id][1 + in_french] for id in chosen)

    def _availability(self, in_french: int) -> str:
        days = sorted(self._some(range(5), 3))
        return "; ".join(f"{DAYS[day][in_french]} {self.chance.choice(HOURS)}" for day in days)

    def _some(self, things: Sequence[T], many: int) -> list[T]:
        # What comes first in the list is asked for more often, as it is in life.
        weights = [1 / (n + 4) for n in range(len(things))]
        chosen: dict[int, None] = {}
        while len(chosen) < many:
            chosen[self.chance.choices(range(len(things)), weights)[0]] = None
        return [things[n] for n in chosen]


def make_list(seed: int = SEED) -> str:
    """The whole file."""
    maker = Maker(seed)
    roles = ["mentor"] * MENTORS + ["both"] * BOTH + ["mentee"] * (PEOPLE - MENTORS - BOTH)
    maker.chance.shuffle(roles)
    rows = [maker.person(role) for role in roles]
    for n, fault in enumerate(FAULTY):
        rows.insert(17 + 31 * n, {**maker.person("mentee"), **fault})
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADERS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    LIST.write_text(make_list(), encoding="utf-8", newline="")
    sys.stdout.write(f"{LIST}\n")
