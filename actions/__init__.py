"""Thin custom actions: read slots, call legwork/, set slots, name a response."""
