import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AccountsApi } from "../src/api/accounts";
import { Problem } from "../src/api/problem";
import { SessionStore } from "../src/session/session";

const accounts: AccountsApi = {
  token: async (username, password) => {
    if (password !== "right") throw new Problem(400, "Bad Request", "The username or the password is wrong.");
    return { access_token: `token of ${username}`, token_type: "bearer", expires_in: 60 };
  },
  me: async () => ({ subject: "ada", name: "Ada Berg", role: "customer" }),
  demoAccounts: async () => [],
};

beforeEach(() => {
  sessionStorage.clear();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a session", () => {
  test("begins with the right password and survives a reload of the tab", async () => {
    const store = new SessionStore(accounts, sessionStorage);
    await store.signIn("ada", "right");
    expect(store.current.value).toMatchObject({ token: "token of ada", user: { name: "Ada Berg" } });
    expect(new SessionStore(accounts, sessionStorage).current.value).toEqual(store.current.value);
  });

  test("does not begin with a wrong one", async () => {
    const store = new SessionStore(accounts, sessionStorage);
    await expect(store.signIn("ada", "wrong")).rejects.toMatchObject({ status: 400 });
    expect(store.current.value).toBeNull();
  });

  test("ends when its token expires, and says so", async () => {
    const store = new SessionStore(accounts, sessionStorage);
    await store.signIn("ada", "right");
    vi.advanceTimersByTime(59_000);
    expect(store.current.value).not.toBeNull();
    vi.advanceTimersByTime(1_000);
    expect(store.current.value).toBeNull();
    expect(store.notice.value).toMatch(/session has ended/);
  });

  test("is not restored when its token has expired meanwhile", async () => {
    await new SessionStore(accounts, sessionStorage).signIn("ada", "right");
    vi.setSystemTime(Date.now() + 61_000);
    expect(new SessionStore(accounts, sessionStorage).current.value).toBeNull();
  });

  test("ends without a notice when the reader signs out", async () => {
    const store = new SessionStore(accounts, sessionStorage);
    await store.signIn("ada", "right");
    store.signOut();
    store.expire();
    expect([store.current.value, store.notice.value, sessionStorage.length]).toEqual([null, null, 0]);
  });

  test.each(["{", "null", '{"token":"t"}', '{"token":"t","expiresAt":"soon","user":{"subject":"a"}}'])(
    "is not restored from %s",
    (stored) => {
      sessionStorage.setItem("waybill.session", stored);
      expect(new SessionStore(accounts, sessionStorage).current.value).toBeNull();
    },
  );
});
