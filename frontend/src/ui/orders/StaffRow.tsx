import type { OrderSummary } from "../../api/types";
import type { Row } from "../../orders/board";
import { route } from "../../router/navigation";
import { orderHref } from "../../router/route";
import { answer, count } from "../../text/answer";
import { ACTIONS, statusLook } from "../../text/status";
import { dayName, fullTime } from "../../text/time";
import { now } from "../kit/clock";
import { StatusBadge } from "../kit/StatusBadge";
import { TimeAgo } from "../kit/TimeText";
import { ActionButton, nextAction } from "./ActionButton";
import { linkId } from "./returnFocus";

interface Props {
  row: Row;
  faded: boolean;
  isOpen: boolean;
  compact: boolean;
}

export function StaffRow({ row: { order, pulse }, faded, isOpen, compact }: Props) {
  return (
    <tr
      class={`${faded ? "faded" : ""} ${isOpen ? "open" : ""}`}
      data-testid={`order-row-${order.id}`}
      data-pulse={pulse === 0 ? undefined : pulse % 2}
    >
      <th scope="row" class="cell-order">
        <a
          id={linkId(order.id)}
          class="stretched number"
          href={orderHref(order.id, route.value.search)}
          aria-current={isOpen ? "true" : undefined}
        >
          {order.number}
        </a>
        {order.reference && <small title={order.reference}>{order.reference}</small>}
      </th>
      <td class="cell-customer">{order.customerName}</td>
      <td class="cell-status">
        <StatusBadge status={order.status} testId={`order-status-${order.id}`} />
      </td>
      <td class="col-due">
        <Due order={order} />
      </td>
      <td class="col-items">{count(order.unitCount, "item")}</td>
      <td class="col-updated">
        <TimeAgo at={order.updatedAt} />
      </td>
      {!compact && (
        <td class="col-actions">
          <div class="row-actions">
            {ACTIONS.map((action) => (
              <ActionButton
                key={action}
                order={order}
                action={action}
                look="icon"
                primary={action === nextAction(order)}
              />
            ))}
          </div>
        </td>
      )}
    </tr>
  );
}

function Due({ order }: { order: OrderSummary }) {
  const due = order.estimatedDeliveryAt;
  if (!due) return <span class="quiet">–</span>;
  const { late, title } = answer(order, now.value);
  const { tone } = statusLook(order.status);
  const over = tone === "done" || tone === "stopped" || tone === "returned";
  return (
    <time dateTime={due} title={fullTime(due)} class={late ? "late" : over ? "over" : ""}>
      {late ? title : dayName(due, now.value)}
    </time>
  );
}
