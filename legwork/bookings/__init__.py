"""Booking: times as people say them, the practice's diary, and what is stored of an appointment. No Rasa, no Sanic."""
