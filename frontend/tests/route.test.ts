import { describe, expect, test } from "vitest";
import { addressFromHash, listHref, orderHref, parseRoute } from "../src/router/route";

describe("an address", () => {
  test.each(["/", "/orders"])("%s is the whole list", (address) => {
    expect(parseRoute(address)).toEqual({ page: "list", search: { queue: null, q: "" } });
  });

  test("of a list has its filter", () => {
    expect(parseRoute("/?queue=to-ship&q=%20a+b%26c ")).toEqual({
      page: "list",
      search: { queue: "to-ship", q: "a b&c" },
    });
  });

  test("of an order has the filter of the list behind it", () => {
    expect(parseRoute("/orders/42?queue=to-ship")).toEqual({
      page: "order",
      id: 42,
      search: { queue: "to-ship", q: "" },
    });
  });

  test.each(["/orders/", "/orders/0", "/orders/x", "/orders/42/x", "/else", ""])(
    "%j is unknown",
    (address) => {
      expect(parseRoute(address).page).toBe("unknown");
    },
  );

  test("is read as it was written", () => {
    const search = { queue: "to-ship", q: "Ekström & co?" };
    expect(parseRoute(listHref(search))).toEqual({ page: "list", search });
    expect(parseRoute(orderHref(7, search))).toEqual({ page: "order", id: 7, search });
    expect(listHref({ queue: "all", q: "" })).toBe("/");
  });
});

describe("an older address behind the #", () => {
  test.each([
    ["#/", "/"],
    ["#/?queue=to-ship&q=a%20b", "/?queue=to-ship&q=a%20b"],
    ["#/orders/42", "/orders/42"],
    ["#/orders/42?queue=to-ship", "/orders/42?queue=to-ship"],
  ])("%s means %s", (hash, address) => {
    expect(addressFromHash(hash)).toBe(address);
  });

  test.each(["", "#", "#main", "#/orders/x", "#/else", "#//elsewhere.example/orders/42"])(
    "%j means nothing",
    (hash) => {
      expect(addressFromHash(hash)).toBeNull();
    },
  );
});
