import { act } from "preact/test-utils";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "../../src/api/problem";
import type { Role } from "../../src/api/types";
import { route } from "../../src/router/navigation";
import { parseRoute } from "../../src/router/route";
import { SessionStore } from "../../src/session/session";
import { SessionContext, WorkspaceContext } from "../../src/ui/context";
import { Desk } from "../../src/ui/orders/Desk";
import { anEvent, anOrder } from "../support/orders";
import { click, find, has, settled, show, submit, type } from "../support/render";
import { FakeService } from "../support/service";
import { until } from "../support/until";
import { openScene } from "../support/workspace";

beforeEach(() => goTo("/"));

function goTo(address: string): void {
  route.value = parseRoute(address);
}

async function open(role: Role, service: FakeService) {
  const scene = openScene(role, service);
  const session = new SessionStore(
    { token: vi.fn(), me: vi.fn(), demoAccounts: async () => [] },
    sessionStorage,
  );
  const root = await show(
    <SessionContext.Provider value={session}>
      <WorkspaceContext.Provider value={scene.workspace}>
        <Desk />
      </WorkspaceContext.Provider>
    </SessionContext.Provider>,
  );
  scene.workspace.start();
  await settled();
  return { ...scene, root };
}

const withOrders = () => new FakeService().add(anOrder(43, { status: "Shipped" }), anOrder(42));

describe("the list", () => {
  test("of a customer says when each order arrives, and its status in words", async () => {
    const { root } = await open("customer", withOrders());
    expect(find(root, "order-row-43").textContent).toMatch(/^(Arriving|Late)/);
    expect(find(root, "order-status-43").textContent).toBe("Shipped");
    expect(find(root, "connection-chip").textContent).toBe("Live · #10");
  });

  test("changes a row in place, with a toast and a line in the tray", async () => {
    const service = withOrders();
    const { root, push } = await open("customer", service);
    await act(() => push(anEvent(11)));
    expect(find(root, "order-status-42").textContent).toBe("Shipped");
    expect(find(root, "order-row-42").dataset.pulse).toBe("1");
    expect(find(root, "toast").textContent).toBe("Order WB-000042 shipped");
    expect(find(root, "connection-chip").textContent).toBe("Live · #11");
    const bell = find(root, "activity-button");
    expect(bell.getAttribute("aria-label")).toBe("Activity, 1 new");
    await click(bell);
    expect(find(root, "activity-tray").textContent).toMatch(/Order WB-000042 shipped/);
    expect(bell.getAttribute("aria-label")).toBe("Activity");
  });

  test("without orders says what will appear here", async () => {
    const { root } = await open("customer", new FakeService());
    expect(find(root, "empty").textContent).toMatch(/No orders yet/);
  });

  test("without a match leads back to all orders", async () => {
    goTo("/?q=nothing");
    const { root } = await open("customer", withOrders());
    const note = find(root, "empty");
    expect(note.textContent).toMatch(/Nothing found for “nothing”/);
    expect(note.querySelector("a")?.getAttribute("href")).toBe("/");
  });

  test("that cannot be read says why and can be tried again", async () => {
    const service = withOrders();
    service.failure = new Problem(503, "Service Unavailable", "The database cannot be reached now.", "r1");
    const { root } = await open("customer", service);
    const note = find(root, "failed");
    expect(note.textContent).toMatch(/Service Unavailable.*cannot be reached now.*Request r1/);
    service.failure = null;
    const retry = note.querySelector("button");
    if (!retry) throw new Error("no button");
    await click(retry);
    await settled();
    expect(has(root, "order-row-42")).toBe(true);
  });

  test("shows a skeleton while it loads", async () => {
    const service = withOrders();
    service.hold = new Promise(() => {});
    const { root } = await open("customer", service);
    expect(find(root, "loading").textContent).toMatch(/Orders are loading/);
  });

  test("asks for the statuses of the chosen queue", async () => {
    const service = withOrders();
    const { root } = await open("staff", service);
    await act(() => goTo("/?queue=to-ship"));
    await settled();
    expect(service.lists.at(-1)?.statuses).toEqual(["Processing", "PartiallyShipped"]);
    expect(find(root, "queue-to-ship").getAttribute("aria-current")).toBe("page");
    expect([has(root, "order-row-42"), has(root, "order-row-43")]).toEqual([true, false]);
  });

  test("searches for what is typed, and keeps it in the address", async () => {
    const service = withOrders();
    const { root } = await open("staff", service);
    await type(find(root, "search"), " 43 ");
    await until(() => !has(root, "order-row-42") && has(root, "order-row-43"));
    expect(route.value.search.q).toBe("43");
  });
});

