import { beforeEach, expect, test } from "vitest";
import type { AccountsApi } from "../../src/api/accounts";
import { Problem } from "../../src/api/problem";
import { go } from "../../src/router/navigation";
import { SessionStore } from "../../src/session/session";
import { SessionContext } from "../../src/ui/context";
import { SignIn } from "../../src/ui/signin/SignIn";
import { click, find, has, settled, show, submit } from "../support/render";

beforeEach(() => {
  sessionStorage.clear();
  go("/");
});

function accountsOf(demo: boolean): AccountsApi {
  return {
    token: async (username, password) => {
      if (password !== "right")
        throw new Problem(400, "Bad Request", "The username or the password is wrong.");
      return { access_token: `token of ${username}`, token_type: "bearer", expires_in: 60 };
    },
    me: async () => ({ subject: "ada", name: "Ada Berg", role: "customer" }),
    demoAccounts: async () =>
      demo ? [{ username: "ada", password: "right", role: "customer", name: "Ada Berg" }] : [],
  };
}

async function open(demo = true) {
  const accounts = accountsOf(demo);
  const session = new SessionStore(accounts, sessionStorage);
  const root = await show(
    <SessionContext.Provider value={session}>
      <SignIn accounts={accounts} />
    </SessionContext.Provider>,
  );
  await settled();
  const form = find(root, "signin-form");
  const fill = (name: string, value: string) => {
    const field = form.querySelector<HTMLInputElement>(`input[name="${name}"]`);
    if (field) field.value = value;
  };
  return { root, session, form, fill };
}

test("a username and its password sign the reader in", async () => {
  const { session, form, fill } = await open();
  fill("username", "ada");
  fill("password", "right");
  await submit(form);
  await settled();
  expect(session.current.value?.token).toBe("token of ada");
});

test("a wrong password is reported in words and as an alert", async () => {
  const { root, session, form, fill } = await open();
  fill("username", "ada");
  fill("password", "wrong");
  await submit(form);
  await settled();
  const alert = find(root, "signin-problem");
  expect([alert.getAttribute("role"), alert.textContent?.trim()]).toEqual([
    "alert",
    "The username or the password is wrong.",
  ]);
  expect(session.current.value).toBeNull();
});

test("a demo account signs in with one click", async () => {
  const { root, session } = await open();
  await click(find(root, "demo-signin-ada"));
  await settled();
  expect(session.current.value?.user.name).toBe("Ada Berg");
});

test("no demo account is offered when the service is not a demo", async () => {
  const { root } = await open(false);
  expect(has(root, "demo-signin-ada")).toBe(false);
});

test("after a session has expired, the form says so", async () => {
  const { root, session } = await open();
  await session.signIn("ada", "right");
  session.expire();
  await settled();
  expect(find(root, "signin-notice").textContent).toMatch(/session has ended/);
});

test.each([
  ["/", "Sign in"],
  ["/orders/42", "Sign in to see the order"],
])("at %s the form is headed %j", async (address, heading) => {
  go(address);
  const { root } = await open();
  expect(root.querySelector("h2")?.textContent).toBe(heading);
});

test("after the sign-in the address is still that of the order", async () => {
  go("/orders/42?queue=to-ship");
  const { form, fill, session } = await open();
  fill("username", "ada");
  fill("password", "right");
  await submit(form);
  await settled();
  expect(session.current.value).not.toBeNull();
  expect(location.pathname + location.search).toBe("/orders/42?queue=to-ship");
});
