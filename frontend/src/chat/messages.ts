/** One line in the log. */
export type ChatLine = { readonly key: number; readonly at: number } & (
  | { readonly kind: "message"; readonly from: string; readonly text: string }
  | { readonly kind: "room"; readonly from: string; readonly text: string }
  | { readonly kind: "direct"; readonly text: string }
  | { readonly kind: "sent"; readonly to: string; readonly text: string }
  | { readonly kind: "notice"; readonly text: string }
  | { readonly kind: "fault"; readonly text: string }
);

export type NewLine = ChatLine extends infer Line
  ? Line extends ChatLine
    ? Omit<Line, "key" | "at">
    : never
  : never;

/**
 * Reads the arguments of `ReceiveMessage`, which come in three forms: name, text and time of a message to everyone;
 * connection id and text of a message to a room; or the text alone of a whisper, an echo or a broadcast.
 */
export function received(values: readonly unknown[]): { line: NewLine; at: number | null } {
  const [first, second, third] = values.map(String);
  if (values.length >= 3) {
    const at = Date.parse(third ?? "");
    const line = { kind: "message", from: first || "Someone", text: second ?? "" } as const;
    return { line, at: Number.isNaN(at) ? null : at };
  }
  if (values.length === 2) return { line: { kind: "room", from: first ?? "", text: second ?? "" }, at: null };
  return { line: { kind: "direct", text: first ?? "" }, at: null };
}

/** Shortens a connection id to what is enough to tell people apart. */
export function shortId(connectionId: string): string {
  return connectionId.slice(0, 6);
}

/** Returns the hub's own error text, without what SignalR puts in front of it. */
export function faultText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /HubException: (.+)$/s.exec(text)?.[1] ?? text;
}
