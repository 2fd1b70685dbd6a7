import type { Http } from "./http";
import type { ActedOrder, Order, OrderAction, OrderEvent, OrderPage, OrderStatus } from "./types";

export interface ListQuery {
  readonly statuses: readonly OrderStatus[];
  readonly q: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** What a ship may say; left out lines mean all that is open. */
export interface ShipBody {
  readonly carrier?: string;
  readonly trackingNumber?: string;
  readonly lines?: readonly { readonly lineId: number; readonly quantity: number }[];
}

export interface DeliverBody {
  readonly shipmentIds: readonly number[];
}

export interface CancelBody {
  readonly reason: string;
}

export type ActionBody = ShipBody | DeliverBody | CancelBody;

export interface OrdersApi {
  list(query: ListQuery, signal?: AbortSignal): Promise<OrderPage>;
  read(id: number): Promise<Order>;
  timeline(id: number): Promise<readonly OrderEvent[]>;
  act(id: number, action: OrderAction, body?: ActionBody): Promise<ActedOrder>;
}

export function createOrdersApi(http: Http): OrdersApi {
  return {
    list: (query, signal) => http.get(`/orders?${listParameters(query)}`, signal),
    read: (id) => http.get(`/orders/${id}`),
    timeline: async (id) => (await http.get<{ items: OrderEvent[] }>(`/orders/${id}/events`)).items,
    act: (id, action, body) => http.post(`/orders/${id}/${action}`, body),
  };
}

export function listParameters({ statuses, q, limit, cursor }: ListQuery): string {
  const parameters = new URLSearchParams();
  for (const status of statuses) parameters.append("status", status);
  if (q) parameters.set("q", q);
  parameters.set("limit", String(limit));
  if (cursor) parameters.set("cursor", cursor);
  return parameters.toString();
}
