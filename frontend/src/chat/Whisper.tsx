import type { Signal } from "@preact/signals";
import type { TargetKind } from "./model";

interface Props {
  whisperTo: Signal<string>;
  target: Signal<TargetKind>;
}

export function Whisper({ whisperTo, target }: Props) {
  const edit = (value: string) => {
    whisperTo.value = value;
    target.value = value.trim() ? "whisper" : "everyone";
  };
  return (
    <section class="side-card card" aria-labelledby="whisper-title">
      <h2 id="whisper-title">Whisper</h2>
      <label class="field">
        <span>To connection id</span>
        <input
          class="mono"
          autocomplete="off"
          spellcheck={false}
          placeholder="paste someone’s id"
          value={whisperTo.value}
          data-testid="chat-whisper-id"
          onInput={(event) => edit(event.currentTarget.value)}
        />
      </label>
    </section>
  );
}
