import { HubConnectionState } from "signalr-tutorial";
import { describe, expect, test } from "vitest";
import { faultText, received } from "../src/chat/messages";
import { Chat } from "../src/chat/model";

/** Stands in for the hub connection. It records what is invoked and calls the registered handlers. */
class FakeHub {
  connectionId: string | null = null;
  state = HubConnectionState.Disconnected;
  refuse: Error | null = null;
  readonly invoked: unknown[][] = [];
  readonly #handlers = new Map<string, (...args: unknown[]) => void>();

  on(target: string, handler: (...args: unknown[]) => void): void {
    this.#handlers.set(target, handler);
  }
  onreconnecting(handler: () => void): void {
    this.on("reconnecting", handler);
  }
  onreconnected(handler: () => void): void {
    this.on("reconnected", handler);
  }
  onclose(handler: () => void): void {
    this.on("close", handler);
  }
  async start(): Promise<void> {
    if (this.refuse) throw this.refuse;
    this.connectionId = "me-0001";
  }
  async invoke(method: string, ...args: unknown[]): Promise<void> {
    if (this.refuse) throw this.refuse;
    this.invoked.push([method, ...args]);
  }
  receive(target: string, ...args: unknown[]): void {
    this.#handlers.get(target)?.(...args);
  }
}

async function connected() {
  const hub = new FakeHub();
  const chat = new Chat(hub as unknown as ConstructorParameters<typeof Chat>[0]);
  await chat.start();
  const log = () => chat.lines.value.map(({ kind, text }) => `${kind}: ${text}`);
  return { hub, chat, log };
}

describe("ReceiveMessage", () => {
  test("with name, text and time is a message to everyone", () => {
    expect(received(["Ada", "hello", "2026-11-22T14:05:11.250Z"])).toEqual({
      line: { kind: "message", from: "Ada", text: "hello" },
      at: Date.parse("2026-11-22T14:05:11.250Z"),
    });
    expect(received(["Ada", "hello", "soon"]).at).toBeNull();
  });

  test("with an id and a text is a message to a room", () => {
    expect(received(["id-1", "hello"]).line).toEqual({ kind: "room", from: "id-1", text: "hello" });
  });

  test("with a text alone is for this connection", () => {
    expect(received(["psst"]).line).toEqual({ kind: "direct", text: "psst" });
  });
});

test("an error is shown in the hub's own words", () => {
  const error = new Error(
    "An unexpected error occurred invoking 'SendMessage' on the server. HubException: Too long.",
  );
  expect(faultText(error)).toBe("Too long.");
  expect(faultText(new Error("Connection closed."))).toBe("Connection closed.");
});

describe("the chat", () => {
  test("knows its id once it is connected", async () => {
    const { chat } = await connected();
    expect([chat.state.value, chat.connectionId.value]).toEqual(["connected", "me-0001"]);
  });

  test("says so when it cannot connect", async () => {
    const hub = new FakeHub();
    hub.refuse = new Error("down");
    const chat = new Chat(hub as unknown as ConstructorParameters<typeof Chat>[0]);
    await chat.start();
    expect(chat.state.value).toBe("disconnected");
    expect(chat.lines.value[0]?.kind).toBe("fault");
  });

  test("calls the methods of the tutorial's hub", async () => {
    const { hub, chat } = await connected();
    await chat.say("Ada", "hello");
    await chat.join("dock");
    await chat.sayInRoom("dock", "hi");
    await chat.whisper("id-2", "psst");
    await chat.leave("dock");
    expect(hub.invoked).toEqual([
      ["SendMessage", "Ada", "hello"],
      ["JoinRoom", "dock"],
      ["SendToRoom", "dock", "hi"],
      ["Whisper", "id-2", "psst"],
      ["LeaveRoom", "dock"],
    ]);
  });

  test("shows who comes and goes", async () => {
    const { hub, log } = await connected();
    hub.receive("UserConnected", "bob-12345");
    hub.receive("UserJoined", "me-0001", "dock");
    hub.receive("UserJoined", "bob-12345", "dock");
    hub.receive("UserLeft", "bob-12345", "dock");
    hub.receive("UserDisconnected", "bob-12345");
    expect(log()).toEqual([
      "notice: bob-12 connected",
      "notice: You joined dock",
      "notice: bob-12 joined dock",
      "notice: bob-12 left dock",
      "notice: bob-12 disconnected",
    ]);
  });

  test("shows its own whisper, which the hub sends only to the receiver", async () => {
    const { chat, log } = await connected();
    await chat.whisper("id-2", "psst");
    expect(log()).toEqual(["sent: psst"]);
  });

  test("joins its rooms again after a reconnect", async () => {
    const { hub, chat } = await connected();
    await chat.join("dock");
    await chat.join("office");
    hub.receive("reconnecting");
    expect([chat.state.value, chat.connectionId.value]).toEqual(["reconnecting", null]);
    hub.connectionId = "me-0002";
    hub.invoked.length = 0;
    hub.receive("reconnected");
    await new Promise((done) => setTimeout(done));
    expect(chat.connectionId.value).toBe("me-0002");
    expect(hub.invoked).toEqual([
      ["JoinRoom", "dock"],
      ["JoinRoom", "office"],
    ]);
  });

  test("shows a refusal in the log and does not join the room", async () => {
    const { hub, chat, log } = await connected();
    hub.refuse = new Error("HubException: A room has a name.");
    expect(await chat.join(" ")).toBe(false);
    expect(chat.rooms.value).toEqual([]);
    expect(log()).toEqual(["fault: A room has a name."]);
  });
});
