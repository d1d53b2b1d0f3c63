"""Emergencies told in Spanish or Portuguese."""

from __future__ import annotations

import re

import pytest

from legwork.answers import answers
from legwork.channels import segments
from legwork.nlu.safety.languages import others
from legwork.nlu.safety.patterns import language, screen, shipped
from tests.texts import phrasings

TOLD = {
    "spanish": {
        "heart_or_lung": [
            "me duele mucho el pecho y no puedo respirar", "siento una presión fuerte en el pecho", "me falta el aire y estoy sentado",
            "creo que me está dando un infarto", "no tengo fiebre pero me duele el pecho", "mi papá no puede respirar", "ME DUELE EL PECHO",
            "no puedo respirar",
        ],
        "stroke": [
            "se me duerme la cara y no puedo hablar", "de repente no me salen las palabras", "se le cae un lado de la cara",
            "creo que es un derrame cerebral",
        ],
        "allergic_reaction": ["comí maní y se me cierra la garganta"],
        "collapse": ["mi amiga se desmayó y no despierta", "necesito una ambulancia"],
        "self_harm": ["quiero morir", "ya no quiero vivir", "me voy a matar", "pienso en quitarme la vida"],
    },
    "portuguese": {
        "heart_or_lung": [
            "dor forte no peito, nao consigo respirar", "estou com um aperto no peito", "acho que estou tendo um infarto",
            "não consigo respirar direito", "falta de ar desde cedo",
        ],
        "stroke": ["meu rosto ficou dormente e não consigo falar", "acho que é um avc", "minha boca tá torta"],
        "allergic_reaction": ["minha garganta está fechando"],
        "collapse": ["ele desmaiou e não acorda", "chamem uma ambulância"],
        "self_harm": ["me quero matar", "quero morrer", "não quero mais viver", "penso em tirar minha vida"],
    },
}  # fmt: skip

HARMLESS = [
    "me duele la pantorrilla", "quiero una cita", "me duele la espalda después de correr", "no me duele el pecho, solo la espalda",
    "me falta el aire cuando corro cuesta arriba", "se me duerme el pie", "me muero de hambre", "quiero morir de risa",
    "no quiero lastimarme corriendo", "tuve un infarto hace dos años, ¿puedo ir?", "no puedo hablar ahora", "¿cuánto cuesta el masaje?",
    "doi a panturrilha quando corro", "quero marcar uma massagem", "não tenho dor no peito", "cara, minha perna tá dormente",
    "não quero me machucar", "morri de rir", "falta de ar só quando corro na ladeira", "tive um infarto há dois anos",
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoken", "sign", "text"),
    [(spoken, sign, text) for spoken, signs in TOLD.items() for sign, texts in signs.items() for text in texts],
)
def test_an_emergency_is_heard_in_its_language(spoken: str, sign: str, text: str) -> None:
    """With and without accents, it is an emergency of the same name as in English."""
    found = screen(text)

    assert [(each.sign, each.level) for each in found[:1]] == [(sign, "emergency")]
    assert language(text) == spoken


@pytest.mark.parametrize("text", HARMLESS)
def test_look_alikes_are_none(text: str) -> None:
    """A sore calf, a figure of speech, a denial, breath lost on a hill and a heart attack of years ago are left to Jessica."""
    assert language(text) is None
    assert screen(text) == []


def test_no_english_phrasing_is_taken_for_one() -> None:
    """Not one of what people ask in English sounds like another language's emergency."""
    english = {phrasing.text for phrasing in phrasings()}

    assert len(english) > 5000
    assert [text for text in english if language(text)] == []


def test_a_sign_may_be_told_in_two_messages() -> None:
    """As in English, the last minute is read with it."""
    assert [found.sign for found in screen("y no puedo hablar", "se me duerme el brazo")] == ["stroke"]


@pytest.mark.parametrize("spoken", others())
def test_each_sign_is_an_emergency_with_its_source_and_its_advice(spoken: str) -> None:
    """It bears a name that the English signs have, and its answer says 911 or 988 first, in that language, and fits a phone."""
    for code, sign in others()[spoken].signs.items():
        [variant] = answers()[f"utter_safety/{code}_{spoken}"].variants
        text = segments.fold(variant["text"])
        assert shipped().signs[code].level == sign.level == variant["metadata"]["level"] == "emergency" and sign.source
        call = "Llame (ahora )?a" if spoken == "spanish" else "Ligue (agora )?para o"
        assert re.match(rf"{call}l? {'988' if code == 'self_harm' else '911'}", text) and "911" in text and "Jessica" in text
        assert segments.count(text) <= 2
