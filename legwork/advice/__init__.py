"""What hurts and what a client told about it → the session to suggest, with its reasons. Pure: no Rasa, no Sanic.

- model.py      what goes in and what comes out
- rules.py      the practice's rules, as tables
- decide.py     the tables applied: `recommend`
- questions.py  what is still worth asking: `next_question`
- wording.py    a recommendation as sentences: `say`
"""

from __future__ import annotations

from legwork.advice.decide import recommend, wear
from legwork.advice.model import AREAS, SESSIONS, Circumstances, Part, Reason, Recommendation, Wishes
from legwork.advice.questions import next_question
from legwork.advice.wording import say

__all__ = [
    "AREAS",
    "SESSIONS",
    "Circumstances",
    "Part",
    "Reason",
    "Recommendation",
    "Wishes",
    "next_question",
    "recommend",
    "say",
    "wear",
]
