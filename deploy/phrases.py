"""What the people of the demo write, in English and French: goals, agendas, notes, kind words."""

from collections.abc import Mapping, Sequence

Phrases = Mapping[str, Sequence[str]]

GOALS: Phrases = {
    "en": (
        "Lead my first project from tender to handover",
        "Decide whether I want a team of my own",
        "Give a talk at the spring conference",
        "Sit the licensing exam in autumn",
        "Say no without feeling bad about it",
        "Have three people outside my office whom I can call",
        "Present our data strategy to the board",
    ),
    "fr": (
        "Mener mon premier projet de l’appel d’offres à la remise",
        "Décider si je veux diriger une équipe",
        "Donner une conférence au congrès du printemps",
        "Passer l’examen de permis à l’automne",
        "Savoir dire non sans me sentir coupable",
        "Avoir trois personnes à appeler hors de mon bureau",
        "Présenter notre stratégie de données au conseil",
    ),
}
PLANS: Phrases = {
    "en": (
        "Shadow one handover, then do the next one myself.",
        "Ask four people how they began; write down what I envy.",
        "Outline by the end of the month, dry run with my mentor.",
        "Two evenings a week, and one mock exam.",
    ),
    "fr": (
        "Observer une remise, puis faire la suivante moi-même.",
        "Demander à quatre personnes comment elles ont commencé.",
        "Un plan d’ici la fin du mois, puis une répétition ensemble.",
        "Deux soirs par semaine, et un examen blanc.",
    ),
}
AGENDAS: Phrases = {
    "en": (
        "What I did since last time",
        "How to tell my manager",
        "Feedback on my outline",
        "A hard conversation I have to have",
        "Who else I should talk to",
    ),
    "fr": (
        "Ce que j’ai fait depuis la dernière fois",
        "Comment en parler à ma gestionnaire",
        "Commentaires sur mon plan",
        "Une conversation difficile à avoir",
        "À qui d’autre parler",
    ),
}
NOTES: Phrases = {
    "en": (
        "We went through the outline. The start is too long; the map says more than the text.",
        "Talked about the move to the office. Less clear than I thought, which helps.",
        "Practised the conversation twice. Second time I did not apologise.",
        "Looked at the calendar: two things can go.",
    ),
    "fr": (
        "Nous avons revu le plan. Le début est trop long; la carte en dit plus que le texte.",
        "Parlé du passage au bureau. Moins clair que je pensais, et cela aide.",
        "Répété la conversation deux fois. La seconde fois, sans m’excuser.",
        "Regardé le calendrier\u00a0: deux choses peuvent attendre.",
    ),
}
FOLLOW_UPS: Phrases = {
    "en": (
        "Send the second outline",
        "Call Claire about the committee",
        "Keep Friday mornings free",
        "Ask for the figures of last year",
        "Read the chapter on tenders",
        "Write down three things that went well",
    ),
    "fr": (
        "Envoyer le deuxième plan",
        "Appeler Claire au sujet du comité",
        "Libérer le vendredi matin",
        "Demander les chiffres de l’an dernier",
        "Lire le chapitre sur les appels d’offres",
        "Noter trois choses qui ont bien marché",
    ),
}
DECLINED: Phrases = {
    "en": ("I have too little time this term.", "We know each other from work."),
    "fr": ("J’ai trop peu de temps cette session.", "Nous nous connaissons du travail."),
}
FAREWELLS: Phrases = {
    "en": ("Thank you. My work takes all of me just now; it is not you.",),
    "fr": ("Merci. Mon travail me prend tout entier en ce moment; cela ne tient pas à toi.",),
}
HELP: Phrases = {
    "en": ("We cannot find a time that suits both of us.",),
    "fr": ("Nous ne trouvons pas d’heure qui convienne à nous deux.",),
}
