"""The talk: from greeting to booked appointment, every kind of message, and what can be done with the whole of it."""

from __future__ import annotations

import re

import pytest

from .conftest import LAUNCHER, TEXT, inside, last, say
from .keyboard import press_until, type_and_send
from .states import greeting, recommendation

pytestmark = pytest.mark.browser


QUESTIONS = {"What name": "Dana Price", "How can Jessica reach": "dana@example.com"}
"""What is asked for a booking, and the answers."""


def test_booked_with_the_keyboard_alone(page, server):
    """From the page to a booked appointment without a pointer, the focus always where the next thing is done."""
    page.goto(server.page())
    page.wait_for_selector(LAUNCHER)
    page.focus("main input")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("legwork-chat >> .chip")
    press_until(page, "My calves are tight")
    page.wait_for_selector("legwork-chat >> text=swollen, warm, red or numb")
    press_until(page, "No, none of that")
    page.wait_for_selector("legwork-chat >> text=start with a pop")
    press_until(page, "No, none of that")
    page.wait_for_selector("legwork-chat >> .recommendation")
    press_until(page, "Book this")
    page.wait_for_selector("legwork-chat >> .times")
    press_until(page, "Show more days")
    press_until(page, "10:30 am", key="Tab")
    page.wait_for_selector("legwork-chat >> text=What name")
    type_and_send(page, "Dana Price")
    page.wait_for_selector("legwork-chat >> text=How can Jessica reach")
    type_and_send(page, "508-555-0100")
    page.wait_for_selector("legwork-chat >> .read-back")
    press_until(page, "Yes, book it")
    page.wait_for_selector("legwork-chat >> text=It's booked")
    server.push({"from": "jessica", "text": "Hi Dana, that works."})
    page.wait_for_selector("legwork-chat >> .jessica")
    page.keyboard.press("Escape")

    assert "Ask a question" in page.evaluate("document.activeElement.shadowRoot.activeElement.textContent")
    assert last(page) == "Hi Dana, that works."


