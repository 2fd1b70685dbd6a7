import { useEffect, useMemo } from "preact/hooks";
import type { AccountsApi } from "../api/accounts";
import { createHttp } from "../api/http";
import { createOrdersApi } from "../api/orders";
import { createOrderHub } from "../live/hub";
import { Workspace } from "../orders/workspace";
import { route } from "../router/navigation";
import type { SessionStore } from "../session/session";
import type { Session } from "../session/storage";
import { SessionContext, useSession, WorkspaceContext } from "./context";
import { Desk, filterOf } from "./orders/Desk";
import { SignIn } from "./signin/SignIn";

export function App({ session, accounts }: { session: SessionStore; accounts: AccountsApi }) {
  const current = session.current.value;
  return (
    <SessionContext.Provider value={session}>
      {current ? <SignedIn key={current.token} session={current} /> : <SignIn accounts={accounts} />}
    </SessionContext.Provider>
  );
}

function SignedIn({ session }: { session: Session }) {
  const store = useSession();
  const workspace = useMemo(() => openWorkspace(session, store), [session, store]);
  useEffect(() => {
    workspace.start();
    return () => workspace.close();
  }, [workspace]);
  return (
    <WorkspaceContext.Provider value={workspace}>
      <Desk />
    </WorkspaceContext.Provider>
  );
}

function openWorkspace({ token, user }: Session, store: SessionStore): Workspace {
  const onUnauthorized = () => store.expire();
  const http = createHttp({ token: () => token, onUnauthorized });
  return new Workspace({
    user,
    api: createOrdersApi(http),
    filter: filterOf(route.peek(), user.role !== "customer"),
    connect: (onEvent) => createOrderHub(() => token, onEvent),
    onUnauthorized,
  });
}
