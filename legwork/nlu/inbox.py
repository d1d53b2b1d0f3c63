"""What arrives in a real inbox beside questions: automatic replies, tapbacks, a lone emoji, other languages."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_AWAY = (
    r"(?:driving|out of (?:the |my )?office|away(?: from my (?:desk|phone|computer))?|on (?:vacation|holiday|leave|pto|a plane|a flight)"
    r"|in a meeting|traveling|unavailable|not available|off(?: duty| work| shift)?)"
)
_LATER = r"(?:will|'ll|get back|return|reply|respond|until|limited access|notifications|focus|when i)"
_AUTOMATIC = re.compile(
    r"^\W*(?:auto(?=:)|auto[- ]?(?:reply|respon(?:se|der)|matic(?:ally generated)? (?:reply|response|message)|mated (?:reply|response|message))|out of (?:the )?office)\b"
    rf"|\bi(?:'?m| am)(?: currently| presently| now)? {_AWAY}\b.*\b{_LATER}\b"
    r"|\bthis is an? (?:automat(?:ic|ed)|auto)[- ]?(?:reply|response|message)\b|\b(?:do not disturb|focus) (?:while driving|turned on|is on)\b"
    r"|\b(?:mailbox|inbox|number|line|account) is (?:not|un|no longer) ?(?:being )?monitored\b|\bdo not reply to this (?:message|text|email)\b"
    r"|\bthank(?:s| you) for (?:your (?:message|text|email|e-mail|call)|contacting|reaching out|getting in touch|messaging|texting)\b.*"
    r"\b(?:will|'ll) (?:get back|respond|reply|return|be (?:in touch|back|with you))\b"
    r"|\b(?:message|delivery) (?:has failed|could ?n[o']t be delivered|delay(?:ed)?)\b|\bundeliver(?:ed|able)\b"
    r"|\b(?:verification|security|login|one-time|access) (?:code|passcode|pin)\b.{0,15}\d{4,}"
    r"|^\W*(?:sorry,? )?(?:i )?can'?t (?:talk|answer|text)(?: right)? now[.!\s]*(?:(?:can i call you later|what'?s up|(?:i'll |i will )?(?:call|text) (?:you )?(?:later|back)).*)?$",
    re.IGNORECASE | re.DOTALL,
)
_TAPBACK = re.compile(
    r"^\s*(?:liked|loved|laughed at|emphasi[sz]ed|disliked|questioned|reacted \S+ to|removed an? \w+ from)\s+[\"“”'‘’«].*|^\s*(?:liked|loved) an (?:image|attachment)\s*$",
    re.IGNORECASE | re.DOTALL,
)
# Words that stand in almost every Spanish or Portuguese sentence and in no English one.
_SPANISH = re.compile(
    r"[¿¡ñ]|\b(?:hola|buenos|buenas|gracias|por favor|quiero|quisiera|necesito|tiene|tienen|puedo|puede|cuanto|cuánto|cuesta|cómo|donde|dónde|"
    r"cita|duele|duelen|dolor|pierna|pantorrilla|rodilla|espalda|masaje|masajes|hablan|hablas|habla|español|espanol|mañana|está|estoy|usted|ustedes|para|cuando|cuándo|una|los|las|el|mi|del)\b",
    re.IGNORECASE,
)
_PORTUGUESE = re.compile(
    r"[ãõ]|\b(?:olá|oi|bom dia|boa|obrigad[oa]|por favor|quero|queria|preciso|tem|vocês|você|voce|posso|quanto|custa|onde|marcar|consulta|dói|doi|dor|"
    r"perna|panturrilha|joelho|costas|massagem|fala|falas|falam|português|portugues|amanhã|estou|minha|meu|não|nao|são|uma|os|para|quando|da)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(?:the|is|are|do|does|you|your|my|i|a|an|and|or|to|for|of|in|on|it|how|what|when|can|have|with|at|am|was|this|that|me|we)\b",
    re.IGNORECASE,
)
_NODS = re.compile(
    r"(?:\W*\b(?:s[ií]|sim|no|não|nao|ok|okay|vale|claro|bueno|bien|bem|gracias|muchas|obrigad[oa]|por favor|perfecto|perfeito|de nada|hola|oi|mañana|amanhã|hoy|hoje)\b)+\W*"
    r"|(?:[^\s@]+@[^\s@]+|[\d\s().+-]{7,})",
    re.IGNORECASE,
)
"""Words that say nothing of the language by themselves, or little, and a way to reach who wrote it before."""

_SPEAKS = re.compile(
    r"\W*(?:(?:hi|hey|hello|hola|ol[áa]|oi|sorry|excuse me|perd[oó]n|disculpe|desculpe)\W+)*"
    r"(?:(?:and|y|e|do|does|can|could|is|are|there|any(?:one|body)|some(?:one|body)|who|that|you|u|she|jessica|we|i|this|(?:the )?(?:bot|chat)|please|just|also|speaks?|talk|chat|write"
    r"|understands?|in|habla[ns]?|alguien|usted(?:es)?|se|puede|hablar|escribir|en|fala[ms]?|algu[eé]m|voc[eê]s?|pode|falar|em)\W+)*"
    r"(?:spanish|espa[nñ]ol|portuguese|portugu[eéê]s)"
    r"(?:\W+(?:here|there|too|please|por favor|aqu[ií]|aqui|(?:or|o|ou) (?:just |only |solo |s[oó] )?(?:english|ingl[eé]s|ingl[eê]s)(?: only)?))*\W*",
    re.IGNORECASE,
)
"""Asks whether a language is understood here, in whichever."""

FOREIGN_WORDS = 2


@lru_cache(maxsize=16)  # the safety screen asks, and the last component again
def read(text: str) -> str | None:
    """`automatic`, `tapback`, `empty` (no letter and no digit), `spanish`, `portuguese`, `foreign`, or None for a message."""
    if _TAPBACK.match(text):
        return "tapback"
    if _AUTOMATIC.search(text.replace("’", "'")):
        return "automatic"
    if not any(c.isalnum() for c in text):
        return "empty"
    return _language(text)


def goes_on(text: str, language: str | None) -> str | None:
    """The language of the message before, where this one is a word or two that could go on in it ("si", "gracias", a number)."""
    return language if _NODS.fullmatch(text) else None


def asks_language(text: str) -> bool:
    """Whether a text asks if Spanish or Portuguese is understood here, in whichever language."""
    return bool(_SPEAKS.fullmatch(text))


def _language(text: str) -> str | None:
    english = len(_ENGLISH.findall(text))
    spanish, portuguese = len(_SPANISH.findall(text)), len(_PORTUGUESE.findall(text))
    if max(spanish, portuguese) >= FOREIGN_WORDS and max(spanish, portuguese) > english:
        return "spanish" if spanish >= portuguese else "portuguese"
    if text.isascii():
        return None
    letters = [c for c in text if c.isalpha()]
    latin = sum("LATIN" in unicodedata.name(c, "") for c in letters)
    return "foreign" if letters and latin < len(letters) / 2 else None
