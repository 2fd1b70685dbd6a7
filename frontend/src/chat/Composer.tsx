import { type Signal, useSignal } from "@preact/signals";
import { Icon } from "../ui/kit/Icon";
import { shortId } from "./messages";
import type { TargetKind } from "./model";

interface Props {
  target: Signal<TargetKind>;
  room: string;
  whisperTo: string;
  joined: boolean;
  connected: boolean;
  onSend: (text: string) => Promise<boolean>;
}

/** Sends one message: to everyone, to the named room, or to one connection. */
export function Composer({ target, room, whisperTo, joined, connected, onSend }: Props) {
  const text = useSignal("");
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const message = text.value.trim();
    if (message && (await onSend(message))) text.value = "";
  };
  const choices: readonly { kind: TargetKind; label: string; possible: boolean }[] = [
    { kind: "everyone", label: "Everyone", possible: true },
    { kind: "room", label: joined ? room : "Room", possible: joined },
    {
      kind: "whisper",
      label: whisperTo ? `Whisper to ${shortId(whisperTo)}` : "Whisper",
      possible: whisperTo !== "",
    },
  ];
  return (
    <form class="composer" onSubmit={(event) => void submit(event)}>
      <fieldset class="targets">
        <legend class="visually-hidden">To</legend>
        {choices.map(({ kind, label, possible }) => (
          <label key={kind} class="target">
            <input
              type="radio"
              name="target"
              checked={target.value === kind}
              disabled={!possible}
              data-testid={`chat-target-${kind}`}
              onChange={() => {
                target.value = kind;
              }}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <div class="composer-row">
        <input
          aria-label="Message"
          placeholder="Say something"
          autocomplete="off"
          maxLength={2000}
          value={text.value}
          data-testid="chat-message"
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="button primary" disabled={!connected} data-testid="chat-send">
          <Icon name="send" size={16} />
          Send
        </button>
      </div>
    </form>
  );
}
