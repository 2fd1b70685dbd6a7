import { useEffect, useRef } from "preact/hooks";
import type { Order } from "../../api/types";
import { answer } from "../../text/answer";
import { dayName } from "../../text/time";
import { useWorkspace } from "../context";
import { Barcode } from "../kit/Barcode";
import { CopyButton } from "../kit/CopyButton";
import { now } from "../kit/clock";
import { FailedNote, ProblemBanner } from "../kit/Notes";
import { SkeletonOrder } from "../kit/Skeleton";
import { StatusBadge } from "../kit/StatusBadge";
import { ActionRow } from "./ActionRow";
import { Lines } from "./Lines";
import { Parcels } from "./Parcels";
import { ProgressTrack } from "./ProgressTrack";
import { Timeline } from "./Timeline";

/** One order. `statusTestId` is the test id of its badge, because the row in the list beside it may have one too. */
export function OrderView({ id, statusTestId }: { id: number; statusTestId: string }) {
  const { detail } = useWorkspace();
  const root = useRef<HTMLElement>(null);
  useEffect(() => {
    void detail.open(id);
    root.current?.focus({ preventScroll: true });
    return () => detail.close();
  }, [id, detail]);

  return (
    <article class="order-view" ref={root} tabIndex={-1} aria-label="Order" data-testid="order-view">
      <Content statusTestId={statusTestId} />
    </article>
  );
}

function Content({ statusTestId }: { statusTestId: string }) {
  const { detail, isStaff } = useWorkspace();
  const order = detail.order.value;
  const problem = detail.problem.value;
  const retry = () => void detail.refresh();
  if (!order)
    return detail.phase.value === "failed" && problem ? (
      <FailedNote problem={problem} onRetry={retry} />
    ) : (
      <SkeletonOrder />
    );
  return (
    <>
      {problem && <ProblemBanner lead="This order may be out of date" problem={problem} onRetry={retry} />}
      <Slip order={order} statusTestId={statusTestId} />
      <div class="order-columns">
        <div>
          <ActionRow order={order} />
          <Parcels order={order} />
          <Lines lines={order.lines} />
        </div>
        <Timeline events={detail.events.value} fresh={detail.fresh.value} showActor={isStaff} />
      </div>
    </>
  );
}

/** The top of the order, styled as the paper waybill that travels with the goods. */
function Slip({ order, statusTestId }: { order: Order; statusTestId: string }) {
  const { isStaff } = useWorkspace();
  const { title, detail, late } = answer(order, now.value);
  useEffect(() => {
    document.title = `${order.number} · Waybill`;
  }, [order.number]);
  return (
    <header class="slip card">
      <div class="slip-head">
        <div class="slip-number">
          <Barcode text={order.number} />
          <span>
            <span class="number">{order.number}</span>
            <CopyButton text={order.number} what="order number" />
          </span>
        </div>
        <StatusBadge status={order.status} testId={statusTestId} />
      </div>
      <div class="slip-answer">
        <h1 class={late ? "late" : ""}>{title}</h1>
        <p>{detail}</p>
        <dl class="facts">
          {isStaff && <Fact name="Customer" value={order.customerName} />}
          <Fact name="Placed" value={dayName(order.placedAt, now.value)} />
          {order.reference && <Fact name="Reference" value={order.reference} />}
        </dl>
      </div>
      <ProgressTrack order={order} />
    </header>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
