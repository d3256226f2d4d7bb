"""The rules of scheduling: meetings, their logs, subscribed calendars."""
