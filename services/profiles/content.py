"""What an association starts with: discussion topics, ways, wishes, motives, and the texts of an
agreement in both languages.

What a screen shows stands in the client's catalogs under the same ids.
"""

from collections.abc import Mapping

from contracts.shapes import LANGUAGES, WAYS
from contracts.topics import TOPICS

MOTIVES = ("give_back", "network", "raise_profile", "learn", "other")
WISHES = (
    "outside_my_chapter",
    "outside_my_field",
    "clear_structure",
    "easy_going",
    "short_and_often",
    "long_and_seldom",
)
"""Wishes for the other one; two who share one fit better."""

AGREEMENT: Mapping[str, Mapping[str, str]] = {
    "expectations": {
        "en": (
            "Each of us says what we hope for and what we can give. We look at it again "
            "after the third meeting."
        ),
        "fr": (
            "Chacun de nous dit ce qu'il espère et ce qu'il peut offrir. Nous y revenons "
            "après la troisième rencontre."
        ),
    },
    "learning_goals": {
        "en": (
            "The mentee names one to three goals and writes them down. We talk about "
            "progress at every meeting."
        ),
        "fr": (
            "La personne mentorée choisit un à trois objectifs et les met par écrit. Nous "
            "parlons des progrès à chaque rencontre."
        ),
    },
    "frequency": {
        "en": (
            "We meet about once a month, for forty-five minutes to an hour. Whoever "
            "cannot come says so early, and we find another time at once."
        ),
        "fr": (
            "Nous nous rencontrons environ une fois par mois, de quarante-cinq minutes à "
            "une heure. En cas d'empêchement, on prévient tôt et nous fixons tout de "
            "suite un autre moment."
        ),
    },
    "communication": {
        "en": ("Between meetings we write when something cannot wait, and answer within a week."),
        "fr": (
            "Entre les rencontres, nous nous écrivons quand une question ne peut "
            "attendre, et nous répondons en moins d'une semaine."
        ),
    },
    "boundaries": {
        "en": (
            "The mentor gives experience and questions, not orders, references on demand "
            "or a job. Either of us may say: not this topic."
        ),
        "fr": (
            "Le mentor offre son expérience et ses questions, pas des consignes, ni des "
            "références sur commande, ni un emploi. Chacun peut dire : pas ce sujet."
        ),
    },
    "confidentiality": {
        "en": (
            "What we say stays between us. The association sees that we met, never what was said."
        ),
        "fr": (
            "Ce que nous disons reste entre nous. L'association voit que nous nous sommes "
            "rencontrés, jamais ce qui s'est dit."
        ),
    },
    "feedback": {
        "en": (
            "We tell each other what helps and what does not: soon, kindly, and about "
            "things that can be changed."
        ),
        "fr": (
            "Nous nous disons ce qui aide et ce qui n'aide pas : sans tarder, avec "
            "bienveillance, et sur ce qui peut changer."
        ),
    },
    "manager": {
        "en": (
            "The mentee decides whether their manager knows of the mentoring. If so, the "
            "manager hears of progress only, and only from the mentee."
        ),
        "fr": (
            "La personne mentorée décide si sa ou son gestionnaire est au courant du "
            "mentorat. Le cas échéant, seuls les progrès sont communiqués, et par elle "
            "seule."
        ),
    },
    "challenges": {
        "en": (
            "If something is in the way, we name it at the next meeting. If we cannot "
            "solve it, either of us may ask the coordinator for help."
        ),
        "fr": (
            "Si quelque chose nous freine, nous en parlons à la rencontre suivante. Si "
            "nous ne trouvons pas de solution, chacun peut demander l'aide de la "
            "coordination."
        ),
    },
    "term": {
        "en": (
            "We work together until the end of the cohort. Before that we decide together "
            "whether we go on."
        ),
        "fr": (
            "Nous travaillons ensemble jusqu'à la fin de la cohorte. Avant cela, nous "
            "décidons ensemble si nous poursuivons."
        ),
    },
    "ending": {
        "en": (
            "Either of us may end this at any time, without giving a reason, and nobody "
            "is at fault."
        ),
        "fr": (
            "Chacun de nous peut y mettre fin à tout moment, sans donner de raison, et "
            "sans que personne soit en faute."
        ),
    },
}
"""Section of the agreement -> its text by language."""

SECTIONS = tuple(AGREEMENT)
PRESETS = ("balanced", "skills_first", "near_home")
"""Names of criteria that matching knows."""


FAULTS: Mapping[str, tuple[str, str]] = {
    "required": ("is missing", "manque"),
    "too-many-cells": ("the row has too many cells", "la ligne a trop de cellules"),
    "too-few-cells": ("the row has too few cells", "la ligne a trop peu de cellules"),
    "not-an-address": ("is not an e-mail address", "n'est pas une adresse courriel"),
    "unknown-role": ("is neither mentor nor mentee", "n'est ni mentor ni personne mentorée"),
    "unknown-language": ("is not a language we know", "n'est pas une langue connue"),
    "unknown-zone": ("is not a time zone we know", "n'est pas un fuseau horaire connu"),
    "unknown-way": ("is not a way to meet we know", "n'est pas un mode de rencontre connu"),
    "unknown-topic": ("is not a topic of the list", "n'est pas un sujet de la liste"),
    "unknown-times": ("cannot be read as times", "ne se lit pas comme des heures"),
    "unknown-stream": ("is not a stream of the program", "n'est pas un volet du programme"),
    "not-a-number-between": ("is not a number in range", "n'est pas un nombre permis"),
    "too-many": ("names too many", "en nomme trop"),
    "too-long": ("is too long", "est trop long"),
    "control-characters": ("holds unreadable characters", "contient des caractères illisibles"),
    "named-before": ("is in the list twice", "figure deux fois dans la liste"),
    "address-of-another": (
        "is the address of another person in the list",
        "est l'adresse d'une autre personne de la liste",
    ),
}
"""Why a row cannot be taken, in words: for the file of faulty rows, which people open elsewhere."""


def agreement_texts(language: str) -> dict[str, str]:
    """The texts that a cohort's agreement starts with."""
    return {section: texts[language] for section, texts in AGREEMENT.items()}


__all__ = [
    "AGREEMENT",
    "FAULTS",
    "LANGUAGES",
    "MOTIVES",
    "PRESETS",
    "SECTIONS",
    "TOPICS",
    "WAYS",
    "WISHES",
    "agreement_texts",
]
