import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { copyText } from "./clipboard";
import { Icon } from "./Icon";

const SHOWN_MS = 1_800;

/** A button that copies a text. `what` completes its label, as in "Copy order number". */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const state = useSignal<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state.value === "idle") return;
    const timer = setTimeout(() => {
      state.value = "idle";
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state.value]);

  const copy = async () => {
    state.value = (await copyText(text)) ? "copied" : "failed";
  };
  const label = { idle: `Copy ${what}`, copied: "Copied", failed: "Could not copy" }[state.value];
  return (
    <button
      type="button"
      class="icon-button small tip tip-end"
      data-tip={label}
      aria-label={label}
      onClick={copy}
    >
      <Icon name={state.value === "copied" ? "check" : "copy"} size={15} />
    </button>
  );
}
