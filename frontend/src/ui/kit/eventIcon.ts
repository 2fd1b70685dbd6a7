import type { IconName } from "./Icon";

const ICONS: Readonly<Record<string, IconName>> = {
  OrderPlaced: "inbox",
  OrderConfirmed: "box",
  OrderShipped: "truck",
  OrderDelivered: "check",
  OrderCancelled: "cross",
};

export function eventIcon(type: string): IconName {
  return ICONS[type] ?? "clock";
}
