import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import type { OrderEvent } from "../api/types";
import {
  OrderHub,
  type OrderHubEvents,
  type OrderHubMethods,
  type TypedHubConnection,
} from "./hubs.generated";
import { isUnauthorized, retryDelay } from "./retry";

export type OrderHubConnection = TypedHubConnection<OrderHubMethods, OrderHubEvents>;

/** The connection to the order hub, not yet started; every target brings one order event. */
export function createOrderHub(
  token: () => string,
  onEvent: (event: OrderEvent) => void,
): OrderHubConnection {
  const connection: OrderHubConnection = new HubConnectionBuilder()
    .withUrl(OrderHub.path, { accessTokenFactory: token })
    .withAutomaticReconnect({
      nextRetryDelayInMilliseconds: ({ previousRetryCount, retryReason }) =>
        isUnauthorized(retryReason) ? null : retryDelay(previousRetryCount),
    })
    // The connection's state is on the screen; the console is for what is a fault.
    .configureLogging(LogLevel.Critical)
    .build();
  // The hub does not say which statuses there are, nor which data belong to which type.
  for (const target of OrderHub.events) connection.on(target, (event) => onEvent(event as OrderEvent));
  return connection;
}
