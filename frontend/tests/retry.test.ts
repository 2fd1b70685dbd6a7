import { describe, expect, test } from "vitest";
import { isUnauthorized, retryDelay } from "../src/live/retry";

describe("retryDelay", () => {
  test("doubles up to ten seconds", () => {
    const longest = [0, 1, 2, 3, 4, 5, 50].map((attempt) => retryDelay(attempt, () => 1));
    expect(longest).toEqual([400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  });

  test("is half random", () => {
    expect(retryDelay(50, () => 0)).toBe(5_000);
    expect(retryDelay(50, () => 0.5)).toBe(7_500);
  });
});

test("a refused token is distinguished from other failures", () => {
  const http = Object.assign(new Error("Unauthorized"), { statusCode: 401 });
  const negotiate = new Error("Failed to complete negotiation with the server: Error: : Status code '401'");
  expect([http, negotiate].map(isUnauthorized)).toEqual([true, true]);
  expect([new Error("Status code '503'"), "401", undefined].map(isUnauthorized)).toEqual([
    false,
    false,
    false,
  ]);
});
