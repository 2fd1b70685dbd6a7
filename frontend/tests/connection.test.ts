import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { LiveConnection } from "../src/live/connection";
import { FakeConnection } from "./support/service";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function aConnection() {
  const hub = new FakeConnection();
  const handlers = { onConnected: vi.fn(), onUnauthorized: vi.fn() };
  const live = new LiveConnection(hub, handlers, () => 1_000);
  onTestFinished(() => void live.stop());
  return { hub, live, ...handlers };
}

const tick = () => vi.advanceTimersByTimeAsync(0);

test("connects and is live", async () => {
  const { live, onConnected } = aConnection();
  expect(live.state.value).toBe("connecting");
  live.start();
  await tick();
  expect(live.state.value).toBe("live");
  expect(onConnected).toHaveBeenCalledOnce();
});

describe("when the first connect fails", () => {
  test("it is retried until it succeeds", async () => {
    const { hub, live } = aConnection();
    hub.refuse = new Error("down");
    live.start();
    await vi.advanceTimersByTimeAsync(2_500);
    expect(live.state.value).toBe("reconnecting");
    expect(hub.starts).toBe(3);
    hub.refuse = null;
    await vi.advanceTimersByTimeAsync(1_000);
    expect([live.state.value, live.lostAt.value]).toEqual(["live", null]);
  });

  test("it is not retried if the token was refused", async () => {
    const { hub, live, onUnauthorized } = aConnection();
    hub.refuse = Object.assign(new Error("Unauthorized"), { statusCode: 401 });
    live.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(hub.starts).toBe(1);
    expect(onUnauthorized).toHaveBeenCalledOnce();
  });
});

describe("when the connection is lost", () => {
  test("it says since when, until it reconnects", async () => {
    const { hub, live, onConnected } = aConnection();
    live.start();
    await tick();
    hub.reconnecting();
    expect([live.state.value, live.lostAt.value]).toEqual(["reconnecting", Date.now()]);
    hub.reconnected();
    expect([live.state.value, live.lostAt.value]).toEqual(["live", null]);
    expect(onConnected).toHaveBeenCalledTimes(2);
  });

  test("without a network it is offline", async () => {
    const { hub, live } = aConnection();
    live.start();
    await tick();
    vi.stubGlobal("navigator", { onLine: false });
    hub.reconnecting();
    expect(live.state.value).toBe("offline");
  });

  test("it reconnects even if the server closed it", async () => {
    const { hub, live } = aConnection();
    live.start();
    await tick();
    hub.closed();
    expect(live.state.value).toBe("offline");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(live.state.value).toBe("live");
    expect(hub.starts).toBe(2);
  });

  test("the reader can retry at once", async () => {
    const { hub, live } = aConnection();
    live.start();
    await tick();
    hub.reconnecting();
    await live.retryNow();
    expect([live.state.value, hub.starts, hub.stops]).toEqual(["live", 2, 1]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(hub.starts).toBe(2);
  });

  test("it retries at once when the network is back", async () => {
    const { hub, live } = aConnection();
    hub.refuse = new Error("down");
    live.start();
    await tick();
    hub.refuse = null;
    window.dispatchEvent(new Event("online"));
    await tick();
    expect([live.state.value, hub.starts]).toEqual(["live", 2]);
  });
});

test("once stopped it stays stopped", async () => {
  const { hub, live, onConnected } = aConnection();
  hub.refuse = new Error("down");
  live.start();
  await tick();
  await live.stop();
  hub.refuse = null;
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(hub.starts).toBe(1);
  expect(onConnected).not.toHaveBeenCalled();
});
