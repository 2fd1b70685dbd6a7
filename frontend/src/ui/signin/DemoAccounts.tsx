import type { DemoAccount } from "../../api/types";
import { Icon } from "../kit/Icon";

interface Props {
  accounts: readonly DemoAccount[];
  busy: string | null;
  onPick: (account: DemoAccount) => void;
}

/** Buttons that sign in with the accounts of the demo. */
export function DemoAccounts({ accounts, busy, onPick }: Props) {
  if (accounts.length === 0) return null;
  return (
    <section class="demo" aria-label="Demo sign-ins">
      <p class="demo-rule">
        <span>or try the demo as</span>
      </p>
      <ul>
        {accounts.map((account) => (
          <li key={account.username}>
            <button
              type="button"
              class="demo-account"
              disabled={busy !== null}
              data-testid={`demo-signin-${account.username}`}
              onClick={() => onPick(account)}
            >
              <span class={`avatar ${account.role === "customer" ? "" : "avatar-staff"}`}>
                <Icon name={account.role === "customer" ? "box" : "people"} size={16} />
              </span>
              <span class="demo-name">{account.name}</span>
              <span class="demo-role">{account.role}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
