import { describe, expect, test, vi } from "vitest";
import { createAccountsApi } from "../src/api/accounts";
import { createHttp, isAbort } from "../src/api/http";
import { createOrdersApi, listParameters } from "../src/api/orders";
import { Problem } from "../src/api/problem";

function answering(...answers: (Response | Error)[]) {
  return vi.fn<typeof fetch>(async () => {
    const next = answers.shift();
    if (!next) throw new Error("the test expected no more requests");
    if (next instanceof Error) throw next;
    return next;
  });
}

function httpOver(send: typeof fetch) {
  const onUnauthorized = vi.fn();
  return { http: createHttp({ token: () => "secret", onUnauthorized, fetch: send }), onUnauthorized };
}

describe("a request", () => {
  test("carries the token and returns JSON", async () => {
    const send = answering(Response.json({ id: 42 }));
    expect(await httpOver(send).http.get("/orders/42")).toEqual({ id: 42 });
    const [path, init] = send.mock.calls[0] ?? [];
    expect(path).toBe("/orders/42");
    expect(new Headers(init?.headers).get("authorization")).toBe("Bearer secret");
  });

  test("asks for JSON and stays out of the cache, since an order's page has the same address", async () => {
    const send = answering(Response.json({ id: 42 }));
    await httpOver(send).http.get("/orders/42");
    const init = send.mock.calls[0]?.[1];
    expect([new Headers(init?.headers).get("accept"), init?.cache]).toEqual(["application/json", "no-store"]);
  });

  test("sends a body as JSON, and nothing where there is none", async () => {
    const send = answering(Response.json({}), Response.json({}));
    const orders = createOrdersApi(httpOver(send).http);
    await orders.act(42, "ship");
    await orders.act(42, "ship", { carrier: "DHL" });
    expect(send.mock.calls.map(([, init]) => init?.body)).toEqual([undefined, '{"carrier":"DHL"}']);
    expect(new Headers(send.mock.calls[1]?.[1]?.headers).get("content-type")).toBe("application/json");
  });

  test("that is refused throws the problem with the request's id", async () => {
    const body = { title: "Conflict", detail: "The order has been shipped already.", requestId: "r1" };
    const { http } = httpOver(answering(Response.json(body, { status: 409 })));
    await expect(http.post("/orders/42/ship")).rejects.toMatchObject({
      status: 409,
      title: "Conflict",
      detail: "The order has been shipped already.",
      requestId: "r1",
    });
  });

  test("that fails without a problem document still says what happened", async () => {
    const answer = new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "x-request-id": "r2" } });
    const { http } = httpOver(answering(answer));
    await expect(http.get("/orders")).rejects.toMatchObject({
      title: "The service answered 502",
      detail: "",
      requestId: "r2",
    });
  });

  test("that does not reach the service throws a problem", async () => {
    const { http } = httpOver(answering(new TypeError("Failed to fetch")));
    await expect(http.get("/orders")).rejects.toMatchObject({ status: 0 });
  });

  test("whose answer breaks off throws the same problem", async () => {
    const broken = new ReadableStream({ pull: (body) => body.error(new TypeError("network error")) });
    const { http } = httpOver(answering(new Response(broken)));
    await expect(http.get("/orders")).rejects.toEqual(Problem.unreachable());
  });

  test("that is aborted throws the abort", async () => {
    const { http } = httpOver(answering(new DOMException("aborted", "AbortError")));
    const error = await http.get("/orders").catch((reason: unknown) => reason);
    expect(isAbort(error)).toBe(true);
  });

  test("that is answered with 401 ends the session", async () => {
    const { http, onUnauthorized } = httpOver(answering(Response.json({}, { status: 401 })));
    await expect(http.get("/orders")).rejects.toBeInstanceOf(Problem);
    expect(onUnauthorized).toHaveBeenCalledOnce();
  });
});

test("the filters of the list become a query", () => {
  const query = { statuses: ["Pending", "Shipped"], q: "a&b", limit: 50, cursor: "c1" } as const;
  expect(listParameters(query)).toBe("status=Pending&status=Shipped&q=a%26b&limit=50&cursor=c1");
  expect(listParameters({ statuses: [], q: "", limit: 50 })).toBe("limit=50");
});

describe("accounts", () => {
  test("sign in with the password form of OAuth2", async () => {
    const issued = { access_token: "t", token_type: "bearer", expires_in: 60 };
    const send = answering(Response.json(issued));
    expect(await createAccountsApi(send).token("ada", "a b&c")).toEqual(issued);
    expect(String(send.mock.calls[0]?.[1]?.body)).toBe("username=ada&password=a+b%26c");
  });

  test("read the account of a token, and keep the answer out of the cache", async () => {
    const ada = { subject: "ada", name: "Ada", role: "customer" };
    const send = answering(Response.json(ada));
    expect(await createAccountsApi(send).me("t")).toEqual(ada);
    const [path, init] = send.mock.calls[0] ?? [];
    expect([path, init?.cache]).toEqual(["/auth/me", "no-store"]);
    expect(new Headers(init?.headers).get("authorization")).toBe("Bearer t");
  });

  test("has no demo accounts when the service is not a demo", async () => {
    const none = createAccountsApi(answering(Response.json({}, { status: 404 }), new TypeError("down")));
    expect([await none.demoAccounts(), await none.demoAccounts()]).toEqual([[], []]);
  });
});

test("any thrown value can be shown", () => {
  const problem = new Problem(409, "Conflict", "why");
  expect(Problem.of(problem)).toBe(problem);
  expect(Problem.of(new TypeError("x is undefined")).detail).toBe("x is undefined");
  expect(Problem.of("odd").detail).toBe("");
});
