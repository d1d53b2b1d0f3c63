"""Names and contacts as people type them, and what must never be stored."""

from __future__ import annotations

import pytest

from legwork.bookings.details import Contact, places, read_contact, read_name

ASKED: list[tuple[str, str | None]] = [
    # initials, and whose name it is
    ("doctor okayed it", None),
    ("gift certificate", None),
    ("hmmm", None),
    ("Um", None),
    ("what?", None),
    ("friday at 4 would be better", None),
    ("my insurance", None),
    ("an nguyen", "An Nguyen"),
    ("sun li", "Sun Li"),
    ("do kwon", "Do Kwon"),
    ("Oluwaseun Adébáyọ̀", "Oluwaseun Adébáyọ̀"),
    ("प्रिया शर्मा", "प्रिया शर्मा"),
    ("สมชาย", "สมชาย"),
    ("dana price from holden", "Dana Price"),
    ("Dana (she/her)", "Dana"),
    ("J.R.", "J.R."),
    ("j.r. smith", "J.R. Smith"),
    ("Lily Chen, im her mom Wei", "Lily Chen"),
    ("my daughter lily chen", "Lily Chen"),
    ("it's for my son Tom Price", "Tom Price"),
    ("my daughter", None),
    # the name alone
    ("Dana Price", "Dana Price"),
    ("dana", "Dana"),
    ("dana price", "Dana Price"),
    ("DANA PRICE", "DANA PRICE"),
    ("Dana.", "Dana"),
    ("  Dana  Price  ", "Dana Price"),
    ("Mary-Jo O'Brien", "Mary-Jo O'Brien"),
    ("Siobhán Ní Dhomhnaill", "Siobhán Ní Dhomhnaill"),
    ("José", "José"),
    ("Xu Li", "Xu Li"),
    ("J. P. Morgan", "J. P. Morgan"),
    ("Dr. Hill", "Dr. Hill"),
    ("Hill", "Hill"),
    ("May", "May"),
    ("April Waters", "April Waters"),
    ("Juan de la Cruz", "Juan de la Cruz"),
    ("Ana Maria dos Santos Silva", "Ana Maria dos Santos Silva"),
    ("李娜", "李娜"),
    ("Joe Park", "Joe Park"),
    ("Will", "Will"),
    # like a part of the body
    ("jack back", "Jack Back"),
    ("Cap Cupping", "Cap Cupping"),
    ("my name is Jack Back, and my hips are tight", "Jack Back"),
    ("my name is jack and my back hurts", "Jack"),
    # with words around it
    ("my name is Dana Price", "Dana Price"),
    ("My name's dana", "Dana"),
    ("it's Dana", "Dana"),
    ("It’s Dana Price", "Dana Price"),
    ("I'm Dana", "Dana"),
    ("I’m Dana Price", "Dana Price"),
    ("im dana", "Dana"),
    ("this is Dana Price", "Dana Price"),
    ("call me Dee", "Dee"),
    ("name: Dana Price", "Dana Price"),
    ("Dana here", "Dana"),
    ("sure, Dana Price", "Dana Price"),
    ("hi, i'm dana price", "Dana Price"),
    ("ok its Dana thanks", "Dana"),
    ("Dana Price please", "Dana Price"),
    ("put it under Dana Price", "Dana Price"),
    ("under Price", "Price"),
    ("yes Dana", "Dana"),
    ("Dana, thanks!", "Dana"),
    ("my names robin", "Robin"),
    ("names justin darlin", "Justin Darlin"),
    ("u can put erin", "Erin"),
    ("you can just put it under Erin Moss", "Erin Moss"),
    ("everyone calls me robin", "Robin"),
    # somebody else's, and what is said of them
    ("my adult daughter Lily", "Lily"),
    ("my 14-year-old son Theo", "Theo"),
    ("my son Max who is twelve", "Max"),
    ("Max, who's twelve", "Max"),
    ("it's for my wife erin not me", "Erin"),
    # written as on a form, or all small
    ("o'brien, kaitlin", "Kaitlin O'Brien"),
    ("Price, Dana", "Dana Price"),
    ("dana, perfect timing", "Dana"),
    ("Dana, sorry", "Dana"),
    ("dana, lol", "Dana"),
    ("just put erin", "Erin"),
    ("thurston iii", "Thurston III"),
    ("mary-jo d’angelo", "Mary-Jo D’Angelo"),
    # with a contact in the same breath
    ("im erin n my number is 508-555-0142", "Erin"),
    ("Dana Price, 508-555-0142", "Dana Price"),
    ("Dana Price 508 555 0142", "Dana Price"),
    ("Dana Price dana@example.com", "Dana Price"),
    ("it's Dana and my number is 508-555-0142", "Dana"),
    ("Dana Price, and I'm pregnant", "Dana Price"),
    ("Mo and Kim Tate", "Mo and Kim Tate"),
    ("just Dana", "Dana"),
    ("make it Dana", "Dana"),
    ("change it to Dana Price", "Dana Price"),
    # no name
    ("runnin late, martin", None),
    ("Book It", None),
    ("book me", None),
    ("I Don't Want To Say", None),
    ("I’d Rather Not Say", None),
    ("Let's Do It", None),
    ("change the name", None),
    ("Send It To Her", None),
    ("for my feet", None),
    ("sometime next week after work", None),
    ("everything", None),
    ("My Nguyen", "My Nguyen"),
    ("Sun Li", "Sun Li"),
    ("no", None),
    ("yes", None),
    ("why", None),
    ("next tuesday", None),
    ("508-555-0142", None),
    ("dana@example.com", None),
    ("tomorrow morning", None),
    ("none", None),
    ("?", None),
    ("", None),
    ("😀", None),
    ("12345", None),
    ("why do you need to know my name before I can book", None),
    ("<script>alert(1)</script>", None),
    ("'; DROP TABLE bookings; --", None),
    ("same as before", None),
    ("x" * 1000, None),
    ("mornings", None),
    ("ya", None),
    ("my name is Bob Smith actually", "Bob Smith"),
    ("Tom Baker for my son Eli", "Tom Baker"),
    ("put it under my wife's name, Ana Lopez", "Ana Lopez"),
]


