/** The JSON of the service, as REST and the hub send it. */

import type * as pushed from "../live/hubs.generated";

export type Role = "customer" | "staff" | "admin" | "service";

export type OrderStatus =
  | "Pending"
  | "Processing"
  | "PartiallyShipped"
  | "Shipped"
  | "PartiallyDelivered"
  | "Delivered"
  | "PartiallyReturned"
  | "Returned"
  | "Cancelled";

export type OrderAction = "confirm" | "ship" | "deliver" | "cancel";

/** A place in one customer's stream of events; numbers of different epochs cannot be compared. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

export interface OrderHead {
  readonly id: number;
  readonly number: string;
  readonly reference: string | null;
  readonly status: OrderStatus;
  readonly customerId: string;
  readonly customerName: string;
  readonly placedAt: string;
  readonly confirmedAt: string | null;
  readonly estimatedDeliveryAt: string | null;
  readonly updatedAt: string;
  readonly version: number;
  readonly allowedActions: readonly OrderAction[];
  /** Why an action that exists for this reader is not possible now. */
  readonly blockedActions: Readonly<Partial<Record<OrderAction, string>>>;
}

export interface OrderSummary extends OrderHead {
  readonly lineCount: number;
  readonly unitCount: number;
}

export interface OrderLine {
  readonly id: number;
  readonly position: number;
  readonly sku: string;
  readonly name: string;
  readonly ordered: number;
  readonly cancelled: number;
  readonly shipped: number;
  readonly delivered: number;
  readonly returned: number;
}

export interface ShipmentLine {
  readonly lineId: number;
  readonly quantity: number;
}

export interface Shipment {
  readonly id: number;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly shippedAt: string;
  readonly deliveredAt: string | null;
  readonly lines: readonly ShipmentLine[];
}

export interface Order extends OrderHead {
  readonly lines: readonly OrderLine[];
  readonly shipments: readonly Shipment[];
  readonly position: Position;
}

export interface OrderPage {
  readonly items: readonly OrderSummary[];
  readonly nextCursor: string | null;
  /** The reader's own stream just before the rows were read; null for staff. */
  readonly position: Position | null;
}

export interface EventLine {
  readonly name: string;
  readonly quantity: number;
}

export interface EventShipment {
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly lines: readonly EventLine[];
}

/** Which of these an event has depends on its type. */
export interface EventData {
  readonly isPartial?: boolean;
  readonly shipment?: EventShipment;
  readonly shipments?: readonly EventShipment[];
  readonly lines?: readonly EventLine[];
  readonly reason?: string | null;
}

/** One committed fact: the same object in the push, the timeline and the answer of an action. */
export interface OrderEvent extends Omit<pushed.OrderEvent, "type" | "data"> {
  /** One of the hub's, or one that a newer service has. */
  readonly type: string;
  readonly status: OrderStatus;
  readonly statusFrom: OrderStatus | null;
  readonly data: EventData;
}

export interface ActedOrder extends Order {
  readonly event: OrderEvent;
}

export interface User {
  readonly subject: string;
  readonly name: string;
  readonly role: Role;
}

export interface DemoAccount {
  readonly username: string;
  readonly password: string;
  readonly role: Role;
  readonly name: string;
}

export interface IssuedToken {
  readonly access_token: string;
  readonly token_type: string;
  /** Seconds from now. */
  readonly expires_in: number;
}
