import type { OrderAction, OrderHead } from "../../api/types";
import { ACTION_LABELS } from "../../text/status";
import { useWorkspace } from "../context";
import { Icon, type IconName } from "../kit/Icon";
import { askToCancel } from "./CancelDialog";

const ICONS: Readonly<Record<OrderAction, IconName>> = {
  confirm: "check",
  ship: "truck",
  deliver: "home",
  cancel: "cross",
};

interface Props {
  order: OrderHead;
  action: OrderAction;
  look: "labelled" | "icon";
  primary?: boolean;
}

/**
 * The button for one action. When the action is not possible, the button stays in place and says why. It uses
 * aria-disabled, because a disabled button could not be reached by keyboard.
 */
export function ActionButton({ order, action, look, primary = false }: Props) {
  const { actions } = useWorkspace();
  const pending = actions.pending.value.get(order.id);
  const allowed = order.allowedActions.includes(action);
  const label = ACTION_LABELS[action];
  const reason = allowed ? "" : (order.blockedActions[action] ?? "Not possible right now.");

  const run = () => {
    if (!allowed || pending) return;
    if (action === "cancel") askToCancel(order);
    else void actions.run(order, action);
  };
  const tip = reason || (look === "icon" ? label : undefined);
  return (
    <button
      type="button"
      class={`button action ${look} ${primary ? "primary" : ""} ${tip ? "tip tip-end" : ""}`}
      data-tip={tip}
      aria-label={reason ? `${label} ${order.number}. ${reason}` : `${label} ${order.number}`}
      aria-disabled={!allowed || pending !== undefined}
      aria-busy={pending === action}
      data-testid={`action-${action}-${order.id}`}
      onClick={run}
    >
      <Icon name={ICONS[action]} size={16} />
      <span>{label}</span>
    </button>
  );
}

/** Returns the next step of the order, which gets the most prominent button. */
export function nextAction(order: OrderHead): OrderAction | null {
  return order.allowedActions.find((action) => action !== "cancel") ?? null;
}
