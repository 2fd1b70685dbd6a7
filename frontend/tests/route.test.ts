import { expect, test } from "vitest";
import { listHash, orderHash, parseRoute } from "../src/router/route";

test.each(["", "#", "#/"])("%j is the whole list", (hash) => {
  expect(parseRoute(hash)).toEqual({ page: "list", search: { queue: null, q: "" } });
});

test("a list with its filters", () => {
  expect(parseRoute("#/?queue=to-ship&q=%20a+b%26c ")).toEqual({
    page: "list",
    search: { queue: "to-ship", q: "a b&c" },
  });
});

test("an order keeps the list behind it", () => {
  expect(parseRoute("#/orders/42?queue=to-ship")).toEqual({
    page: "order",
    id: 42,
    search: { queue: "to-ship", q: "" },
  });
});

test.each(["#/orders/", "#/orders/0", "#/orders/x", "#/orders/42/x", "#/else"])("%s is no page", (hash) => {
  expect(parseRoute(hash).page).toBe("unknown");
});

test("what is written is what is read", () => {
  const search = { queue: "to-ship", q: "Ekström & co?" };
  expect(parseRoute(listHash(search))).toEqual({ page: "list", search });
  expect(parseRoute(orderHash(7, search))).toEqual({ page: "order", id: 7, search });
  expect(listHash({ queue: "all", q: "" })).toBe("#/");
});
