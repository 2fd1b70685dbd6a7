const EDITABLE = "input, textarea, select, [contenteditable]";

/** Calls back when "/" is pressed outside a field. Returns a function that stops this. */
export function onSlash(callback: () => void): () => void {
  return onKey("/", (event) => {
    event.preventDefault();
    callback();
  });
}

/** Calls back when Esc is pressed and no dialog is open. Returns a function that stops this. */
export function onEscape(callback: () => void): () => void {
  return onKey("Escape", callback);
}

function onKey(key: string, callback: (event: KeyboardEvent) => void): () => void {
  const listener = (event: KeyboardEvent) => {
    if (event.key !== key || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const busy = key === "Escape" ? document.querySelector("dialog[open]") : isEditable(event.target);
    if (!busy) callback(event);
  };
  document.addEventListener("keydown", listener);
  return () => document.removeEventListener("keydown", listener);
}

function isEditable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(EDITABLE) !== null;
}