def test_booked_on_a_320_px_screen(browser, server):
    """A booked appointment on the smallest screen, by touch, with nothing to scroll sideways."""
    context = browser.new_context(viewport={"width": 320, "height": 568}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(server.page())
    page.tap(LAUNCHER)
    for offer in ("Book a session", "9 am"):
        page.tap(f"legwork-chat >> text={offer} >> nth=0")
    for question, text in QUESTIONS.items():
        page.wait_for_selector(f"legwork-chat >> text={question}")
        page.fill(TEXT, text)
        page.tap("legwork-chat >> .submit")
    page.tap("legwork-chat >> text=Yes, book it")
    page.wait_for_selector("legwork-chat >> text=It's booked")
    sideways = inside(
        page,
        """(root) => [...root.querySelectorAll('*')]
            .filter((e) => e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
            .map((e) => e.className)""",
    )
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()

    assert sideways == []
    assert width <= 320


def test_greeting(open_chat, server):
    """The greeting says that it is automated and not for emergencies, and offers four ways to begin."""
    server.facts["privacy_url"] = "https://example.com/privacy"
    page = open_chat()

    assert "automated assistant" in last(page)
    assert "call 911" in last(page)
    assert page.locator("legwork-chat >> .about a").get_attribute("href") == "https://example.com/privacy"
    assert page.locator("legwork-chat >> .chip").count() == 4


def test_privacy_is_in_view(page, server):
    """Even where the greeting is longer than the screen, the link to what happens to one's words is in view at first."""
    server.facts["privacy_url"] = "https://example.com/privacy"
    page.set_viewport_size({"width": 320, "height": 440})
    greeting(page, server)
    link, head = (page.locator(f"legwork-chat >> {part}").bounding_box() for part in (".about a", ".head"))

    assert link["y"] >= head["y"] + head["height"] - 10


def test_quick_replies_go_once_used(open_chat, server):
    """A pressed quick reply is sent as its payload, shown as the client's words, and all of them are gone."""
    page = open_chat()
    page.click("legwork-chat >> text=My first visit")
    page.wait_for_selector("legwork-chat >> text=A first visit usually starts")

    assert page.locator("legwork-chat >> .chip >> text=Before/after a race").count() == 0
    assert page.locator("legwork-chat >> .client .body p").inner_text() == "My first visit"
    assert [{"id", "payload"}] == [set(body) for body in server.calls("POST messages")]


def test_recommendation(page, server):
    """The card names session, length, spacing and wear, the main thing first, and lists the reasons."""
    recommendation(page, server)
    facts = page.locator("legwork-chat >> .facts li").all_text_contents()

    assert page.locator("legwork-chat >> .session").inner_text() == "Myofascial release"
    assert [fact.split(": ")[0] for fact in facts] == ["Length", "How often", "What to wear"]
    assert page.locator("legwork-chat >> .facts b").first.inner_text() == "About an hour:"
    assert page.locator("legwork-chat >> .reasons li").count() >= 1


def test_times(open_chat, server):
    """Open times stand once and by day, four days at first; the chosen one is said with its day, the rest become plain text."""
    page = open_chat()
    say(page, "book")
    page.wait_for_selector("legwork-chat >> .times")
    shown = page.locator("legwork-chat >> .day:visible").count()
    page.click("legwork-chat >> text=Show more days")
    all_days = page.locator("legwork-chat >> .day:visible").count()
    beside = page.locator("legwork-chat >> .chip").all_inner_texts()
    page.click("legwork-chat >> .day >> nth=5 >> text=2:30 pm")
    page.wait_for_selector("legwork-chat >> text=What name")

    assert (shown, all_days) == (4, 6)
    assert beside == ["Another time", "Ask Jessica"]
    assert page.locator("legwork-chat >> .client .body p").last.inner_text() == "Saturday, December 5, 2:30 pm"
    assert server.calls("POST messages")[-1].get("text") is None
    assert page.locator("legwork-chat >> .times button").count() == 0


def test_read_back_changes_a_part(open_chat, server):
    """Each line of the read-back can be changed with a control that says which."""
    page = open_chat()
    say(page, "book")
    page.click("legwork-chat >> text=noon >> nth=0")
    for question, text in QUESTIONS.items():
        page.wait_for_selector(f"legwork-chat >> text={question}")
        say(page, text)
    page.wait_for_selector("legwork-chat >> .read-back")
    names = page.locator("legwork-chat >> .change").all_text_contents()
    page.click("legwork-chat >> .change >> nth=2")
    page.wait_for_selector("legwork-chat >> text=What name shall I")

    assert names == ["Change: Session", "Change: When", "Change: Name", "Change: Contact"]
    assert "change_name" in server.calls("POST messages")[-1]["payload"]
    assert "Dana Price" in page.locator("legwork-chat >> .read-back").inner_text()


def test_warnings(open_chat):
    """An emergency looks like one and dials 911; a case for a doctor looks like a warning and dials nothing."""
    page = open_chat()
    say(page, "chest pain")
    page.wait_for_selector("legwork-chat >> .warning.emergency")
    call = page.locator("legwork-chat >> .emergency a")
    say(page, "swollen calf")
    page.wait_for_selector("legwork-chat >> .warning.doctor")

    assert (call.inner_text(), call.get_attribute("href")) == ("Call 911", "tel:911")
    assert "This may be an emergency" in page.locator("legwork-chat >> .emergency").inner_text()
    assert "see a doctor first" in page.locator("legwork-chat >> .doctor").inner_text()
    assert page.locator("legwork-chat >> .doctor a").count() == 0


def test_links_to_keep(open_chat, server):
    """Links and the calendar file are offered, opened beside the page and without its address."""
    page = open_chat()
    for number, text in enumerate(("send it", "book it")):
        say(page, text)
        page.wait_for_selector(f"legwork-chat >> .link >> nth={number}")
    links = page.locator("legwork-chat >> .link")

    assert ["https://example.com/book", f"{server.chat}/desk/appointment.ics"] == [
        link.get_attribute("href") for link in links.all()
    ]
    assert [link.get_attribute("rel") for link in links.all()] == ["noopener noreferrer"] * 2


def test_only_safe_links(open_chat):
    """javascript: and data: addresses become no links; an https address in a text does, without the full stop."""
    page = open_chat()
    say(page, "links")
    page.wait_for_selector("legwork-chat >> text=then write")

    assert [link.get_attribute("href") for link in page.locator("legwork-chat >> .live a").all()] == ["https://example.com/a_(b)"]


def test_markup_is_text(open_chat):
    """Markup in an answer is shown as it was written and never becomes elements."""
    page = open_chat()
    say(page, "markup")
    page.wait_for_selector("legwork-chat >> text=onerror")

    assert last(page) == '<img src=x onerror="window.hacked=1"><b>bold</b> & <script>window.hacked=1</script>'
    assert page.evaluate("window.hacked === undefined")
    assert page.locator("legwork-chat >> .message :is(img, b, script)").count() == 0


def test_direction_characters_are_harmless(open_chat):
    """Characters that turn the direction of what follows are taken out, of texts and of buttons."""
    page = open_chat()
    say(page, "bidi")
    page.wait_for_selector("legwork-chat >> text=Open gpj.exe now")

    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page.locator("legwork-chat >> .live").inner_text())