@pytest.mark.parametrize(("text", "name"), ASKED, ids=[text[:40] for text, _ in ASKED])
def test_name_that_was_asked_for(text: str, name: str | None) -> None:
    """The whole answer is the name, less what is polite, led in, or said beside it."""
    assert read_name(text, asked=True) == name


UNASKED: list[tuple[str, str | None]] = [
    ("60 min for my calves tue after 5, Dana Price, 508-555-0142", "Dana Price"),
    ("my name is Dana Price and my calves hurt", "Dana Price"),
    ("Hi, I'm Dana. Can I book for Friday?", "Dana"),
    ("this is Dana Price, need an appointment", "Dana Price"),
    ("book me tuesday, name is dana", "Dana"),
    ("book me tuesday, my name is Jack Back, back@example.com", "Jack Back"),
    ("for tight calves, my name is Dana", "Dana"),
    ("I'm sore", None),
    ("call me when you can", None),
    ("call me asap", None),
    ("I'm training for Boston", None),
    ("i'm available tuesday", None),
    ("I am looking for a massage", None),
    ("I'm so sore today", None),
    ("I'm really tight", None),
    ("i'm pregnant", None),
    ("I'm a runner", None),
    ("I'm 45 and my knees hurt", None),
    ("I'm in Worcester", None),
    ("i'm just wondering about prices", None),
    ("I'm injured", None),
    ("I am currently marathon training", None),
    ("this is urgent", None),
    ("this is my first time", None),
    ("it's for my wife", None),
    ("tuesday after 5", None),
    ("my calves, hips, and knees", None),
    ("my calves, tuesday works", None),
    ("Tuesday, Thursday or Friday", None),
    ("for an hour, Tuesday, thanks", None),
    ("Boston, April", None),
    ("Hi, Jessica, my calves hurt", None),
    ("yes, Please", None),
    ("", None),
    ("change the name to Moira Kelleher", "Moira Kelleher"),
    ("oh my name is Bob Smith actually", "Bob Smith"),
]


@pytest.mark.parametrize(("text", "name"), UNASKED, ids=[text[:40] for text, _ in UNASKED])
def test_name_that_was_not_asked_for(text: str, name: str | None) -> None:
    """Only what is plainly given as a name is taken for one."""
    assert read_name(text, asked=False) == name


