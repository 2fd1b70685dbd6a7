import { useEffect, useRef } from "preact/hooks";

/** Returns the element id of the link that opens an order from the list. */
export function linkId(orderId: number): string {
  return `order-link-${orderId}`;
}

/** Moves the focus back to the order's link in the list when the order is closed. */
export function useReturnFocus(openId: number | null): void {
  const last = useRef<number | null>(null);
  useEffect(() => {
    const closed = last.current;
    last.current = openId;
    if (openId === null && closed !== null) document.getElementById(linkId(closed))?.focus();
  }, [openId]);
}
