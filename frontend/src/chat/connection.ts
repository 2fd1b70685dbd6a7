import { HubConnectionBuilder, LogLevel } from "signalr-tutorial";
import {
  ChatHub,
  type ChatHubEvents,
  type ChatHubMethods,
  type TypedHubConnection,
} from "../live/hubs.generated";

export type ChatConnection = TypedHubConnection<ChatHubMethods, ChatHubEvents>;

/** Creates the connection of the SignalR tutorial. It reconnects after 0, 2, 10 and 30 seconds, and then gives up. */
export function createChatConnection(): ChatConnection {
  return new HubConnectionBuilder()
    .withUrl(ChatHub.path)
    .withAutomaticReconnect()
    .configureLogging(LogLevel.Critical)
    .build();
}
