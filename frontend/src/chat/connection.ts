import { HubConnectionBuilder, LogLevel } from "signalr-tutorial";
import {
  ChatHub,
  type ChatHubEvents,
  type ChatHubMethods,
  type TypedHubConnection,
} from "../live/hubs.generated";

export type ChatConnection = TypedHubConnection<ChatHubMethods, ChatHubEvents>;

/** The connection of the tutorial, with its automatic reconnect: after 0, 2, 10 and 30 seconds, then no more. */
export function createChatConnection(): ChatConnection {
  return new HubConnectionBuilder()
    .withUrl(ChatHub.path)
    .withAutomaticReconnect()
    .configureLogging(LogLevel.Critical)
    .build();
}
