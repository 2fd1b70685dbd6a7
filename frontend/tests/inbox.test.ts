import { describe, expect, test, vi } from "vitest";
import { Inbox } from "../src/orders/inbox";
import { anEvent } from "./support/orders";

function anInbox(own: string | null) {
  const handlers = { onEvent: vi.fn(), onGap: vi.fn() };
  return { inbox: new Inbox(own, handlers), ...handlers };
}

describe("a customer", () => {
  test("sees the position of their own stream", () => {
    const { inbox } = anInbox("ada");
    expect(inbox.position.value).toBeNull();
    inbox.settle(new Map(), { epoch: "e1", seq: 128 });
    inbox.receive(anEvent(129));
    expect(inbox.position.value).toEqual({ epoch: "e1", seq: 129 });
  });

  test("gets each event once", () => {
    const { inbox, onEvent, onGap } = anInbox("ada");
    inbox.settle(new Map(), { epoch: "e1", seq: 10 });
    for (const seq of [10, 11, 11, 12, 11]) inbox.receive(anEvent(seq));
    expect(onEvent.mock.calls.map(([event]) => event.seq)).toEqual([11, 12]);
    expect(onGap).not.toHaveBeenCalled();
  });

  test("gets an event although one before it is missing, and reading again closes the gap", () => {
    const { inbox, onEvent, onGap } = anInbox("ada");
    inbox.settle(new Map(), { epoch: "e1", seq: 10 });
    inbox.receive(anEvent(12));
    expect(onEvent).toHaveBeenCalledOnce();
    expect(onGap).toHaveBeenCalledOnce();
    expect(inbox.position.value?.seq).toBe(10);
    inbox.settle(inbox.heads(), { epoch: "e1", seq: 12 });
    expect(inbox.position.value?.seq).toBe(12);
  });

  test("still has a gap after a read that began before it", () => {
    const { inbox } = anInbox("ada");
    inbox.settle(new Map(), { epoch: "e1", seq: 10 });
    const heads = inbox.heads();
    inbox.receive(anEvent(12));
    inbox.settle(heads, { epoch: "e1", seq: 10 });
    expect(inbox.position.value?.seq).toBe(10);
  });
});

describe("staff", () => {
  test("follow every customer's stream and have no position of their own", () => {
    const { inbox, onEvent, onGap } = anInbox(null);
    inbox.receive(anEvent(7));
    inbox.receive(anEvent(3, { customerId: "bruno" }));
    inbox.receive(anEvent(8));
    expect(onEvent).toHaveBeenCalledTimes(3);
    expect(onGap).not.toHaveBeenCalled();
    expect(inbox.position.value).toBeNull();
  });

  test("have no gap left after a read that began later", () => {
    const { inbox, onGap } = anInbox(null);
    inbox.receive(anEvent(7));
    inbox.receive(anEvent(9));
    inbox.settle(inbox.heads(), null);
    inbox.receive(anEvent(10));
    expect(onGap).toHaveBeenCalledOnce();
  });

  test("start every stream over after a reconnect, so that no gap is noticed twice", () => {
    const { inbox, onGap } = anInbox(null);
    inbox.receive(anEvent(7));
    inbox.forget();
    inbox.receive(anEvent(20));
    expect(onGap).not.toHaveBeenCalled();
  });
});

test("a new epoch makes the page read again", () => {
  const { inbox, onGap } = anInbox("ada");
  inbox.settle(new Map(), { epoch: "e1", seq: 10 });
  inbox.receive(anEvent(2, { epoch: "e2" }));
  expect(onGap).toHaveBeenCalledOnce();
  expect(inbox.position.value).toEqual({ epoch: "e2", seq: 2 });
});
