import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { go, replaceSearch, route } from "../src/router/navigation";
import { until } from "./support/until";

const address = () => location.pathname + location.search;
const shown = () => (route.value.page === "order" ? route.value.id : route.value.page);

beforeEach(() => go("/"));
afterEach(() => {
  document.body.replaceChildren();
  go("/");
});

/** Clicks a link and returns whether the page followed it, so that the browser does not load it. */
function clickLink(markup: string, over: MouseEventInit = {}): boolean {
  document.body.innerHTML = markup;
  const event = new MouseEvent("click", { bubbles: true, cancelable: true, button: 0, ...over });
  const target = document.querySelector("b") ?? document.querySelector("a");
  // A click that the page leaves alone must not load anything here.
  const stop = (left: Event) => left.preventDefault();
  const prevented = { byPage: false };
  window.addEventListener(
    "click",
    (seen) => {
      prevented.byPage = seen.defaultPrevented;
      stop(seen);
    },
    { once: true },
  );
  target?.dispatchEvent(event);
  return prevented.byPage;
}

describe("a click on a link", () => {
  test("to an order shows the order", () => {
    expect(clickLink('<a href="/orders/42?queue=to-ship"><b>WB-000042</b></a>')).toBe(true);
    expect([address(), shown()]).toEqual(["/orders/42?queue=to-ship", 42]);
  });

  test("to the list shows the list", () => {
    go("/orders/42");
    expect(clickLink('<a href="/">All orders</a>')).toBe(true);
    expect([address(), shown()]).toEqual(["/", "list"]);
  });

  test.each([
    ["another page of the service", '<a href="/chat">Chat</a>'],
    ["another site", '<a href="https://elsewhere.example/orders/42">Elsewhere</a>'],
    ["a new tab", '<a href="/orders/42" target="_blank">Order</a>'],
    ["a file", '<a href="/orders/42" download>Order</a>'],
  ])("to %s is left to the browser", (_, markup) => {
    expect(clickLink(markup)).toBe(false);
    expect(shown()).toBe("list");
  });

  test.each([{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }, { button: 1 }])(
    "with %o is left to the browser",
    (over) => {
      expect(clickLink('<a href="/orders/42">Order</a>', over)).toBe(false);
      expect(shown()).toBe("list");
    },
  );

  test("that something else has handled is left alone", () => {
    document.body.addEventListener("click", (event) => event.preventDefault(), { once: true });
    clickLink('<a href="/orders/42">Order</a>');
    expect(shown()).toBe("list");
  });
});

describe("the history", () => {
  test("leads back and forward", async () => {
    go("/orders/42");
    go("/orders/43");
    history.back();
    await until(() => shown() === 42);
    history.forward();
    await until(() => shown() === 43);
  });

  test("has one step for an address that is shown twice, and none for typing", () => {
    const push = vi.spyOn(history, "pushState");
    go("/orders/42");
    go("/orders/42");
    replaceSearch({ queue: null, q: "la" });
    replaceSearch({ queue: null, q: "lamp" });
    expect(push).toHaveBeenCalledOnce();
    expect([address(), route.value.search.q]).toEqual(["/?q=lamp", "lamp"]);
  });
});

test("an older link opens the same order at its new address", async () => {
  location.hash = "#/orders/42?queue=to-ship";
  await until(() => shown() === 42);
  expect([address(), location.hash]).toEqual(["/orders/42?queue=to-ship", ""]);
});