@pytest.mark.parametrize(
    ("text", "name", "left"),
    [
        ("jack back", "Jack Back", " "),
        ("Jack  Back, it's my back", "Jack Back", ", it's my back"),
        ("back, jack", "Jack Back", ", "),
        ("use hips@example.com for my hips", None, "use  for my hips"),
        ("hips at example dot com", None, ""),
        ("my hips", None, "my hips"),
    ],
)
def test_where_a_name_and_a_mail_address_stand(text: str, name: str | None, left: str) -> None:
    """All of them, and nothing that is said beside them."""
    for start, end in sorted(places(text, name), reverse=True):
        text = text[:start] + text[end:]

    assert text.strip() == left.strip()


CONTACTS: list[tuple[str, Contact | None]] = [
    *(
        (text, Contact(phone="+15085550142"))
        for text in (
            "508-555-0142",
            "5085550142",
            "(508) 555-0142",
            "(508)555-0142",
            "508.555.0142",
            "508 555 0142",
            "+1 508 555 0142",
            "1-508-555-0142",
            "+15085550142",
            "my cell is 508-555-0142",
            "text me at 508.555.0142 please",
            "508-555-0142 (cell)",
            "508 - 555 - 0142",
            "508–555–0142",
            "tel:508-555-0142",
            "Dana Price 5085550142",
            "5 0 8 5 5 5 0 1 4 2",
            "call 508-555-0142 after 5",
            "after 5 pm call 508-555-0142",
            "60 minutes, 508-555-0142",
        )
    ),
    ("+44 20 7946 0958", Contact(phone="+442079460958")),
    ("+52 55 1234 5678", Contact(phone="+525512345678")),
    *(
        (text, Contact(email="dana@example.com"))
        for text in (
            "dana@example.com",
            "Dana@Example.com".replace("D", "d"),
            "my email is dana@example.com.",
            "<dana@example.com>",
            "mailto:dana@example.com",
            "e-mail: dana@example.com, thanks",
            '"dana@example.com"',
            "dana @example.com",
            "dana@ example.com",
            "dana at example dot com",
            "(dana@example.com)",
            "dana@example.com!",
        )
    ),
    *(
        (text, Contact("dana@example.com", "+15085550142"))
        for text in (
            "dana@example.com or 508-555-0142",
            "508-555-0142 or dana@example.com",
            "text 5085550142, mail dana at example dot com",
        )
    ),
    ("5085550142@example.com", Contact(email="5085550142@example.com")),
    ("first.last+run@mail.example.co.uk", Contact(email="first.last+run@mail.example.co.uk")),
    ("o'brien@example.com", Contact(email="o'brien@example.com")),
    *(
        (text, None)
        for text in (
            "",
            "no",
            "555-0142",
            "508-555-014",
            "dana@",
            "@dana",
            "dana@example",
            "dana@example..com",
            "call me",
            "12",
            "2026-11-24",
            "11/24/2026",
            "tuesday 4:30",
            "4111 1111 1111 1111",
            "123-45-6789",
            "0000000000",
            "9" * 200,
            "😀@😀.😀",
            "01581",
            "at 5 on 12/1",
        )
    ),
]


@pytest.mark.parametrize(("text", "contact"), CONTACTS, ids=[text[:40] for text, _ in CONTACTS])
def test_contact(text: str, contact: Contact | None) -> None:
    """A mail address, a phone number as it is called from anywhere, or both; nothing that can't be one."""
    assert read_contact(text) == contact


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        (Contact(phone="+15085550142"), "(508) 555-0142"),
        (Contact(email="a@example.com"), "a@example.com"),
        (Contact("a@example.com", "+15085550142"), "(508) 555-0142, a@example.com"),
        (Contact(phone="+442079460958"), "+44 20 7946 0958"),
        (Contact(phone="+15085550142;ext=3"), "(508) 555-0142 ext. 3"),
    ],
)
def test_contact_is_read_back(contact: Contact, said: str) -> None:
    """As people write it."""
    assert str(contact) == said


@pytest.mark.parametrize(
    "text", ["1" * 1000, "4" * 10_000, "a@" * 2000, "a." * 2000 + "@", "- " * 3000, "i'm " * 1000, "name is " * 500]
)
def test_long_texts_are_read_quickly(text: str) -> None:
    """No text holds the desk up."""
    import time

    start = time.process_time()
    for read in (read_contact, lambda t: read_name(t, asked=True), lambda t: read_name(t, asked=False)):
        read(text)

    assert time.process_time() - start < 2
