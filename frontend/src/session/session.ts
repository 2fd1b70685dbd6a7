import { signal } from "@preact/signals";
import type { AccountsApi } from "../api/accounts";
import { loadSession, type Session, saveSession } from "./storage";

const EXPIRED = "Your session has ended. Sign in again to continue where you left off.";
/** The longest delay that setTimeout supports. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Who is signed in on this tab, and what to tell someone who has to sign in again. */
export class SessionStore {
  readonly current = signal<Session | null>(null);
  /** Shown on the sign-in form. */
  readonly notice = signal<string | null>(null);
  #expiry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly accounts: AccountsApi,
    private readonly storage: Storage,
  ) {
    this.#set(loadSession(storage, Date.now()));
  }

  /** Throws a `Problem` when the service refuses. */
  async signIn(username: string, password: string): Promise<void> {
    const issued = await this.accounts.token(username, password);
    const user = await this.accounts.me(issued.access_token);
    this.notice.value = null;
    this.#set({ token: issued.access_token, expiresAt: Date.now() + issued.expires_in * 1000, user });
  }

  signOut(): void {
    this.notice.value = null;
    this.#set(null);
  }

  /** Ends the session because the service no longer accepts its token. The sign-in form says so. */
  expire(): void {
    if (!this.current.peek()) return;
    this.notice.value = EXPIRED;
    this.#set(null);
  }

  #set(session: Session | null): void {
    clearTimeout(this.#expiry);
    saveSession(this.storage, session);
    this.current.value = session;
    if (!session) return;
    const left = Math.min(session.expiresAt - Date.now(), LONGEST_TIMER);
    this.#expiry = setTimeout(() => this.expire(), left);
  }
}
