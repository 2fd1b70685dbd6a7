import { Problem } from "./problem";
import type { DemoAccount, DemoAccounts, IssuedToken, User } from "./types";

/** The requests behind the sign-in form. */
export interface AccountsApi {
  token(username: string, password: string): Promise<IssuedToken>;
  me(token: string): Promise<User>;
  /** Returns the accounts of the demo; none when the service is not a demo. */
  demoAccounts(): Promise<readonly DemoAccount[]>;
}

export function createAccountsApi(send: typeof fetch = fetch.bind(globalThis)): AccountsApi {
  async function json<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await send(path, init).catch(() => {
      throw Problem.unreachable();
    });
    if (!response.ok) throw await Problem.from(response);
    return (await response.json()) as T;
  }

  return {
    token: (username, password) =>
      json("/auth/token", { method: "POST", body: new URLSearchParams({ username, password }) }),
    me: (token) => json("/auth/me", { headers: { Authorization: `Bearer ${token}` } }),
    demoAccounts: async () => {
      const response = await send("/demo/accounts").catch(() => null);
      if (!response?.ok) return [];
      return ((await response.json()) as DemoAccounts).accounts;
    },
  };
}
