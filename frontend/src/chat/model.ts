import { computed, signal } from "@preact/signals";
import type { ChatHubMethods, HubArguments } from "../live/hubs.generated";
import type { ChatConnection } from "./connection";
import { type ChatLine, faultText, type NewLine, received, shortId } from "./messages";

const MAX_LINES = 500;

export type ChatState = "connecting" | "connected" | "reconnecting" | "disconnected";

/** Who gets the next message. */
export type TargetKind = "everyone" | "room" | "whisper";

/** A client of the chat hub: the messages it has received, the rooms it is in, and what it can send. */
export class Chat {
  readonly state = signal<ChatState>("connecting");
  readonly connectionId = signal<string | null>(null);
  readonly lines = signal<readonly ChatLine[]>([]);
  readonly rooms = signal<readonly string[]>([]);
  readonly connected = computed(() => this.state.value === "connected");
  #nextKey = 0;

  constructor(private readonly connection: ChatConnection) {
    connection.on("ReceiveMessage", (...values) => {
      const { line, at } = received(values);
      this.#add(line, at ?? Date.now());
    });
    connection.on("UserConnected", (id) => this.#notice(`${shortId(id)} connected`));
    connection.on("UserDisconnected", (id) => this.#notice(`${shortId(id)} disconnected`));
    connection.on("UserJoined", (id, room) => this.#notice(`${this.#name(id)} joined ${room}`));
    connection.on("UserLeft", (id, room) => this.#notice(`${this.#name(id)} left ${room}`));
    connection.onreconnecting(() => this.#lost("reconnecting"));
    connection.onreconnected(() => void this.#back());
    connection.onclose(() => this.#lost("disconnected"));
  }

  /** Connects, and joins again the rooms of an earlier connection. */
  async start(): Promise<void> {
    this.state.value = "connecting";
    try {
      await this.connection.start();
      await this.#back();
    } catch {
      this.#lost("disconnected");
      this.#add({ kind: "fault", text: "Could not connect to the chat." });
    }
  }

  say(name: string, text: string): Promise<boolean> {
    return this.#invoke("SendMessage", name, text);
  }

  sayInRoom(room: string, text: string): Promise<boolean> {
    return this.#invoke("SendToRoom", room, text);
  }

  /** Sends a whisper. The hub sends it to the receiver only, so the sender's log adds it here. */
  async whisper(connectionId: string, text: string): Promise<boolean> {
    const sent = await this.#invoke("Whisper", connectionId, text);
    if (sent) this.#add({ kind: "sent", to: connectionId, text });
    return sent;
  }

  async join(room: string): Promise<boolean> {
    const joined = await this.#invoke("JoinRoom", room);
    if (joined && !this.rooms.peek().includes(room)) this.rooms.value = [...this.rooms.peek(), room];
    return joined;
  }

  async leave(room: string): Promise<boolean> {
    const left = await this.#invoke("LeaveRoom", room);
    if (!left) return false;
    this.rooms.value = this.rooms.peek().filter((other) => other !== room);
    // The hub tells only those who stay in the room.
    this.#notice(`You left ${room}`);
    return true;
  }

  async #invoke<Name extends keyof ChatHubMethods>(
    method: Name,
    ...args: HubArguments<ChatHubMethods[Name]>
  ): Promise<boolean> {
    try {
      await this.connection.invoke(method, ...args);
      return true;
    } catch (error) {
      this.#add({ kind: "fault", text: faultText(error) });
      return false;
    }
  }

  /** Joins the rooms again, because a new connection is in none of them. */
  async #back(): Promise<void> {
    this.state.value = "connected";
    this.connectionId.value = this.connection.connectionId;
    for (const room of this.rooms.peek()) await this.#invoke("JoinRoom", room);
  }

  #lost(state: ChatState): void {
    this.state.value = state;
    this.connectionId.value = null;
  }

  #name(connectionId: string): string {
    return connectionId === this.connectionId.peek() ? "You" : shortId(connectionId);
  }

  #notice(text: string): void {
    this.#add({ kind: "notice", text });
  }

  #add(line: NewLine, at = Date.now()): void {
    const entry = { ...line, at, key: this.#nextKey++ } as ChatLine;
    this.lines.value = [...this.lines.peek(), entry].slice(-MAX_LINES);
  }
}
