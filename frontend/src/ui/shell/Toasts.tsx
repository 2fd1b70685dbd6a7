import type { Activity } from "../../orders/activity";
import { eventIcon } from "../kit/eventIcon";
import { Icon } from "../kit/Icon";

/** Short messages about changes. They take no focus, and the activity tray keeps what they said. */
export function Toasts({ activity }: { activity: Activity }) {
  return (
    <>
      <div
        class="toasts"
        role="log"
        aria-label="Recent changes"
        // The live region below reads them out instead, with several changes in one sentence.
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
