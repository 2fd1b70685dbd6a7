import { describe, expect, test } from "vitest";
import { Problem } from "../src/api/problem";
import { findQueue, STAFF_QUEUES } from "../src/orders/queue";
import { anEvent, anOrder } from "./support/orders";
import { FakeService } from "./support/service";
import { until } from "./support/until";
import { liveScene, openScene, type Scene } from "./support/workspace";

const withOrders = () => new FakeService().add(anOrder(43), anOrder(42));
const statusOf = ({ workspace }: Scene, id: number) =>
  workspace.list.rows.value.find(({ order }) => order.id === id)?.order.status;
const shown = ({ workspace }: Scene) => workspace.list.rows.value.map(({ order }) => order.id);

describe("a customer", () => {
  test("sees the list and its position", async () => {
    const scene = await liveScene("customer", withOrders());
    expect(shown(scene)).toEqual([43, 42]);
    expect(scene.workspace.inbox.position.value?.seq).toBe(10);
  });

  test("sees an event at once and its details a moment later", async () => {
    const service = withOrders();
    const scene = await liveScene("customer", service);
    service.add(anOrder(42, { status: "Shipped", version: 3, allowedActions: [] }));
    scene.push(anEvent(11));
    expect(statusOf(scene, 42)).toBe("Shipped");
    expect(scene.workspace.inbox.position.value?.seq).toBe(11);
    expect(scene.workspace.activity.toasts.value.map(({ text }) => text)).toEqual([
      "Order WB-000042 shipped",
    ]);
    const row = () => scene.workspace.list.rows.value.find(({ order }) => order.id === 42)?.order;
    await until(() => row()?.allowedActions.length === 0);
  });

  test("sees a new order at the top", async () => {
    const service = withOrders();
    const scene = await liveScene("customer", service);
    service.add(anOrder(50, { version: 1, status: "Pending" }));
    scene.push(anEvent(11, { orderId: 50, type: "OrderPlaced", status: "Pending", orderVersion: 1 }));
    await until(() => shown(scene)[0] === 50);
  });

  test("gets everything read again after a missing event", async () => {
    const service = withOrders();
    const scene = await liveScene("customer", service);
    const before = service.lists.length;
    service.add(anOrder(43, { status: "Delivered", version: 9 }));
    service.position = { epoch: "e1", seq: 12 };
    scene.push(anEvent(12));
    await until(() => statusOf(scene, 43) === "Delivered");
    expect(service.lists.length).toBe(before + 1);
    expect(scene.workspace.inbox.position.value?.seq).toBe(12);
  });

  test("gets everything read again after a reconnect", async () => {
    const service = withOrders();
    const scene = await liveScene("customer", service);
    scene.connection.reconnecting();
    service.add(anOrder(42, { status: "Delivered", version: 9 }));
    service.position = { epoch: "e1", seq: 14 };
    scene.connection.reconnected();
    await until(() => statusOf(scene, 42) === "Delivered");
    expect(scene.workspace.inbox.position.value?.seq).toBe(14);
  });

  test("gets one more read, not several, for gaps that appear during a read", async () => {
    const service = withOrders();
    const scene = await liveScene("customer", service);
    let answer = () => {};
    service.hold = new Promise((done) => {
      answer = done;
    });
    const before = service.lists.length;
    scene.workspace.reload();
    for (const seq of [12, 14, 16]) scene.push(anEvent(seq));
    service.hold = null;
    service.position = { epoch: "e1", seq: 16 };
    answer();
    await until(() => scene.workspace.inbox.position.value?.seq === 16);
    expect(service.lists.length).toBe(before + 2);
  });

  test("keeps what an event said when an older list arrives after it", async () => {
    const service = withOrders();
    const scene = await liveScene("customer", service);
    let answer = () => {};
    service.hold = new Promise((done) => {
      answer = done;
    });
    service.add(anOrder(44));
    const before = service.lists.length;
    scene.workspace.reload();
    await until(() => service.lists.length > before);
    scene.push(anEvent(11));
    answer();
    await until(() => shown(scene).includes(44));
    expect(statusOf(scene, 42)).toBe("Shipped");
    expect(scene.workspace.inbox.position.value?.seq).toBe(11);
  });
});

describe("when the list cannot be read", () => {
  test("it says why and tries again on its own", async () => {
    const service = withOrders();
    service.failure = new Problem(503, "Service Unavailable", "The database cannot be reached now.");
    const scene = openScene("customer", service);
    scene.workspace.start();
    await until(() => scene.workspace.list.phase.value === "failed");
    expect(scene.workspace.list.problem.value?.title).toBe("Service Unavailable");
    service.failure = null;
    await until(() => scene.workspace.list.phase.value === "ready");
    expect(shown(scene)).toEqual([43, 42]);
  });

  test("the rows on screen stay", async () => {
    const service = withOrders();
    const scene = await liveScene("customer", service);
    service.failure = new Problem(503, "Service Unavailable", "");
    scene.workspace.reload();
    await until(() => scene.workspace.list.problem.value !== null);
    expect([scene.workspace.list.phase.value, shown(scene)]).toEqual(["ready", [43, 42]]);
  });
});

