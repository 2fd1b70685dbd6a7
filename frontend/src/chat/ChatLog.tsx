import { useEffect, useRef } from "preact/hooks";
import { fullTime, timeOfDay } from "../text/time";
import { EmptyNote } from "../ui/kit/Notes";
import { type ChatLine, shortId } from "./messages";

/** The messages. The log scrolls along with new ones unless the reader has scrolled up. */
export function ChatLog({ lines, ownId }: { lines: readonly ChatLine[]; ownId: string | null }) {
  const log = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    const element = log.current;
    if (element && follows.current) element.scrollTop = element.scrollHeight;
  }, [lines]);
  const onScroll = () => {
    const element = log.current;
    if (element) follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
  };
  return (
    <div
      ref={log}
      class="chat-log"
      role="log"
      aria-label="Messages"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
      tabIndex={0}
      data-testid="chat-log"
      onScroll={onScroll}
    >
      {lines.length === 0 && (
        <EmptyNote icon="chat" title="No messages yet">
          <p>Open this page in a second window and say hello.</p>
        </EmptyNote>
      )}
      {lines.map((line) => (
        <Line key={line.key} line={line} ownId={ownId} />
      ))}
    </div>
  );
}

function Line({ line, ownId }: { line: ChatLine; ownId: string | null }) {
  const iso = new Date(line.at).toISOString();
  const who = author(line, ownId);
  return (
    <div class={`line line-${line.kind}`} data-kind={line.kind}>
      {who && (
        <p class="line-who">
          <strong>{who.name}</strong>
          {who.tag && <span class="tag">{who.tag}</span>}
        </p>
      )}
      <p class="line-text">{line.text}</p>
      <time dateTime={iso} title={fullTime(iso)}>
        {timeOfDay(iso)}
      </time>
    </div>
  );
}

function author(line: ChatLine, ownId: string | null): { name: string; tag?: string } | null {
  switch (line.kind) {
    case "message":
      return { name: line.from };
    case "room":
      return { name: line.from === ownId ? "You" : shortId(line.from), tag: "room" };
    case "direct":
      return { name: "Someone", tag: "only to you" };
    case "sent":
      return { name: "You", tag: `whispered to ${shortId(line.to)}` };
    default:
      return null;
  }
}
