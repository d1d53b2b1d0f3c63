"""Questions that were passed on, and Jessica's answers on their way back."""

from __future__ import annotations

import datetime as dt

import pytest

from legwork import questions
from legwork.channels.turns import sign_of_life
from legwork.errors import NotFound
from legwork.storage import conversations, reach
from tests.doubles.office import JESSICA, path_in, text_of

pytestmark = pytest.mark.slow


def talk() -> str:
    """A conversation on the web."""
    return conversations.open_conversation("web", "key of a question").id


async def test_question_reaches_jessica_and_comes_back_as_hers(office):
    """She gets the question with its topic, answers on the page, and the client reads it in the conversation as hers."""
    conversation = talk()
    questions.ask(conversation, "web", "faq/parking", "Is there parking for a van?", None)
    mail = await office.mail(JESSICA, "asks")
    assert mail["Subject"] == "A client asks about parking" and "Is there parking for a van?" in text_of(mail)
    path = path_in(mail)
    assert "Is there parking for a van?" in (await office.http.get(path)).text
    answer = await office.http.post(path, data={"do": "talk", "text": "Yes, behind the house.\r\nCome in from the left."})
    assert "on its way" in answer.text
    heard, message = await office.message()
    assert heard == conversation
    assert message == {
        "from": "jessica",
        "topic": "faq/parking",
        "text": "Yes, behind the house.\nCome in from the left.",
        "quick_replies": [],
    }
    assert conversations.history(conversation)[-1]["from"] == "jessica"


async def test_bot_is_quiet_until_handed_back(office, later):
    """After her answer the bot is quiet for twelve hours, or until she hands back."""
    conversation = talk()
    questions.ask(conversation, "web", None, "Can I talk to you?", None)
    answer = await office.http.post(path_in(await office.mail(JESSICA, "asks")), data={"do": "talk", "text": "Of course."})
    assert reach.of(conversation).human
    later(hours=12, minutes=1)
    assert not reach.of(conversation).human
    later(hours=-12)
    assert reach.of(conversation).human
    path = answer.text.partition('href="http://localhost:5005')[2].partition('"')[0]
    assert (await office.http.get(path)).status_code == 200
    assert reach.of(conversation).human
    await office.http.post(path, data={"do": "hand_back"})
    assert not reach.of(conversation).human


def test_client_hears_once_that_jessica_answers_herself(office, later):
    """The first message after she took over gets one line, the next ones silence, and after a day the line again."""
    conversation = talk()
    first = sign_of_life(conversation)
    conversations.add(conversation, "legwork", first)
    assert [line["text"] for line in first] == ["Jessica has your message and will answer you here herself."]
    assert sign_of_life(conversation) == []
    later(hours=25)
    assert sign_of_life(conversation) == first


async def test_answer_may_leave_the_bot_on(office):
    """With the other button the answer is sent and the bot goes on."""
    conversation = talk()
    questions.ask(conversation, "web", "faq/price", "How much?", None)
    await office.http.post(path_in(await office.mail(JESSICA, "asks")), data={"do": "answer", "text": "90 dollars."})
    await office.message()
    assert not reach.of(conversation).human


async def test_answer_goes_by_mail_too(office):
    """A client who left a mail address gets the answer there as well, with what was asked; replies go to Jessica."""
    questions.ask(talk(), "web", None, "Do you treat triathletes?", "kim@client.example")
    mail = await office.mail(JESSICA, "asks")
    assert str(mail["Reply-To"]) == "kim@client.example"
    await office.http.post(path_in(mail), data={"do": "answer", "text": "I do."})
    answer = await office.mail("kim@client.example")
    assert "I do." in text_of(answer) and "Do you treat triathletes?" in text_of(answer)
    assert str(answer["Reply-To"]) == JESSICA


async def test_question_is_answered_once(office):
    """Two links to one question give one answer; the second says so."""
    number = questions.ask(talk(), "web", None, "Hello?", None)
    questions.answer(number, "Hi.")
    with pytest.raises(questions.AlreadyAnswered):
        questions.answer(number, "Hi again.")
    assert questions.find(number).answer == "Hi."


async def test_empty_answer_is_not_sent(office):
    """An answer without words is refused, and the link stays good."""
    number = questions.ask(talk(), "web", None, "Hello?", None)
    path = path_in(await office.mail(JESSICA, "asks"))
    assert (await office.http.post(path, data={"do": "talk", "text": "  "})).status_code == 422
    long = await office.http.post(path, data={"do": "talk", "text": "x" * 2001})
    assert long.status_code == 422 and "2,000" in long.text
    assert questions.find(number).answered is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Yes.\r\nCome\tin.", "Yes.\nCome\tin."),
        ("Y\x00e\x08s\x1b[31m.\x85", "Yes[31m."),
        ("Pay \u202e001$\u202c at the door", "Pay 001$ at the door"),
        ("\u2066Yes\u2069, \u05db\u05df.", "Yes, \u05db\u05df."),
        ("\x00\x01\u202e", None),
    ],
)
async def test_answer_has_nothing_unseen_in_it(office, written, read):
    """Control characters and marks that turn the text around are taken out; line breaks and words in any script stay."""
    number = questions.ask(talk(), "web", None, "Hello?", None)
    path = path_in(await office.mail(JESSICA, "asks"))
    answer = await office.http.post(path, data={"do": "talk", "text": written})
    assert answer.status_code == (200 if read else 422)
    assert questions.find(number).answer == read


async def test_forgotten_question_is_gone(office):
    """A client who had everything forgotten has no question any more; its link says so."""
    conversation = talk()
    number = questions.ask(conversation, "web", None, "Hello?", None)
    path = path_in(await office.mail(JESSICA, "asks"))
    conversations.forget(conversation)
    assert (await office.http.get(path)).status_code == 410
    assert (await office.http.post(path, data={"do": "talk", "text": "Hi."})).status_code == 410
    with pytest.raises(NotFound):
        questions.find(number)


async def test_question_after_a_forgotten_one_is_told_too(office):
    """A new question is mailed although the one before it was forgotten, whatever number the database gives it."""
    conversation = talk()
    questions.ask(conversation, "web", None, "The first one", None)
    await office.mail(JESSICA, "asks")
    conversations.forget(conversation)
    questions.ask("shell", "web", None, "The second one", None)
    assert "The second one" in text_of(await office.mail(JESSICA, "asks", count=2))


async def test_listing_shows_the_answer(office):
    """The listing has each question with its topic, contact, times and answer."""
    number = questions.ask(talk(), "sms", "person", "Call me?", "(508) 555-0142")
    questions.answer(number, "Tomorrow.")
    [row] = questions.listing()
    assert (row["text"], row["topic"], row["contact"], row["answer"]) == ("Call me?", "person", "(508) 555-0142", "Tomorrow.")
    assert dt.datetime.fromisoformat(row["answered"])
