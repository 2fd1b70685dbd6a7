import type { OrderAction, OrderStatus } from "../api/types";

export type Tone = "waiting" | "working" | "moving" | "done" | "stopped" | "returned";

export interface StatusLook {
  readonly label: string;
  readonly tone: Tone;
  /** Drawn beside the label, so that nothing depends on colour alone. */
  readonly icon: "clock" | "box" | "truck" | "check" | "cross" | "return";
}

const LOOKS: Readonly<Record<OrderStatus, StatusLook>> = {
  Pending: { label: "Pending", tone: "waiting", icon: "clock" },
  Processing: { label: "Processing", tone: "working", icon: "box" },
  PartiallyShipped: { label: "Partly shipped", tone: "moving", icon: "truck" },
  Shipped: { label: "Shipped", tone: "moving", icon: "truck" },
  PartiallyDelivered: { label: "Partly delivered", tone: "moving", icon: "truck" },
  Delivered: { label: "Delivered", tone: "done", icon: "check" },
  PartiallyReturned: { label: "Partly returned", tone: "returned", icon: "return" },
  Returned: { label: "Returned", tone: "returned", icon: "return" },
  Cancelled: { label: "Cancelled", tone: "stopped", icon: "cross" },
};

/** Returns how to show a status. One that this page does not know is shown under its own name. */
export function statusLook(status: OrderStatus): StatusLook {
  return LOOKS[status] ?? { label: status, tone: "waiting", icon: "clock" };
}

export const ACTIONS: readonly OrderAction[] = ["confirm", "ship", "deliver", "cancel"];

export const ACTION_LABELS: Readonly<Record<OrderAction, string>> = {
  confirm: "Confirm",
  ship: "Ship",
  deliver: "Deliver",
  cancel: "Cancel",
};
