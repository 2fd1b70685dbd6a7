import type { Signal } from "@preact/signals";
import { CopyButton } from "../ui/kit/CopyButton";

/** The name that others see, and the connection id that they need for a whisper. */
export function You({ name, connectionId }: { name: Signal<string>; connectionId: string | null }) {
  return (
    <section class="side-card card" aria-labelledby="you-title">
      <h2 id="you-title">You</h2>
      <label class="field">
        <span>Name</span>
        <input
          maxLength={60}
          placeholder="Anonymous"
          autocomplete="nickname"
          value={name.value}
          data-testid="chat-name"
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
      </label>
      <div class="own-id">
        <span>Connection id</span>
        <span class="own-id-value">
          <code data-testid="chat-connection-id">{connectionId ?? "not connected"}</code>
          {connectionId && <CopyButton text={connectionId} what="your connection id" />}
        </span>
      </div>
    </section>
  );
}
