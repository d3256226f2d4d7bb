"""The numbers and places that the gateway lives by."""

from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "web" / "dist"
"""What Vite builds: `.vite/manifest.json`, `assets/`, `routes.json` and files of the root."""
ROUTES = ROOT / "web" / "src" / "routes.json"
"""The table of the client's routes where nothing is built yet."""

SERVICES = ("profiles", "matching", "scheduling", "feedback")
HIDDEN = ("health", "metrics", "openapi.json")
"""What every service answers without a token; nothing for the outside."""

SESSION_COOKIE = "guildway"
SESSION_DAYS = 30
SESSION_STEP = timedelta(days=1)
"""A session in use is lengthened at most this often."""

SIGN_IN_MINUTES = 15
NEW_ADDRESS_HOURS = 24
"""So long the link in the mail to a new address proves it."""
KEPT_AFTER_END = timedelta(days=90)
"""So long a link that has expired is still told from one that never was."""

ADDRESS_TRIES = 5
"""Sign-in links an hour for one address, asked for by one peer."""
ADDRESS_MAILS = 20
"""Links an hour for one address from everywhere: whoever asks for another person's does not use
hers up, and nobody's mailbox is flooded.
"""
PEER_TRIES = 300
"""Sign-in links an hour for one peer: an office behind one address signs in on one morning."""
SETUP_TRIES = 20
TRIES_WINDOW = timedelta(hours=1)

MAIL_AGE = timedelta(days=3)
"""No mail is made from an older event: a new or reset group does not mail months of history."""
MAIL_PAUSE = timedelta(minutes=1)
MAIL_LONGEST_PAUSE = timedelta(hours=6)
MAIL_TRIES = 13
"""With these pauses the last try is a day after the first."""
MAIL_CLAIM = timedelta(minutes=5)
"""Whoever sends a mail has it in hand so long; then another process may try."""
MAIL_SHORTEST_WAIT = timedelta(seconds=2)
NAMES_PATIENCE = timedelta(minutes=10)
"""So long a mail waits for names that are on their way; then it does without."""
DECISION_PAUSE = timedelta(seconds=10)
"""Mails about decisions wait until the time to undo them is over (the toast shows 8 s)."""
AGREEMENT_PAUSE = timedelta(minutes=2)
"""Several changes of an agreement, and the signature that follows, are one mail."""
OFFER_PAUSE = timedelta(minutes=1)
"""Times that are taken back, and others offered at once, are one mail."""
INVITATION_DAYS = 7
"""So long the link of an invitation signs in."""
LOG_DAYS = 30
"""So long after a meeting a link says whether it took place."""
CHECK_IN_DAYS = 21
"""So long after it fell due a check-in is answered by a link (as feedback takes answers)."""
SHOWN_MAILS = 200

DRAW_TURN_SECONDS = 0.3
"""So long a page waits for its turn to be drawn: for about a hundred others."""
DRAW_SECONDS = 1.0
"""So long it waits until it is."""
DRAW_START_SECONDS = 3.0
"""The first one waits for Node to start as well."""
DRAW_PAUSE_SECONDS = 10.0
"""So long pages go undrawn after Node has failed."""

CONNECT_SECONDS = 1.0
READ_SECONDS = 30.0
BOOT_SECONDS = 3.0
LARGEST_UPLOAD = (50 << 20) + (1 << 16)
"""A members' list and the form around it (profiles says the limit in words)."""

QUEUE_LIMIT = 200
"""A socket with so many messages that it has not taken is cut; it catches up when it is back."""
HELLO_SECONDS = 10.0
"""A socket is open so long without saying whose it is."""
LOOK_AFTER_SECONDS = 5.0
CHECK_SESSIONS_SECONDS = 30.0