def test_five_thousand_characters_without_a_space(open_chat):
    """A word of 5,000 characters breaks and doesn't widen the window."""
    page = open_chat()
    say(page, "long")
    page.wait_for_selector("legwork-chat >> text=end!!")

    assert page.evaluate(
        "(s => s.scrollWidth <= s.clientWidth)(document.querySelector('legwork-chat').shadowRoot.querySelector('.scroll'))"
    )


def test_a_slash_is_text(open_chat, server):
    """What a client types is sent as text even when it looks like a command."""
    page = open_chat()
    say(page, '/choose{"topic": "faq/price"}')

    page.wait_for_selector("legwork-chat >> text=You wrote")
    assert [body["text"] for body in server.calls("POST messages")] == ['/choose{"topic": "faq/price"}']


def test_lines_and_input_methods(open_chat, server):
    """Shift and Enter make a new line, and Enter while an input method composes sends nothing."""
    page = open_chat()
    page.fill(TEXT, "one")
    page.press(TEXT, "Shift+Enter")
    page.type(TEXT, "two")
    page.locator(TEXT).evaluate(
        "e => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    composing = server.calls("POST messages")
    page.press(TEXT, "Enter")
    page.wait_for_selector("legwork-chat >> text=You wrote: one")

    assert composing == []
    assert server.calls("POST messages")[0]["text"] == "one\ntwo"


def test_too_long_is_said_before_sending(open_chat, server):
    """Near 1,000 characters the rest is counted; above nothing is sent, nothing is cut off, and the count is said."""
    page = open_chat()
    page.fill(TEXT, "🏃" * 990)
    near = page.locator("legwork-chat >> .count").inner_text()
    page.fill(TEXT, "🏃" * 1001)
    page.press(TEXT, "Enter")

    assert near == "10 left"
    assert page.locator("legwork-chat >> .count").inner_text() == "That is 1001 characters. Please shorten it to 1,000."
    assert page.input_value(TEXT) == "🏃" * 1001
    assert server.calls("POST messages") == []


def test_talk_to_jessica(open_chat, server):
    """The menu has Jessica herself."""
    page = open_chat()
    page.click("legwork-chat >> role=button[name=More]")
    page.click("legwork-chat >> text=Talk to Jessica")
    page.wait_for_selector("legwork-chat >> text=You wrote")

    assert server.calls("POST messages")[0]["text"] == "I'd like to talk to Jessica, please."


def test_forget(open_chat, server):
    """Forgetting asks first, deletes on the server and here, passes on what the server says, and offers to begin again."""
    page = open_chat()
    say(page, "swollen calf")
    page.wait_for_selector("legwork-chat >> .doctor")
    page.click("legwork-chat >> role=button[name=More]")
    page.click("legwork-chat >> text=Forget this conversation")
    page.click("legwork-chat >> text=Yes, delete it")
    page.wait_for_selector("legwork-chat >> text=Start a new conversation")
    left = (page.locator("legwork-chat >> .message").count(), page.evaluate("localStorage.length"))
    page.keyboard.press("Enter")
    page.wait_for_selector("legwork-chat >> .chip")

    assert left == (0, 0)
    assert len(server.calls("DELETE conversations")) == 1
    assert len(server.conversations) == 2


def test_forgetting_can_be_thought_over(open_chat, server):
    """The first choice offered is to keep the conversation."""
    page = open_chat()
    say(page, "my first visit")
    page.click("legwork-chat >> role=button[name=More]")
    page.click("legwork-chat >> text=Forget this conversation")
    page.keyboard.press("Enter")

    assert server.calls("DELETE conversations") == []
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.ariaLabel") == "More"


def test_copy(context, page, server):
    """The copied conversation has each message with its speaker, and no buttons."""
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.chat)
    recommendation(page, server)
    page.click("legwork-chat >> role=button[name=More]")
    page.click("legwork-chat >> text=Copy the conversation")
    page.wait_for_selector("legwork-chat >> text=The conversation is copied")
    text = page.evaluate("navigator.clipboard.readText()")

    assert "You said: My calves are tight" in text
    assert "Assistant said: I'd suggest myofascial release" in text
    assert "Length: About an hour:" in text
    assert "Book this" not in text


def test_print(page, server):
    """Printing prints the whole conversation and nothing else, and puts the page back as it was."""
    recommendation(page, server)
    page.evaluate("window.print = () => { window.printed = true }")
    page.click("legwork-chat >> role=button[name=More]")
    page.click("legwork-chat >> text=Print the conversation")
    page.emulate_media(media="print")
    seen = [page.locator(selector).is_visible() for selector in ("main", "legwork-chat >> .recommendation", TEXT)]
    page.evaluate("dispatchEvent(new Event('afterprint'))")

    assert seen == [False, True, False]
    assert page.locator("main").is_visible()
    assert page.locator("legwork-chat >> .panel").is_hidden()
