"""The doors: web, Messenger, SMS, and what they share."""
