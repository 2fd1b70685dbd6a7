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

/** Creates the connection to the order hub without starting it. Each call from the hub carries one order event. */
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
    // The page itself shows the connection's state, so only real faults go to the console.
    .configureLogging(LogLevel.Critical)
    .build();
  // The types of the hub leave the status and the data of an event open; those of the page are narrower.
  for (const target of OrderHub.events) connection.on(target, (event) => onEvent(event as OrderEvent));
  return connection;
}
