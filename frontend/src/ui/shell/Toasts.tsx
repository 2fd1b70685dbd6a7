import type { Activity } from "../../orders/activity";
import { eventIcon } from "../kit/eventIcon";
import { Icon } from "../kit/Icon";

/** Short notes of what just changed. They take no focus and no clicks; the tray keeps what they said. */
export function Toasts({ activity }: { activity: Activity }) {
  return (
    <>
      <div
        class="toasts"
        role="log"
        aria-label="What just changed"
        // The live region below speaks for them, with several changes as one sentence.
        aria-live="off"
        onPointerEnter={() => activity.hold()}
        onPointerLeave={() => activity.release()}
      >
        {activity.toasts.value.map((toast) => (
          <div class="toast" key={toast.id} data-testid="toast">
            <Icon name={eventIcon(toast.type)} />
            {toast.text}
          </div>
        ))}
      </div>
      <div class="visually-hidden" role="status">
        {activity.spoken.value}
      </div>
    </>
  );
}
