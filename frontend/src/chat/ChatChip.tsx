import type { ChatState } from "./model";

const WORDS: Readonly<Record<ChatState, string>> = {
  connecting: "Connecting",
  connected: "Connected",
  reconnecting: "Reconnecting",
  disconnected: "Disconnected",
};
const LOOKS: Readonly<Record<ChatState, string>> = {
  connecting: "connecting",
  connected: "live",
  reconnecting: "reconnecting",
  disconnected: "offline",
};

export function ChatChip({ state, onRetry }: { state: ChatState; onRetry: () => void }) {
  return (
    <span class={`chip chip-${LOOKS[state]}`} data-testid="connection-chip" data-state={state}>
      <span class="chip-dot" aria-hidden="true" />
      <span role="status">{WORDS[state]}</span>
      {state === "disconnected" && (
        <button type="button" class="chip-retry" onClick={onRetry}>
          Connect
        </button>
      )}
    </span>
  );
}
