import { signal, useSignal } from "@preact/signals";
import type { OrderHead } from "../../api/types";
import { useWorkspace } from "../context";
import { Dialog } from "../kit/Dialog";

const asked = signal<Pick<OrderHead, "id" | "number"> | null>(null);

/** Opens the dialog that asks for confirmation, since a cancellation cannot be undone. */
export function askToCancel(order: Pick<OrderHead, "id" | "number">): void {
  asked.value = order;
}

export function CancelDialog() {
  const { actions } = useWorkspace();
  const reason = useSignal("");
  const order = asked.value;
  if (!order) return null;

  const close = () => {
    asked.value = null;
    reason.value = "";
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const text = reason.value.trim();
    close();
    void actions.run(order, "cancel", text ? { reason: text } : undefined);
  };
  return (
    <Dialog title={`Cancel order ${order.number}?`} onClose={close} testId="cancel-dialog">
      <p>Items that have not been shipped yet will not be sent. This cannot be undone.</p>
      <form onSubmit={submit}>
        <label class="field">
          <span>
            Reason <small>(optional, shown in the timeline)</small>
          </span>
          <input
            name="reason"
            maxLength={200}
            value={reason.value}
            onInput={(event) => {
              reason.value = event.currentTarget.value;
            }}
          />
        </label>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={close}>
            Keep the order
          </button>
          <button type="submit" class="button danger" data-testid="confirm-cancel">
            Cancel the order
          </button>
        </div>
      </form>
    </Dialog>
  );
}
