"""Measures the chat window's bars in Chromium and prints a table; `--json FILE` writes the figures as well.

    python -m bench.widget [--json FILE] [--runs 15]

The server is the tests' double on this machine, so the figures are the window's own. The longest task is given in the processor
time of the page's main thread, beside how long it took: on a machine with other work the first is the window's own. axe-core is taken from
widget/node_modules (`npm ci --prefix widget`); without it that row is left out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.doubles.web_server import WebServer
from tests.widget.conftest import ARGUMENTS, LAUNCHER, TEXT, WIDGET, say
from tests.widget.states import SCREENS, STATES

MESSAGES = 300
KEYS = 60

# When the launcher has been drawn, counted from the moment the loader began to run.
WATCH_LAUNCHER = """
window.marks = {};
new MutationObserver(() => {
  const launcher = document.querySelector('legwork-chat')?.shadowRoot?.querySelector('.launcher');
  if (!launcher || marks.seen) return;
  marks.seen = true;
  requestAnimationFrame(() => setTimeout(() => { marks.launcher = performance.now() }));
}).observe(document, {childList: true, subtree: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) (marks.long ??= []).push(entry.duration);
}).observe({type: 'longtask', buffered: true});
"""
SINCE_SCRIPT = """
marks.launcher - performance.getEntriesByType('resource').find((entry) => entry.name.endsWith('widget.js')).responseEnd
"""
# From the click to the input in focus and drawn.
WATCH_OPEN = """
new Promise((done) => {
  const launcher = document.querySelector('legwork-chat').shadowRoot.querySelector('.launcher');
  launcher.addEventListener('click', (event) => {
    const look = () => {
      if (document.activeElement?.shadowRoot?.activeElement?.id !== 'text') return requestAnimationFrame(look);
      requestAnimationFrame(() => setTimeout(() => { window.opened = performance.now() - event.timeStamp }));
    };
    look();
  }, {capture: true});
  done();
})
"""
# From each key press to the frame that shows it.
WATCH_KEYS = """
window.keys = [];
document.querySelector('legwork-chat').shadowRoot.querySelector('textarea').addEventListener('input', (event) => {
  requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => keys.push(performance.now() - event.timeStamp);
    after.port2.postMessage(0);
  });
});
null
"""


MAIN_THREAD = "CrRendererMain"
TASK = "ThreadControllerImpl::RunTask"


@dataclass
class Figure:
    """One row of the table."""

    name: str
    value: float
    bar: float
    unit: str


def main() -> int:
    """Measures, prints, and tells by its exit status whether every bar was met."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--json", type=Path, help="file to write the figures to")
    arguments.add_argument("--runs", type=int, default=15, help="page loads behind each median")
    options = arguments.parse_args()
    chromium = shutil.which("chromium")
    if not chromium:
        sys.exit("Chromium is not installed: apt-get install chromium")

    figures = sizes()
    server = WebServer()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        figures += opening(browser, server, options.runs)
        figures += typing(browser, server)
        figures += burst(browser, server)
        figures += findings(browser, server)
        browser.close()
    server.stop()

    for figure in figures:
        met = "" if figure.value <= figure.bar else "  over the bar"
        print(f"{figure.name:52} {figure.value:8.1f}  bar {figure.bar:6.0f} {figure.unit}{met}")
    if options.json:
        options.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n", "utf-8")
    return int(any(figure.value > figure.bar for figure in figures))


def sizes() -> list[Figure]:
    """Gzipped sizes of what is served."""
    loader, chat = (
        len(gzip.compress((WIDGET / "dist" / name).read_bytes(), 9)) / 1024 for name in ("loader.js", "legwork-chat.js")
    )
    return [Figure("loader, gzipped", loader, 3, "KB"), Figure("everything, gzipped", loader + chat, 25, "KB")]


@contextmanager
def fresh_page(browser: Browser, server: WebServer) -> Iterator[Page]:
    """A page of a browser that has never been here."""
    server.reset()
    context = browser.new_context(viewport=SCREENS["large"])
    page = context.new_page()
    page.add_init_script(WATCH_LAUNCHER)
    yield page
    context.close()


