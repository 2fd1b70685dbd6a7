import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Workspace } from "../orders/workspace";
import type { SessionStore } from "../session/session";

export const SessionContext = createContext<SessionStore | null>(null);
export const WorkspaceContext = createContext<Workspace | null>(null);

export function useSession(): SessionStore {
  return present(useContext(SessionContext));
}

export function useWorkspace(): Workspace {
  return present(useContext(WorkspaceContext));
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error("used outside its provider");
  return value;
}
