// The chat window: puts its parts together. Fetched by the loader on the first click.

import { Api, Trouble } from "./api";
import { Composer } from "./composer";
import cards from "./css/cards.css";
import foot from "./css/foot.css";
import frame from "./css/frame.css";
import modes from "./css/modes.css";
import talking from "./css/talk.css";
import { make } from "./dom";
import { adopt, type Chat, type Contact, type Host, storageKey, tell } from "./host";
import { keep } from "./lists";
import { Log } from "./log";
import { Menu } from "./menu";
import { bare, page } from "./page";
import { Panel } from "./panel";
import { type Message, type Offer, safeUrl } from "./protocol";
import { Status } from "./status";
import { Store } from "./store";
import { strings } from "./strings";
import { type Ear, Talk } from "./talk";
import { copy, print, transcript } from "./transcript";

/** Milliseconds after the last key press or turn of the wheel at which it is stored. */
const PAUSE = 300;

export function start(host: Host): Chat {
  const { element, shadow, base } = host;
  const options = bare(element.dataset);
  // What the tag says goes before what the server told the loader.
  const contact = bare<Contact>(host.contact, options);
  const words = strings(host.root.lang, (contact.name ?? "Jessica").split(/[\s,]/)[0] ?? "");
  if (options.title) words.title = options.title;
  const store = new Store(storageKey(base));
  let begun = false;
  const finePointer = matchMedia("(hover: hover) and (pointer: fine)").matches;

  // The greeting says in English what this is; above it stands what it doesn't say.
  const about = make("p", "about", {}, words.about);
  const privacy = safeUrl(contact.privacy ?? "", location.href);
  if (privacy)
    about.append(make("a", "", { href: privacy, target: "_blank", rel: "noopener" }, words.privacy));

  const log = new Log(words, base, about, privacy, choose);
  const status = new Status(words, contact, () => talk.retry());
  let saving: ReturnType<typeof setTimeout> | undefined;
  const composer = new Composer(words, say, (draft) => {
    clearTimeout(saving);
    saving = setTimeout(() => store.update({ draft }), PAUSE);
  });
  const menu = new Menu(words, {
    toJessica: () => say(words.toJessicaSays),
    copy: copyAll,
    print: () => print(element),
    forget,
  });
  host.root.querySelector(".down")?.replaceChildren(); // what the loader said while this couldn't be fetched
  adopt(shadow, frame + talking + cards + foot + modes);
  const panel = new Panel(host, words, { log, status, composer, menu }, (open) => {
    store.update({ open });
    read();
    tell(element, open ? "open" : "close");
  });

  const ear: Ear = {
    history(messages) {
      log.clear();
      const { place, seen } = store.read() ?? {};
      panel.arrived(since(messages, seen));
      read();
      void log.add(messages, true).then(() => panel.settle(place));
    },
    messages(messages) {
      const drawn = panel.arrived(messages);
      read();
      void log.add(messages).then(drawn);
      for (const message of messages) tell(element, "message", publicPart(message));
    },
    pending: (item) => log.pending(item),
    delivered: (id) => log.delivered(id),
    returned(item, trouble) {
      log.remove(item.id);
      if (!item.payload && !composer.text) composer.text = item.text;
      log.note(words[trouble as "long" | "refused"]);
    },
    state(state) {
      status.show(state);
      log.typing = state.kind === "waiting";
    },
    gone() {
      log.clear();
      log.note(words.anew);
    },
  };
  const talk = new Talk(new Api(base), store, ear);
  page.addEventListener("visibilitychange", read);

  /** What stands in an open window is read once its tab is looked at; before the history has come nothing is. */
  function read(): void {
    if (panel.isOpen && !page.hidden && talk.last) store.update({ seen: talk.last });
  }

  function begin(): void {
    if (begun) return;
    begun = true;
    if (options.greeting) log.note(options.greeting);
    const draft = store.read()?.draft;
    if (draft && !composer.text) composer.text = draft;
    talk.begin();
  }

  function say(text: string, payload?: string): void {
    begin();
    talk.say(text, payload);
    panel.toEnd();
  }

  function choose(offer: Offer, event: MouseEvent): void {
    say(offer.title, offer.payload);
    // The button is gone: the focus goes on, but on a touch screen without bringing up the keyboard.
    if (event.detail === 0 || finePointer) composer.input.focus();
    else log.scroller.focus();
  }

  async function copyAll(): Promise<void> {
    status.say((await copy(transcript(log), shadow)) ? words.copied : words.notCopied);
  }

  async function forget(): Promise<void> {
    try {
      const last = await talk.forget();
      log.clear();
      composer.text = "";
      status.say("");
      const again = panel.again(() => {
        log.clear();
        talk.begin();
        composer.input.focus();
      });
      log.note(last || words.forgotten, again);
      again.focus();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      status.say(words.forgetFailed);
    }
  }

  let scrolling: ReturnType<typeof setTimeout> | undefined;
  log.scroller.addEventListener(
    "scroll",
    () => {
      clearTimeout(scrolling);
      scrolling = setTimeout(() => panel.isOpen && store.update({ place: log.place }), PAUSE);
    },
    { passive: true },
  );

  // A conversation that is going on is taken up again on the next page, open if it was open.
  const kept = store.read();
  if (kept) {
    begin();
    if (kept.open) panel.open(false);
  }

  return {
    open(byUser) {
      begin();
      panel.open(byUser);
    },
    close: () => panel.close(),
    toggle() {
      if (panel.isOpen) panel.close();
      else this.open(true);
    },
    send(text) {
      this.open(false);
      if (text.trim()) say(text.trim());
    },
    stop() {
      page.removeEventListener("visibilitychange", read);
      panel.stop();
      talk.stop();
    },
  };
}

/** The practice's messages after the one with this id; none when it isn't there. */
function since(messages: Message[], seen: string | undefined): Message[] {
  let after = false;
  return keep(messages, ({ id, from }) => {
    const fresh = after && from !== "client";
    after ||= id === seen;
    return fresh;
  });
}

/** What the page is told of a message: not the words, which are the client's and the practice's. */
function publicPart({ id, from, topic }: Message): object {
  return { id, from, topic };
}