@contextmanager
def longest_task(browser: Browser, page: Page) -> Iterator[list[float]]:
    """The processor time of the longest task of the page's main thread within the block, in ms, once it has ended."""
    found: list[float] = []
    browser.start_tracing(page=page, categories=["toplevel", "__metadata"])
    yield found
    events = json.loads(browser.stop_tracing())["traceEvents"]
    threads = {(e["pid"], e["tid"]) for e in events if e["name"] == "thread_name" and e["args"]["name"] == MAIN_THREAD}
    tasks = [e["tdur"] for e in events if e["name"] == TASK and "tdur" in e and (e["pid"], e["tid"]) in threads]
    assert tasks, "the trace has no task of a page"
    found.append(max(tasks) / 1000)


def opening(browser: Browser, server: WebServer, runs: int) -> list[Figure]:
    """Launcher after the script, ready to type after the click, and the longest task on the page; medians."""
    launcher, opened, long, own = [], [], [], []
    for _ in range(runs):
        with fresh_page(browser, server) as page, longest_task(browser, page) as task:
            page.goto(server.page())
            page.wait_for_function("marks.launcher")
            launcher.append(page.evaluate(SINCE_SCRIPT))
            page.evaluate(WATCH_OPEN)
            page.click(LAUNCHER)
            page.wait_for_function("window.opened")
            opened.append(page.evaluate("opened"))
            page.wait_for_selector("legwork-chat >> .chip")
            long.append(max(page.evaluate("marks.long ?? [0]")))
        own += task
    return [
        Figure("launcher drawn after the script came, median", statistics.median(launcher), 100, "ms"),
        Figure("ready to type after the first click, median", statistics.median(opened), 150, "ms"),
        Figure("longest task on the page while opening, median", statistics.median(long), 50, "ms"),
        Figure("  its processor time, median", statistics.median(own), 50, "ms"),
    ]


def typing(browser: Browser, server: WebServer) -> list[Figure]:
    """Key press to screen with many messages, after a reload that draws them all."""
    with fresh_page(browser, server) as page:
        page.goto(server.page())
        page.click(LAUNCHER)
        page.wait_for_selector("legwork-chat >> .chip")
        say(page, "my first visit")
        page.wait_for_selector("legwork-chat >> text=A first visit usually")
        server.fill(MESSAGES)
        with longest_task(browser, page) as own:
            page.reload()
            page.wait_for_selector(f"legwork-chat >> text=Message {MESSAGES - 1},")
        long = max(page.evaluate("marks.long ?? [0]"))
        page.wait_for_timeout(500)
        page.click(TEXT)
        page.evaluate(WATCH_KEYS)
        for _ in range(KEYS):
            page.keyboard.press("a")
            page.wait_for_timeout(30)
        keys: list[float] = page.evaluate("keys")
    return [
        Figure(f"key press to screen, {MESSAGES} messages, median", statistics.median(keys), 16, "ms"),
        Figure(f"longest task while {MESSAGES} messages are drawn", long, 50, "ms"),
        Figure("  its processor time", own[0], 50, "ms"),
    ]


def burst(browser: Browser, server: WebServer) -> list[Figure]:
    """The longest task while 500 messages come at once."""
    with fresh_page(browser, server) as page:
        page.goto(server.page())
        page.click(LAUNCHER)
        page.wait_for_selector("legwork-chat >> .chip")
        say(page, "my first visit")
        page.wait_for_function("true")
        while not server.listening():
            page.wait_for_timeout(20)
        page.evaluate("marks.long = []; null")
        server.push(
            *[{"text": f"Number {number}, with a little more text so that it is like a real answer."} for number in range(500)]
        )
        page.wait_for_selector("legwork-chat >> text=Number 499,")
        page.wait_for_timeout(300)
        long = max([0, *page.evaluate("marks.long")])
    return [Figure("longest task while 500 messages come at once", long, 50, "ms")]


def findings(browser: Browser, server: WebServer) -> list[Figure]:
    """axe-core's findings over all states, screens and schemes."""
    file = WIDGET / "node_modules" / "axe-core" / "axe.min.js"
    if not file.exists():
        return []
    axe, found, looks = file.read_text("utf-8"), 0, 0
    for steps in STATES.values():
        server.reset()
        context = browser.new_context(viewport=SCREENS["large"], reduced_motion="reduce")
        page = context.new_page()
        steps(page, server)
        page.evaluate(f"{axe}; null")
        for size in SCREENS.values():
            page.set_viewport_size(size)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                found += page.evaluate("axe.run().then(r => r.violations.length)")
                looks += 1
        context.close()
    return [Figure(f"axe findings in {looks} looks of {len(STATES)} states", found, 0, "")]


if __name__ == "__main__":
    sys.exit(main())
