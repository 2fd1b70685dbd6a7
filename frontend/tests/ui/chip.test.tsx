import { expect, test, vi } from "vitest";
import { ConnectionChip } from "../../src/ui/shell/ConnectionChip";
import { click, find, show } from "../support/render";

const position = { epoch: "e1", seq: 129 };
const lostAt = new Date(2026, 10, 22, 14, 5, 11).getTime();

test("live, with the position if there is one", async () => {
  const chip = (at: typeof position | null) => (
    <ConnectionChip state="live" position={at} lostAt={null} onRetry={() => {}} />
  );
  expect((await show(chip(position))).textContent).toBe("Live · #129");
  expect((await show(chip(null))).textContent).toBe("Live");
});

test.each([
  ["reconnecting", "Reconnecting · data as of 14:05:11"],
  ["offline", "Offline · data as of 14:05:11"],
] as const)("%s says how old the data is and offers to retry", async (state, text) => {
  const retry = vi.fn();
  const root = await show(
    <ConnectionChip state={state} position={position} lostAt={lostAt} onRetry={retry} />,
  );
  expect(find(root, "connection-chip").textContent).toBe(`${text}Try now`);
  const button = root.querySelector("button");
  if (!button) throw new Error("no button");
  await click(button);
  expect(retry).toHaveBeenCalledOnce();
});

test("while connecting for the first time it says nothing about the data", async () => {
  const root = await show(
    <ConnectionChip state="connecting" position={null} lostAt={null} onRetry={() => {}} />,
  );
  expect(root.textContent).toBe("Connecting");
});
