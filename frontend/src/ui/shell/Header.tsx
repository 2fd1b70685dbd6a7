import type { Workspace } from "../../orders/workspace";
import { useSession } from "../context";
import { Icon } from "../kit/Icon";
import { Logo } from "../kit/Logo";
import { ActivityTray } from "./ActivityTray";
import { ConnectionChip } from "./ConnectionChip";
import { ThemeSwitch } from "./ThemeSwitch";

const ROLES = { customer: "Customer", staff: "Staff", admin: "Administrator", service: "Service" } as const;

export function Header({ workspace }: { workspace: Workspace }) {
  const { live, inbox, activity, user } = workspace;
  const session = useSession();
  return (
    <header class="top">
      <div class="top-inner">
        <a class="brand" href="/" aria-label="Waybill, all orders">
          <Logo />
        </a>
        <ConnectionChip
          state={live.state.value}
          position={inbox.position.value}
          lostAt={live.lostAt.value}
          onRetry={() => void live.retryNow()}
        />
        <div class="top-tools">
          <a class="icon-button tip" href="/chat" aria-label="Chat" data-tip="Chat">
            <Icon name="chat" />
          </a>
          <ActivityTray activity={activity} />
          <ThemeSwitch />
          <span class="who">
            <span class="who-name">{user.name}</span>
            <span class="who-role">{ROLES[user.role]}</span>
          </span>
          <button
            type="button"
            class="icon-button tip tip-end"
            aria-label="Sign out"
            data-tip="Sign out"
            data-testid="sign-out"
            onClick={() => session.signOut()}
          >
            <Icon name="leave" />
          </button>
        </div>
      </div>
    </header>
  );
}
