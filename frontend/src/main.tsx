import { render } from "preact";
import { createAccountsApi } from "./api/accounts";
import { SessionStore } from "./session/session";
import "./styles/page.css";
import { App } from "./ui/App";

const accounts = createAccountsApi();
const session = new SessionStore(accounts, sessionStorage);
const root = document.getElementById("app");
if (root) render(<App session={session} accounts={accounts} />, root);
