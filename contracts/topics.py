"""What mentees and mentors talk about: the ids that applications and meeting logs carry, each with
its group and its name in both languages.

A screen has the names in its own catalogs, under the same ids; here they are for what leaves the
product or comes into it: members' lists, tables, letters.
"""

from collections.abc import Mapping

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


def topic_name(id: str, language: str) -> str:
    """The name of a topic; what somebody wrote in their own words is its own name."""
    if id not in TOPICS:
        return id
    _, english, french = TOPICS[id]
    return french if language == "fr" else english