describe("staff", () => {
  test("see a new order only when they ask for it, so that no row moves", async () => {
    const service = withOrders();
    const scene = await liveScene("staff", service);
    scene.push(anEvent(1, { orderId: 50, customerId: "bruno", type: "OrderPlaced", status: "Pending" }));
    expect([...scene.workspace.list.arrivals.value]).toEqual([50]);
    expect(shown(scene)).toEqual([43, 42]);
    service.add(anOrder(50));
    scene.workspace.reload();
    await until(() => shown(scene).includes(50));
    expect(scene.workspace.list.arrivals.value.size).toBe(0);
  });

  test("are not told about an order of another queue", async () => {
    const scene = await liveScene("staff", withOrders());
    scene.workspace.show({ queue: findQueue(STAFF_QUEUES, "to-ship"), q: "" });
    await until(() => scene.workspace.list.phase.value === "ready");
    scene.push(anEvent(1, { orderId: 50, status: "Pending" }));
    expect(scene.workspace.list.arrivals.value.size).toBe(0);
  });

  test("get what they missed with one read after a reconnect", async () => {
    const service = withOrders();
    const scene = await liveScene("staff", service);
    scene.push(anEvent(7));
    scene.connection.reconnecting();
    const before = service.lists.length;
    scene.connection.reconnected();
    scene.push(anEvent(20, { orderId: 43, orderVersion: 3 }));
    await until(() => service.reads.includes(43));
    expect(service.lists.length).toBe(before + 1);
  });

  test("see the result of an action in the row, and its event once although it comes twice", async () => {
    const service = withOrders();
    const scene = await liveScene("staff", service);
    service.events = [anEvent(11)];
    service.add(anOrder(42, { status: "Shipped", version: 3 }));
    expect(await scene.workspace.actions.run(anOrder(42), "ship")).toBe(true);
    scene.push(anEvent(11));
    expect(statusOf(scene, 42)).toBe("Shipped");
    expect(scene.workspace.activity.entries.value).toHaveLength(1);
    expect(service.acted).toEqual([[42, "ship", undefined]]);
  });

  test("see why an action was refused, and the order is read again", async () => {
    const service = withOrders();
    const scene = await liveScene("staff", service);
    service.failure = new Problem(409, "Conflict", "The order has been shipped already.");
    expect(await scene.workspace.actions.run(anOrder(42), "ship")).toBe(false);
    service.failure = null;
    expect(scene.workspace.actions.refusal.value).toMatchObject({
      number: "WB-000042",
      problem: { detail: "The order has been shipped already." },
    });
    await until(() => service.reads.includes(42));
    scene.workspace.actions.dismiss();
    expect(scene.workspace.actions.refusal.value).toBeNull();
  });

  test("see the next page below the first", async () => {
    const service = withOrders();
    service.nextCursor = "c2";
    const scene = await liveScene("staff", service);
    service.orders.clear();
    service.add(anOrder(42), anOrder(41));
    service.nextCursor = null;
    await scene.workspace.list.more();
    expect(service.lists.at(-1)?.cursor).toBe("c2");
    expect(shown(scene)).toEqual([43, 42, 41]);
    expect(scene.workspace.list.hasMore.value).toBe(false);
  });
});

describe("the open order", () => {
  test("follows its events and stays on screen when reading it again fails", async () => {
    const service = withOrders();
    service.events = [anEvent(9, { type: "OrderConfirmed", orderVersion: 2 })];
    const scene = await liveScene("customer", service);
    const { detail } = scene.workspace;
    await detail.open(42);
    expect(detail.events.value.map(({ seq }) => seq)).toEqual([9]);
    service.failure = new Problem(503, "Service Unavailable", "");
    scene.push(anEvent(11));
    expect(detail.order.value?.status).toBe("Shipped");
    expect(detail.events.value.map(({ seq }) => seq)).toEqual([9, 11]);
    expect(detail.fresh.value.size).toBe(1);
    await detail.refresh();
    expect([detail.phase.value, detail.problem.value?.status]).toEqual(["ready", 503]);
  });

  test("is never replaced by an older version", async () => {
    const scene = await liveScene("customer", withOrders());
    const { detail } = scene.workspace;
    await detail.open(42);
    scene.push(anEvent(11));
    detail.update(anOrder(42));
    expect(detail.order.value).toMatchObject({ status: "Shipped", version: 3 });
  });

  test("of another customer shows what the service says", async () => {
    const scene = await liveScene("customer", withOrders());
    await scene.workspace.detail.open(7);
    expect(scene.workspace.detail.phase.value).toBe("failed");
    expect(scene.workspace.detail.problem.value?.detail).toMatch(/no order 7/);
  });
});
