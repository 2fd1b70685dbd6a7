import { onTestFinished } from "vitest";
import type { OrderEvent, Role } from "../../src/api/types";
import { findQueue, STAFF_QUEUES } from "../../src/orders/queue";
import { Workspace } from "../../src/orders/workspace";
import { FakeConnection, FakeService } from "./service";
import { until } from "./until";

export interface Scene {
  readonly workspace: Workspace;
  readonly service: FakeService;
  readonly connection: FakeConnection;
  push(event: OrderEvent): void;
}

/** Creates a workspace with fakes, without starting it. */
export function openScene(role: Role, service = new FakeService()): Scene {
  const connection = new FakeConnection();
  let push: (event: OrderEvent) => void = () => {};
  const workspace = new Workspace({
    user: { subject: role === "customer" ? "ada" : "sam", name: "Ada Berg", role },
    api: service,
    filter: { queue: findQueue(STAFF_QUEUES, "all"), q: "" },
    connect: (onEvent) => {
      push = onEvent;
      return connection;
    },
    onUnauthorized: () => {},
  });
  if (role !== "customer") service.position = null;
  onTestFinished(() => workspace.close());
  return { workspace, service, connection, push: (event) => push(event) };
}

/** Creates a workspace and starts it. It is connected and has read its list. */
export async function liveScene(role: Role, service = new FakeService()): Promise<Scene> {
  const scene = openScene(role, service);
  scene.workspace.start();
  await until(() => scene.workspace.list.phase.value === "ready");
  return scene;
}
