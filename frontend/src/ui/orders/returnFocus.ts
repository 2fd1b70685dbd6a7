import { useEffect, useRef } from "preact/hooks";

/** The id of the link that opens an order from the list. */
export function linkId(orderId: number): string {
  return `order-link-${orderId}`;
}

/** When the open order is closed, the focus goes back to where it was opened. */
export function useReturnFocus(openId: number | null): void {
  const last = useRef<number | null>(null);
  useEffect(() => {
    const closed = last.current;
    last.current = openId;
    if (openId === null && closed !== null) document.getElementById(linkId(closed))?.focus();
  }, [openId]);
}
