import { useSignal } from "@preact/signals";
import type { Order, OrderLine, ShipBody } from "../../api/types";
import { useWorkspace } from "../context";
import { Dialog } from "../kit/Dialog";

export function openQuantity(line: OrderLine): number {
  return line.ordered - line.cancelled - line.shipped;
}

/** Asks for the contents, carrier and tracking number of one parcel. */
export function ShipDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const { actions } = useWorkspace();
  const empty = useSignal(false);
  const open = order.lines.filter((line) => openQuantity(line) > 0);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const body = readForm(new FormData(event.currentTarget as HTMLFormElement), open);
    empty.value = body.lines?.length === 0;
    if (empty.value) return;
    onClose();
    void actions.run(order, "ship", body);
  };
  return (
    <Dialog title={`Ship a parcel from ${order.number}`} onClose={onClose} testId="ship-dialog">
      <form onSubmit={submit}>
        <fieldset class="ship-lines">
          <legend>Items in this parcel</legend>
          {open.map((line) => (
            <label key={line.id} class="ship-line">
              <span>{line.name}</span>
              <input
                type="number"
                name={`line-${line.id}`}
                min={0}
                max={openQuantity(line)}
                step={1}
                defaultValue={String(openQuantity(line))}
                aria-label={`Quantity of ${line.name}`}
              />
              <small>of {openQuantity(line)}</small>
            </label>
          ))}
        </fieldset>
        {empty.value && (
          <p class="message bad" role="alert">
            Put at least one item into the parcel.
          </p>
        )}
        <div class="field-row">
          <label class="field">
            <span>Carrier</span>
            <input name="carrier" maxLength={64} placeholder="DHL" />
          </label>
          <label class="field">
            <span>Tracking number</span>
            <input name="trackingNumber" maxLength={64} placeholder="JD0146000" autocomplete="off" />
          </label>
        </div>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            Back
          </button>
          <button type="submit" class="button primary" data-testid="confirm-ship">
            Ship the parcel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function readForm(form: FormData, open: readonly OrderLine[]): ShipBody {
  const lines = open
    .map((line) => ({ lineId: line.id, quantity: Number(form.get(`line-${line.id}`)) }))
    .filter(({ quantity }) => quantity > 0);
  const carrier = String(form.get("carrier") ?? "").trim();
  const trackingNumber = String(form.get("trackingNumber") ?? "").trim();
  return { lines, ...(carrier && { carrier }), ...(trackingNumber && { trackingNumber }) };
}
