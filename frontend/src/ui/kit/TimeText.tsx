import { ago, fullTime } from "../../text/time";
import { now } from "./clock";

/** How long ago something happened. The exact time is in the tooltip. */
export function TimeAgo({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullTime(at)}>
      {ago(at, now.value)}
    </time>
  );
}
