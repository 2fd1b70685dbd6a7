import type { Position } from "../../api/types";
import type { LiveState } from "../../live/connection";
import { timeWithSeconds } from "../../text/time";

interface ChipProps {
  state: LiveState;
  position: Position | null;
  lostAt: number | null;
  onRetry: () => void;
}

const WORDS: Readonly<Record<LiveState, string>> = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  offline: "Offline",
};

/** Says whether the page is live and up to which event, or since when it is out of date. */
export function ConnectionChip({ state, position, lostAt, onRetry }: ChipProps) {
  const down = state === "reconnecting" || state === "offline";
  return (
    <span class={`chip chip-${state}`} data-testid="connection-chip" data-state={state}>
      <span class="chip-dot" aria-hidden="true" />
      <span>
        {WORDS[state]}
        {state === "live" && position && (
          <span class="chip-position"> · #{position.seq.toLocaleString("en", { useGrouping: false })}</span>
        )}
        {down && lostAt !== null && <span class="chip-as-of"> · data as of {timeWithSeconds(lostAt)}</span>}
      </span>
      {down && (
        <button type="button" class="chip-retry" onClick={onRetry}>
          Try now
        </button>
      )}
    </span>
  );
}
