"""Where people of a Canadian list live, and which clock is theirs there."""

from collections.abc import Mapping

REGIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "AB": ("America/Edmonton", ("alberta",)),
    "BC": ("America/Vancouver", ("british columbia", "colombie britannique", "cb")),
    "MB": ("America/Winnipeg", ("manitoba",)),
    "NB": ("America/Moncton", ("new brunswick", "nouveau brunswick")),
    "NL": (
        "America/St_Johns",
        ("newfoundland and labrador", "newfoundland", "terre neuve et labrador", "tnl"),
    ),
    "NS": ("America/Halifax", ("nova scotia", "nouvelle ecosse", "ne")),
    "NT": ("America/Yellowknife", ("northwest territories", "territoires du nord ouest", "tno")),
    "NU": ("America/Iqaluit", ("nunavut",)),
    "ON": ("America/Toronto", ("ontario",)),
    "PE": ("America/Halifax", ("prince edward island", "pei", "ile du prince edouard", "ipe")),
    "QC": ("America/Toronto", ("quebec", "pq")),
    "SK": ("America/Regina", ("saskatchewan",)),
    "YT": ("America/Whitehorse", ("yukon",)),
}
"""Province or territory -> the clock of most people there, other names (folded)."""

CLOCKS: Mapping[str, tuple[str, ...]] = {
    "America/St_Johns": ("newfoundland", "nst", "ndt", "terre neuve", "hnt"),
    "America/Halifax": ("atlantic", "ast", "adt", "atlantique", "hna"),
    "America/Toronto": ("eastern", "est", "edt", "et", "l est", "de l est", "hne", "hae"),
    "America/Winnipeg": ("central", "cst", "cdt", "ct", "centre", "du centre", "hnc", "hac"),
    "America/Edmonton": ("mountain", "mst", "mdt", "mt", "rocheuses", "des rocheuses", "hnr"),
    "America/Vancouver": ("pacific", "pst", "pdt", "pt", "pacifique", "du pacifique", "hnp"),
    "America/Regina": ("saskatchewan",),
}
"""Clock -> what people call it (folded, without `time` and `heure`)."""

CITIES: Mapping[str, tuple[str, ...]] = {
    "America/St_Johns": ("st johns", "st john s", "corner brook", "gander", "mount pearl"),
    "America/Goose_Bay": ("happy valley goose bay", "goose bay"),
    "America/Halifax": ("halifax", "dartmouth", "sydney", "truro", "wolfville", "charlottetown"),
    "America/Moncton": ("moncton", "fredericton", "saint john", "bathurst", "edmundston"),
    "America/Toronto": (
        *("toronto", "ottawa", "montreal", "quebec", "quebec city", "ville de quebec", "laval"),
        *("gatineau", "sherbrooke", "trois rivieres", "saguenay", "levis", "longueuil", "rimouski"),
        *("hamilton", "london", "kingston", "windsor", "guelph", "waterloo", "kitchener"),
        *("mississauga", "brampton", "markham", "oshawa", "barrie", "sudbury", "greater sudbury"),
        *("peterborough", "st catharines", "sault ste marie", "north bay", "rouyn noranda"),
        *("thunder bay", "drummondville", "chicoutimi"),
    ),
    "America/Iqaluit": ("iqaluit",),
    "America/Winnipeg": ("winnipeg", "brandon", "thompson", "steinbach", "kenora"),
    "America/Rankin_Inlet": ("rankin inlet",),
    "America/Regina": ("regina", "saskatoon", "moose jaw", "prince albert", "swift current"),
    "America/Edmonton": (
        *("calgary", "edmonton", "red deer", "lethbridge", "medicine hat", "fort mcmurray"),
        *("grande prairie", "banff"),
    ),
    "America/Yellowknife": ("yellowknife", "inuvik"),
    "America/Vancouver": (
        *("vancouver", "victoria", "burnaby", "surrey", "richmond", "kelowna", "kamloops"),
        *("nanaimo", "prince george", "abbotsford"),
    ),
    "America/Dawson_Creek": ("dawson creek", "fort st john"),
    "America/Whitehorse": ("whitehorse",),
}
"""Clock -> cities that have it (folded)."""
