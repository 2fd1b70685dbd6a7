import { ago, fullTime } from "../../text/time";
import { now } from "./clock";

/** How long ago, with the exact time for whoever asks. */
export function TimeAgo({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullTime(at)}>
      {ago(at, now.value)}
    </time>
  );
}
