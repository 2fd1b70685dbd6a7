import type { User } from "../api/types";

export interface Session {
  readonly token: string;
  /** Milliseconds since 1970, by the clock of this machine. */
  readonly expiresAt: number;
  readonly user: User;
}

const KEY = "waybill.session";

/** Reads the session of this tab, if it has not expired. Each tab has its own, so two tabs can be two people. */
export function loadSession(storage: Storage, now: number): Session | null {
  const session = parse(storage.getItem(KEY));
  return session && session.expiresAt > now ? session : null;
}

export function saveSession(storage: Storage, session: Session | null): void {
  if (session) storage.setItem(KEY, JSON.stringify(session));
  else storage.removeItem(KEY);
}

function parse(text: string | null): Session | null {
  try {
    const value = JSON.parse(text ?? "null") as Partial<Session> | null;
    return value?.token && value.user?.subject && typeof value.expiresAt === "number"
      ? (value as Session)
      : null;
  } catch {
    return null;
  }
}
