// Written by `waybill hubs --typescript`; change the hubs instead.

import type { HubConnection, IStreamResult } from "@microsoft/signalr";

/** Who did it, as it may be shown: a role and a name, never an account's id. */
export interface Actor {
  readonly role: string;
  readonly name: string;
}

/** What happened; the value is also the name of the hub target that tells it. */
export type EventType = "OrderPlaced" | "OrderConfirmed" | "OrderShipped" | "OrderDelivered" | "OrderCancelled";

export type JsonValue = unknown;

/**
 * One committed fact about one order; the same object is pushed, listed and answered.
 *
 * `seq` counts the customer's facts without holes, in the order of their commits; `status` is the
 * order's status after the fact and `statusFrom` the one before (null when it was placed).
 */
export interface OrderEvent {
  readonly orderId: number;
  readonly number: string;
  readonly customerId: string;
  readonly status: string;
  readonly statusFrom: string | null;
  readonly seq: number;
  readonly epoch: string;
  readonly eventId: string;
  readonly orderVersion: number;
  readonly type: EventType;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: Actor;
  /** What only this type of event tells */
  readonly data: { readonly [key: string]: JsonValue };
}

/** Pushes order events. Groups come from the token's subject and role; a client cannot ask for another's. */
export const OrderHub = {
  path: "/hubs/orders",
  events: ["OrderPlaced", "OrderConfirmed", "OrderShipped", "OrderDelivered", "OrderCancelled"],
} as const;

export interface OrderHubMethods {
}

export interface OrderHubEvents {
  OrderPlaced: (event: OrderEvent) => void;
  OrderConfirmed: (event: OrderEvent) => void;
  OrderShipped: (event: OrderEvent) => void;
  OrderDelivered: (event: OrderEvent) => void;
  OrderCancelled: (event: OrderEvent) => void;
}

/** Open to everyone, signed in or not. */
export const ChatHub = {
  path: "/chathub",
  events: ["ReceiveMessage", "UserConnected", "UserDisconnected", "UserJoined", "UserLeft"],
} as const;

export interface ChatHubMethods {
  /** To everyone else. */
  Broadcast: (message: string) => void;
  /** Back to the caller. */
  Echo: (message: string) => void;
  /** Joins, and tells the room, the newcomer included. */
  JoinRoom: (room: string) => void;
  /** Leaves, and tells those who stay. */
  LeaveRoom: (room: string) => void;
  /** To everyone, with the sender's name and the time of arrival. */
  SendMessage: (user: string, message: string) => void;
  /** To the room, with the sender's connection id. */
  SendToRoom: (room: string, message: string) => void;
  /** To one connection; an unknown id is no error, so that ids cannot be probed. */
  Whisper: (connectionId: string, message: string) => void;
}

export interface ChatHubEvents {
  /** To everyone, with name and time; to a room, with the sender's connection id; or the text alone. */
  ReceiveMessage: (...args: [user: string, message: string, at: string] | [connectionId: string, message: string] | [message: string]) => void;
  UserConnected: (connectionId: string) => void;
  UserDisconnected: (connectionId: string) => void;
  UserJoined: (connectionId: string, room: string) => void;
  UserLeft: (connectionId: string, room: string) => void;
}

/** Refuses connections without a valid token. */
export const SecureHub = {
  path: "/securehub",
  events: [],
} as const;

export interface SecureHubMethods {
  /** An answer for staff; customers read that they are unauthorized. */
  StaffOnly: () => string;
  /** The subject and role that the caller's token proves. */
  WhoAmI: () => { readonly [key: string]: unknown };
}

export interface SecureHubEvents {
}

type Streaming<Methods> = {
  [Name in keyof Methods]: Methods[Name] extends (...args: never) => IStreamResult<unknown> ? Name : never;
}[keyof Methods];
type Plain<Methods> = Exclude<keyof Methods, Streaming<Methods>>;
type Result<Method> = Method extends (...args: never) => infer Given ? Given : never;
type Item<Method> = Result<Method> extends IStreamResult<infer Given> ? Given : never;

/** The arguments of one method, for functions that pass them on to `invoke`, `send` or `stream`. */
export type HubArguments<Method> = Method extends (...args: infer Given) => unknown ? Given : never;

/** A HubConnection that knows its hub; any HubConnection can be assigned to it. */
export interface TypedHubConnection<Methods, Events>
  extends Omit<HubConnection, "invoke" | "off" | "on" | "send" | "stream"> {
  invoke<Name extends Plain<Methods>>(
    method: Name,
    ...args: HubArguments<Methods[Name]>
  ): Promise<Result<Methods[Name]>>;
  send<Name extends Plain<Methods>>(method: Name, ...args: HubArguments<Methods[Name]>): Promise<void>;
  stream<Name extends Streaming<Methods>>(
    method: Name,
    ...args: HubArguments<Methods[Name]>
  ): IStreamResult<Item<Methods[Name]>>;
  on<Name extends keyof Events>(event: Name, handler: Events[Name]): void;
  off<Name extends keyof Events>(event: Name, handler?: Events[Name]): void;
}
