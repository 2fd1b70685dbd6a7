/** One line of the log. */
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
 * The hub's one target has three shapes: a message to everyone (who, what, when), one to a room
 * (connection id, what), and one that only says what: a whisper, an echo, a broadcast.
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

/** Enough of a connection id to tell people apart. */
export function shortId(connectionId: string): string {
  return connectionId.slice(0, 6);
}

/** What the hub meant to say, without what the protocol puts before it. */
export function faultText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /HubException: (.+)$/s.exec(text)?.[1] ?? text;
}