describe("an action in a row", () => {
  test("is sent, and the row shows the result", async () => {
    const service = withOrders();
    const { root } = await open("staff", service);
    service.events = [anEvent(1)];
    service.add(
      anOrder(42, { status: "Shipped", version: 3, allowedActions: ["deliver"], blockedActions: {} }),
    );
    await click(find(root, "action-ship-42"));
    await settled();
    expect(service.acted).toEqual([[42, "ship", undefined]]);
    expect(find(root, "order-status-42").textContent).toBe("Shipped");
    expect(find(root, "action-ship-42").getAttribute("aria-disabled")).toBe("true");
  });

  test("that is not possible says why and sends nothing", async () => {
    const service = withOrders();
    const { root } = await open("staff", service);
    const button = find(root, "action-deliver-42");
    expect(button.getAttribute("aria-disabled")).toBe("true");
    expect(button.getAttribute("aria-label")).toBe("Deliver WB-000042. Nothing has been shipped yet.");
    await click(button);
    await settled();
    expect(service.acted).toEqual([]);
  });

  test("that the service refuses shows the reason until it is dismissed", async () => {
    const service = withOrders();
    const { root } = await open("staff", service);
    service.failure = new Problem(409, "Conflict", "The order has been shipped already.");
    await click(find(root, "action-ship-42"));
    await settled();
    const banner = find(root, "problem");
    expect(banner.textContent).toMatch(/Ship WB-000042: Conflict.*has been shipped already/);
    const dismiss = banner.querySelector("button");
    if (!dismiss) throw new Error("no button");
    await click(dismiss);
    expect(has(root, "problem")).toBe(false);
  });

  test("cancel asks for confirmation and takes a reason", async () => {
    const service = withOrders();
    const { root } = await open("staff", service);
    service.events = [anEvent(1, { type: "OrderCancelled" })];
    await click(find(root, "action-cancel-42"));
    expect(service.acted).toEqual([]);
    const dialog = find(root, "cancel-dialog");
    const [field, form] = [dialog.querySelector("input"), dialog.querySelector("form")];
    if (!field || !form) throw new Error("no form");
    await type(field, " Ordered twice ");
    await submit(form);
    await settled();
    expect(service.acted).toEqual([[42, "cancel", { reason: "Ordered twice" }]]);
    expect(has(root, "cancel-dialog")).toBe(false);
  });
});

describe("one order", () => {
  const shipped = () =>
    anOrder(42, {
      status: "PartiallyShipped",
      allowedActions: [],
      blockedActions: {
        confirm: "Only staff can confirm an order.",
        cancel: "A part of the order has been shipped; only staff can cancel the rest.",
      },
      shipments: [
        {
          id: 7,
          carrier: "DHL",
          trackingNumber: "JD0146000",
          shippedAt: "2026-11-21T08:00:00Z",
          deliveredAt: null,
          lines: [{ lineId: 420, quantity: 1 }],
        },
      ],
    });

  test("shows its progress with the current step, its parcel and its timeline", async () => {
    const service = new FakeService().add(shipped());
    service.events = [anEvent(9, { type: "OrderPlaced", orderVersion: 1 }), anEvent(10)];
    goTo("/orders/42");
    const { root } = await open("customer", service);
    const view = find(root, "order-view");
    expect(view.querySelector("ol.track [aria-current=step]")?.textContent).toMatch(/^Partly shipped/);
    expect(view.textContent).toMatch(/DHL.*JD0146000/);
    expect(view.querySelector('[aria-label="Copy tracking number JD0146000"]')).not.toBeNull();
    const entries = [...find(root, "timeline").querySelectorAll("li")].map(
      (entry) => entry.dataset.eventType,
    );
    expect(entries).toEqual(["OrderPlaced", "OrderShipped"]);
    expect(find(root, "order-status-42").textContent).toBe("Partly shipped");
  });

  test("tells a customer why an action is not possible, but only for actions that customers have", async () => {
    goTo("/orders/42");
    const { root } = await open("customer", new FakeService().add(shipped()));
    expect(find(root, "order-view").textContent).toMatch(/only staff can cancel the rest/);
    expect(find(root, "order-view").textContent).not.toMatch(/Only staff can confirm/);
    expect(has(root, "action-cancel-42")).toBe(false);
  });

  test("adds new events to its timeline", async () => {
    goTo("/orders/42");
    const { root, push } = await open("customer", withOrders());
    await act(() => push(anEvent(11)));
    const [entry] = find(root, "timeline").querySelectorAll("li");
    expect([entry?.dataset.eventType, entry?.classList.contains("fresh")]).toEqual(["OrderShipped", true]);
    expect(find(root, "order-status-42").textContent).toBe("Shipped");
  });

  test("of another customer is not found", async () => {
    goTo("/orders/7");
    const { root } = await open("customer", withOrders());
    expect(find(root, "failed").textContent).toMatch(/There is no order 7, or it is not yours/);
  });

  test("opens beside the list for staff, and then has the actions instead of its row", async () => {
    goTo("/orders/42");
    const { root } = await open("staff", withOrders());
    expect(find(root, "order-row-42").querySelectorAll("button")).toHaveLength(0);
    expect(root.querySelectorAll('[data-testid="action-ship-42"]')).toHaveLength(1);
    expect(root.querySelectorAll('[data-testid="order-status-42"]')).toHaveLength(1);
  });

  test("ships a parcel with its lines and carrier", async () => {
    goTo("/orders/42");
    const service = withOrders();
    const { root } = await open("staff", service);
    service.events = [anEvent(1)];
    await click(find(root, "ship-parcel-42"));
    const dialog = find(root, "ship-dialog");
    const fill = (name: string, value: string) => {
      const field = dialog.querySelector<HTMLInputElement>(`input[name="${name}"]`);
      if (field) field.value = value;
    };
    fill("line-420", "1");
    fill("carrier", "DHL");
    const form = dialog.querySelector("form");
    if (!form) throw new Error("no form");
    await submit(form);
    await settled();
    expect(service.acted).toEqual([[42, "ship", { lines: [{ lineId: 420, quantity: 1 }], carrier: "DHL" }]]);
  });
});

test("an unknown address says so", async () => {
  goTo("/orders/elsewhere");
  const { root } = await open("customer", withOrders());
  expect(find(root, "empty").textContent).toMatch(/nothing at this address/);
});
