"""Setting Guildway up, starting it on one machine, and living through a cohort for a first look."""
