// Written by `waybill hubs --typescript`; change the hubs instead.

import type { HubConnection, IStreamResult } from "@microsoft/signalr";

/** Who did it, in a form that everybody may see: a role and a name, never an account's id. */
export interface Actor {
  readonly role: string;
  readonly name: string;
}

/** What happened. The value is also the name of the hub target to which the event is pushed. */
export type EventType = "OrderPlaced" | "OrderConfirmed" | "OrderShipped" | "OrderDelivered" | "OrderCancelled";

export type JsonValue = unknown;

/**
 * One committed fact about one order. The same object is pushed, listed and returned.
 *
 * `seq` counts the customer's facts without gaps, in the order of their commits. `status` is the order's status after
 * the fact, and `statusFrom` the one before it (null for a new order).
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
  /** The fields that only this type of event has */
  readonly data: { readonly [key: string]: JsonValue };
}

/** The hub that pushes order events. The token's subject and role decide the groups; a client cannot choose them. */
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

/** The chat, open to everyone, signed in or not. */
export const ChatHub = {
  path: "/chathub",
  events: ["ReceiveMessage", "UserConnected", "UserDisconnected", "UserJoined", "UserLeft"],
} as const;

export interface ChatHubMethods {
  /** Sends a message to everyone except the caller. */
  Broadcast: (message: string) => void;
  /** Sends a message back to the caller. */
  Echo: (message: string) => void;
  /** Adds the caller to a room and tells everyone in it, the caller included. */
  JoinRoom: (room: string) => void;
  /** Removes the caller from a room and tells the others in it. */
  LeaveRoom: (room: string) => void;
  /** Sends a message to everyone, with the sender's name and the time of arrival. */
  SendMessage: (user: string, message: string) => void;
  /** Sends a message to a room, with the sender's connection id. */
  SendToRoom: (room: string, message: string) => void;
  /** Sends a message to one connection. An unknown id is not an error, so that nobody can probe for ids. */
  Whisper: (connectionId: string, message: string) => void;
}

export interface ChatHubEvents {
  /** Receives a message to everyone with name and time, one to a room with the sender's id, or only a text. */
  ReceiveMessage: (...args: [user: string, message: string, at: string] | [connectionId: string, message: string] | [message: string]) => void;
  UserConnected: (connectionId: string) => void;
  UserDisconnected: (connectionId: string) => void;
  UserJoined: (connectionId: string, room: string) => void;
  UserLeft: (connectionId: string, room: string) => void;
}

/** A hub that refuses connections without a valid token. */
export const SecureHub = {
  path: "/securehub",
  events: [],
} as const;

export interface SecureHubMethods {
  /** Returns a text to staff. Customers get an error that says they are unauthorized. */
  StaffOnly: () => string;
  /** Returns the subject and the role that the caller's token proves. */
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
