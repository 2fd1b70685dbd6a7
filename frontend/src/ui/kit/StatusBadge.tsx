import type { OrderStatus } from "../../api/types";
import { statusLook } from "../../text/status";
import { Icon } from "./Icon";

export function StatusBadge({ status, testId }: { status: OrderStatus; testId?: string }) {
  const { label, tone, icon } = statusLook(status);
  return (
    <span class={`badge tone-${tone}`} data-testid={testId} data-status={status}>
      <Icon name={icon} size={14} />
      {label}
    </span>
  );
}
