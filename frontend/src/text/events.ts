import type { OrderEvent } from "../api/types";

interface Words {
  readonly whole: string;
  readonly part: string;
}

const WORDS: Readonly<Record<string, Words>> = {
  OrderPlaced: { whole: "placed", part: "placed" },
  OrderConfirmed: { whole: "confirmed", part: "confirmed" },
  OrderShipped: { whole: "shipped", part: "partly shipped" },
  OrderDelivered: { whole: "delivered", part: "partly delivered" },
  OrderCancelled: { whole: "cancelled", part: "partly cancelled" },
};

/** Returns a sentence for toasts, such as "Order WB-000042 shipped". */
export function headline(event: OrderEvent): string {
  return `Order ${event.number} ${verb(event)}`;
}

/** Returns the title of a timeline entry, such as "Partly shipped". */
export function entryTitle(event: OrderEvent): string {
  const words = verb(event);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Returns the carrier, tracking number and reason; empty if the event has none. */
export function entryDetail({ data }: OrderEvent): string {
  const parcels = data.shipment ? [data.shipment] : (data.shipments ?? []);
  const labels = parcels.map(({ carrier, trackingNumber }) =>
    [carrier, trackingNumber].filter(Boolean).join(" "),
  );
  return [...labels, data.reason].filter(Boolean).join(" · ");
}

/** Returns the items that the event names, such as "2 × Desk lamp, 1 × Bulb". */
export function entryItems({ data }: OrderEvent): string {
  const parcels = data.shipment ? [data.shipment] : (data.shipments ?? []);
  const lines = data.lines ?? parcels.flatMap((parcel) => parcel.lines);
  return lines.map((line) => `${line.quantity} × ${line.name}`).join(", ");
}

function verb({ type, data }: OrderEvent): string {
  const words = WORDS[type];
  if (!words) return "updated";
  return data.isPartial ? words.part : words.whole;
}
