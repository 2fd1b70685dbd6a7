import { createHttp } from "./http";
import type { DemoAccount, DemoAccounts, IssuedToken, User } from "./types";

/** The requests behind the sign-in form. */
export interface AccountsApi {
  token(username: string, password: string): Promise<IssuedToken>;
  me(token: string): Promise<User>;
  /** Returns the accounts of the demo; none when the service is not a demo. */
  demoAccounts(): Promise<readonly DemoAccount[]>;
}

export function createAccountsApi(send: typeof fetch = fetch.bind(globalThis)): AccountsApi {
  const anonymous = createHttp({ token: () => null, fetch: send });
  return {
    token: (username, password) => anonymous.post("/auth/token", new URLSearchParams({ username, password })),
    me: (token) => createHttp({ token: () => token, fetch: send }).get("/auth/me"),
    demoAccounts: () =>
      anonymous.get<DemoAccounts>("/demo/accounts").then(
        ({ accounts }) => accounts,
        () => [],
      ),
  };
}
