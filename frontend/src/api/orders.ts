import type { Http } from "./http";
import type {
  CancelBody,
  ChangedOrder,
  DeliverBody,
  Order,
  OrderAction,
  OrderEvent,
  OrderPage,
  OrderStatus,
  ShipBody,
  Timeline,
} from "./types";

export interface ListQuery {
  readonly statuses: readonly OrderStatus[];
  readonly q: string;
  readonly limit: number;
  readonly cursor?: string;
}

export type ActionBody = ShipBody | DeliverBody | CancelBody;

export interface OrdersApi {
  list(query: ListQuery, signal?: AbortSignal): Promise<OrderPage>;
  read(id: number): Promise<Order>;
  timeline(id: number): Promise<readonly OrderEvent[]>;
  act(id: number, action: OrderAction, body?: ActionBody): Promise<ChangedOrder>;
}

export function createOrdersApi(http: Http): OrdersApi {
  return {
    list: (query, signal) => http.get(`/orders?${listParameters(query)}`, signal),
    read: (id) => http.get(`/orders/${id}`),
    timeline: async (id) => (await http.get<Timeline>(`/orders/${id}/events`)).items,
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
