import type { Order, Shipment } from "../../api/types";
import { dayName, timeOfDay } from "../../text/time";
import { useWorkspace } from "../context";
import { CopyButton } from "../kit/CopyButton";
import { now } from "../kit/clock";
import { Icon } from "../kit/Icon";

/** One card for each parcel with its carrier, tracking number and contents. */
export function Parcels({ order }: { order: Order }) {
  if (order.shipments.length === 0) return null;
  return (
    <section class="order-block" aria-label="Parcels">
      <h2>{order.shipments.length === 1 ? "Parcel" : "Parcels"}</h2>
      <ul class="parcels">
        {order.shipments.map((shipment, index) => (
          <Parcel
            key={shipment.id}
            order={order}
            shipment={shipment}
            place={order.shipments.length > 1 ? `Parcel ${index + 1} of ${order.shipments.length}` : null}
          />
        ))}
      </ul>
    </section>
  );
}

interface ParcelProps {
  order: Order;
  shipment: Shipment;
  /** Such as "Parcel 1 of 2"; null if there is only one. */
  place: string | null;
}

function Parcel({ order, shipment, place }: ParcelProps) {
  const { isStaff, actions } = useWorkspace();
  const names = new Map(order.lines.map((line) => [line.id, line.name]));
  const { deliveredAt, trackingNumber } = shipment;
  const at = deliveredAt ?? shipment.shippedAt;
  return (
    <li class="parcel card">
      <div class="parcel-top">
        <p>
          {place && <small>{place}</small>}
          <strong>{shipment.carrier ?? "Unknown carrier"}</strong>
        </p>
        <span class={`badge ${deliveredAt ? "tone-done" : "tone-moving"}`}>
          <Icon name={deliveredAt ? "check" : "truck"} size={14} />
          {deliveredAt ? "Delivered" : "On its way"}
        </span>
      </div>
      {trackingNumber && (
        <p class="tracking">
          <code>{trackingNumber}</code>
          <CopyButton text={trackingNumber} what={`tracking number ${trackingNumber}`} />
        </p>
      )}
      <ul class="parcel-lines">
        {shipment.lines.map((line) => (
          <li key={line.lineId}>
            {line.quantity} × {names.get(line.lineId) ?? "Item"}
          </li>
        ))}
      </ul>
      <p class="parcel-foot">
        <time dateTime={at}>
          {deliveredAt ? "Delivered" : "Shipped"} {dayName(at, now.value)}, {timeOfDay(at)}
        </time>
        {isStaff &&
          !deliveredAt &&
          order.shipments.length > 1 &&
          order.allowedActions.includes("deliver") && (
            <button
              type="button"
              class="button small"
              data-testid={`deliver-parcel-${shipment.id}`}
              onClick={() => void actions.run(order, "deliver", { shipmentIds: [shipment.id] })}
            >
              Mark delivered
            </button>
          )}
      </p>
    </li>
  );
}
