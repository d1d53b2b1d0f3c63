"""The safety screen: two nets that fail independently read every message before anything else is decided."""

from legwork.nlu.safety.component import SafetyScreen, status

__all__ = ["SafetyScreen", "status"]
