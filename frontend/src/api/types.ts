/** Names for the JSON of the service. The shapes come from its OpenAPI document: run `make client-types`. */

import type { operations as Operations } from "./openapi.generated";

type JsonBody<Content> = Content extends { readonly content: { readonly "application/json": infer Body } }
  ? Body
  : never;

/** What an operation answers with status 200. */
type Answer<Name extends keyof Operations> = Operations[Name]["responses"] extends {
  readonly 200: infer Response;
}
  ? JsonBody<Response>
  : never;

/** What an operation takes as its body. */
type Request<Name extends keyof Operations> = Operations[Name] extends { readonly requestBody?: infer Body }
  ? NonNullable<JsonBody<NonNullable<Body>>>
  : never;

export type IssuedToken = Answer<"createToken">;
export type User = Answer<"getMe">;
export type Role = User["role"];
export type DemoAccounts = Answer<"listDemoAccounts">;
export type DemoAccount = DemoAccounts["accounts"][number];

export type OrderPage = Answer<"listOrders">;
export type OrderSummary = OrderPage["items"][number];
export type Order = Answer<"getOrder">;
export type OrderLine = Order["lines"][number];
export type Shipment = Order["shipments"][number];
/** What the list and the order itself both say about an order. */
export type OrderHead = Pick<Order, keyof Order & keyof OrderSummary>;
export type OrderStatus = Order["status"];
export type OrderAction = Order["allowedActions"][number];
/** A place in one customer's stream of events. Numbers from different epochs cannot be compared. */
export type Position = Order["position"];

export type ShipBody = Request<"shipOrder">;
export type DeliverBody = Request<"deliverOrder">;
export type CancelBody = Request<"cancelOrder">;

type AnsweredTimeline = Answer<"listOrderEvents">;
type AnsweredChange = Answer<"shipOrder">;
type AnsweredEvent = AnsweredTimeline["items"][number];

/** One committed change: the same object is pushed, listed in the timeline and returned by an action. */
export interface OrderEvent extends Omit<AnsweredEvent, "type" | "status" | "statusFrom" | "data"> {
  /** One of the types in the document, or one that a newer service has added. */
  readonly type: string;
  readonly status: OrderStatus;
  readonly statusFrom: OrderStatus | null;
  readonly data: EventData;
}

/** The document leaves an event's data open; which of these it has depends on its type. */
export interface EventData {
  readonly isPartial?: boolean;
  readonly shipment?: EventShipment;
  readonly shipments?: readonly EventShipment[];
  readonly lines?: readonly EventLine[];
  readonly reason?: string | null;
}

export interface EventShipment {
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly lines: readonly EventLine[];
}

export interface EventLine {
  readonly name: string;
  readonly quantity: number;
}

export interface Timeline extends Omit<AnsweredTimeline, "items"> {
  readonly items: readonly OrderEvent[];
}

/** The order after an action, with the event that the action caused. */
export interface ChangedOrder extends Omit<AnsweredChange, "event"> {
  readonly event: OrderEvent;
}
