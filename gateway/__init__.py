"""The one public door: sign-in, mails, live updates, the client, and the way to the services."""
