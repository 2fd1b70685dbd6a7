import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AccountsApi } from "../../api/accounts";
import { Problem } from "../../api/problem";
import type { DemoAccount } from "../../api/types";
import { route } from "../../router/navigation";
import { useSession } from "../context";
import { Icon } from "../kit/Icon";
import { Logo } from "../kit/Logo";
import { ThemeSwitch } from "../shell/ThemeSwitch";
import { DemoAccounts } from "./DemoAccounts";
import { RouteArt } from "./RouteArt";

export function SignIn({ accounts }: { accounts: AccountsApi }) {
  const session = useSession();
  const demo = useSignal<readonly DemoAccount[]>([]);
  const busy = useSignal<string | null>(null);
  const problem = useSignal<Problem | null>(null);

  useEffect(() => {
    document.title = "Sign in · Waybill";
    void accounts.demoAccounts().then((found) => {
      demo.value = found;
    });
  }, [accounts, demo]);

  const signIn = async (username: string, password: string) => {
    busy.value = username;
    problem.value = null;
    try {
      await session.signIn(username, password);
    } catch (error) {
      problem.value = Problem.of(error);
    } finally {
      busy.value = null;
    }
  };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    void signIn(String(fields.get("username") ?? ""), String(fields.get("password") ?? ""));
  };

  return (
    <div class="signin">
      <header class="signin-top">
        <Logo />
        <ThemeSwitch />
      </header>
      <main class="signin-main" id="main">
        <div class="signin-intro">
          <RouteArt />
          <h1>Know where every order is.</h1>
          <p>Every change to an order shows up here the moment it happens. No reloading, nothing missed.</p>
        </div>
        <div class="signin-card card">
          <h2>{route.value.page === "order" ? "Sign in to see the order" : "Sign in"}</h2>
          <Message notice={session.notice.value} problem={problem.value} />
          <form data-testid="signin-form" onSubmit={submit}>
            <label class="field">
              <span>Username</span>
              <input
                name="username"
                autocomplete="username"
                autocapitalize="none"
                spellcheck={false}
                required
              />
            </label>
            <label class="field">
              <span>Password</span>
              <input name="password" type="password" autocomplete="current-password" required />
            </label>
            <button class="button primary block" type="submit" disabled={busy.value !== null}>
              {busy.value === null ? "Sign in" : "Signing in…"}
            </button>
          </form>
          <DemoAccounts
            accounts={demo.value}
            busy={busy.value}
            onPick={({ username, password }) => void signIn(username, password)}
          />
        </div>
      </main>
    </div>
  );
}

function Message({ notice, problem }: { notice: string | null; problem: Problem | null }) {
  if (problem)
    return (
      <p class="message bad" role="alert" data-testid="signin-problem">
        <Icon name="alert" /> {problem.detail || problem.title}
      </p>
    );
  return notice ? (
    <p class="message" role="status" data-testid="signin-notice">
      <Icon name="clock" /> {notice}
    </p>
  ) : null;
}
