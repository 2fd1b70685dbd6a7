import type { OrderSummary } from "../../api/types";
import type { Row } from "../../orders/board";
import { CUSTOMER_QUEUES, type Filter, stillMatches } from "../../orders/queue";
import { route } from "../../router/navigation";
import { orderHref } from "../../router/route";
import { answer, count } from "../../text/answer";
import { currentStep } from "../../text/progress";
import { statusLook } from "../../text/status";
import { dayName } from "../../text/time";
import { useWorkspace } from "../context";
import { now } from "../kit/clock";
import { Icon } from "../kit/Icon";
import { StatusBadge } from "../kit/StatusBadge";
import { FilterBar } from "./FilterBar";
import { ListStates, MoreButton } from "./ListStates";
import { linkId } from "./returnFocus";

export function CustomerList({ filter }: { filter: Filter }) {
  const { list, user } = useWorkspace();
  const firstName = user.name.split(" ")[0];
  return (
    <div class="page">
      <div class="page-head">
        <p class="eyebrow">Hello, {firstName}</p>
        <h1>Your orders</h1>
      </div>
      <FilterBar queues={CUSTOMER_QUEUES} filter={filter} placeholder="Order or tracking" />
      <ListStates filter={filter}>
        <ul class="order-cards">
          {list.rows.value.map((row) => (
            <OrderCard key={row.order.id} row={row} faded={!stillMatches(filter, row.order)} />
          ))}
        </ul>
        <MoreButton />
      </ListStates>
    </div>
  );
}

function OrderCard({ row: { order, pulse }, faded }: { row: Row; faded: boolean }) {
  const { title, late } = answer(order, now.value);
  const { tone, icon } = statusLook(order.status);
  return (
    <li
      class={`order-card card ${faded ? "faded" : ""}`}
      data-testid={`order-row-${order.id}`}
      data-pulse={pulse === 0 ? undefined : pulse % 2}
    >
      <span class={`disc tone-${tone}`}>
        <Icon name={icon} size={20} />
      </span>
      <div class="order-card-main">
        <a
          id={linkId(order.id)}
          class="stretched order-card-title"
          href={orderHref(order.id, route.value.search)}
        >
          <span class={late ? "late" : ""}>{title}</span>
        </a>
        <p class="order-card-facts">
          <span class="number">{order.number}</span>
          <span>{count(order.unitCount, "item")}</span>
          <span>placed {dayName(order.placedAt, now.value)}</span>
        </p>
        <MiniTrack order={order} />
      </div>
      <StatusBadge status={order.status} testId={`order-status-${order.id}`} />
    </li>
  );
}

/** The progress at a glance. It is hidden from screen readers, which read the badge. */
function MiniTrack({ order }: { order: OrderSummary }) {
  const step = order.status === "Cancelled" ? -1 : currentStep(order.status);
  return (
    <span class={`mini-track ${step < 0 ? "off" : ""}`} aria-hidden="true">
      {[0, 1, 2, 3].map((index) => (
        <span key={index} class={index <= step ? "on" : ""} />
      ))}
    </span>
  );
}
