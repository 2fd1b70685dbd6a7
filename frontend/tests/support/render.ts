import type { ComponentChild } from "preact";
import { render } from "preact";
import { act } from "preact/test-utils";
import { onTestFinished } from "vitest";

/** Renders a component until the test ends. */
export async function show(child: ComponentChild): Promise<HTMLElement> {
  const root = document.createElement("div");
  document.body.append(root);
  onTestFinished(() => {
    render(null, root);
    root.remove();
  });
  await act(() => render(child, root));
  return root;
}

export function find(root: ParentNode, testId: string): HTMLElement {
  const element = root.querySelector<HTMLElement>(`[data-testid="${testId}"]`);
  if (!element) throw new Error(`there is no element with the test id ${testId}`);
  return element;
}

export function has(root: ParentNode, testId: string): boolean {
  return root.querySelector(`[data-testid="${testId}"]`) !== null;
}

export async function click(element: HTMLElement): Promise<void> {
  await act(() => element.click());
}

export async function type(element: HTMLElement, text: string): Promise<void> {
  await act(() => {
    (element as HTMLInputElement).value = text;
    element.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

export async function submit(form: HTMLElement): Promise<void> {
  await act(() => {
    form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
  });
}

/** Waits for pending promises and the updates that they cause. */
export async function settled(): Promise<void> {
  await act(() => new Promise((done) => setTimeout(done, 0)));
}
