"""What an association starts with: discussion topics, ways, wishes, motives, and the texts of an
agreement in both languages.

Topics have names here only so that a members' list may name them; what a screen shows stands in the
client's catalogs under the same ids.
"""

from collections.abc import Mapping

from contracts.shapes import LANGUAGES, WAYS

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

CAREER, PERSONAL = "career-and-leadership", "personal-leadership"

TOPICS: Mapping[str, tuple[str, str, str]] = {
    "professional-development": (
        CAREER,
        "Professional development",
        "Perfectionnement professionnel",
    ),
    "education": (CAREER, "Education", "Formation"),
    "clarifying-goals": (CAREER, "Clarifying goals", "Clarifier ses objectifs"),
    "shadowing": (CAREER, "Shadowing", "Jumelage en milieu de travail"),
    "mentoring-process": (CAREER, "The mentoring process", "La démarche de mentorat"),
    "building-skills": (CAREER, "Building skills", "Développer ses compétences"),
    "team-building": (CAREER, "Team building", "Consolidation d'équipe"),
    "confidence-in-own-skills": (
        CAREER,
        "Confidence in own skills",
        "Confiance en ses compétences",
    ),
    "worth-as-a-leader": (CAREER, "Worth as a leader", "Sa valeur comme leader"),
    "the-profession": (CAREER, "The profession itself", "La profession elle-même"),
    "leadership-styles": (CAREER, "Leadership styles", "Styles de leadership"),
    "committees": (CAREER, "Committees and chairing them", "Siéger à un comité et le présider"),
    "involvement-in-the-profession": (
        CAREER,
        "Involvement in the profession",
        "Engagement dans la profession",
    ),
    "taking-risks": (CAREER, "Taking risks", "Prendre des risques"),
    "own-philosophy": (CAREER, "Own philosophy, examined", "Examiner sa propre philosophie"),
    "questioning-certainties": (CAREER, "Questioning certainties", "Remettre en question"),
    "specific-challenge": (
        CAREER,
        "Leading through a specific challenge",
        "Diriger face à un défi précis",
    ),
    "experience-outside": (
        CAREER,
        "Experience outside the profession",
        "Expérience hors de la profession",
    ),
    "recognition-and-image": (
        CAREER,
        "Personal recognition and professional image",
        "Reconnaissance et image professionnelle",
    ),
    "career-planning": (CAREER, "Career planning", "Planification de carrière"),
    "organisational-politics": (
        CAREER,
        "Organisational issues and politics",
        "Enjeux et politique de l'organisation",
    ),
    "responsibilities": (
        CAREER,
        "Occupational and professional responsibilities",
        "Responsabilités professionnelles",
    ),
    "strategic-thinking": (CAREER, "Strategic thinking", "Pensée stratégique"),
    "ethics": (CAREER, "Ethical decisions and conduct", "Décisions et conduite éthiques"),
    "new-or-difficult-situations": (
        CAREER,
        "New or difficult situations",
        "Situations nouvelles ou difficiles",
    ),
    "beliefs-and-feelings": (PERSONAL, "Beliefs and feelings", "Convictions et émotions"),
    "balance": (PERSONAL, "Balance and equilibrium", "Équilibre"),
    "firm-yet-fair": (PERSONAL, "Firm yet fair", "Fermeté et équité"),
    "showing-vulnerability": (PERSONAL, "Showing vulnerability", "Montrer sa vulnérabilité"),
    "job-and-personal-time": (PERSONAL, "Job and personal time", "Travail et temps personnel"),
    "energy": (PERSONAL, "Energy", "Énergie"),
    "self-image": (PERSONAL, "Self-image", "Image de soi"),
    "own-traits": (PERSONAL, "Own traits", "Traits personnels"),
    "assertiveness": (
        PERSONAL,
        "Graciousness, assertiveness, self-confidence",
        "Bienveillance, affirmation et confiance en soi",
    ),
    "attitude": (PERSONAL, "Attitude", "Attitude"),
    "optimism": (PERSONAL, "Optimism and openness", "Optimisme et ouverture"),
    "listening": (PERSONAL, "Listening", "Écoute"),
    "health-work-family": (PERSONAL, "Health, work and family", "Santé, travail et famille"),
}
"""Id -> group, English name, French name."""

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
