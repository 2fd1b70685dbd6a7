import { useSignal } from "@preact/signals";
import type { Order, OrderAction } from "../../api/types";
import { ACTION_LABELS, ACTIONS, statusLook } from "../../text/status";
import { useWorkspace } from "../context";
import { Icon } from "../kit/Icon";
import { ActionButton, nextAction } from "./ActionButton";
import { openQuantity, ShipDialog } from "./ShipDialog";

/** The possible actions, and why the others are not possible. */
export function ActionRow({ order }: { order: Order }) {
  const { isStaff } = useWorkspace();
  const shipping = useSignal(false);
  const known: readonly OrderAction[] = isStaff ? ACTIONS : ["cancel"];
  const allowed = known.filter((action) => order.allowedActions.includes(action));
  const blocked = isStaff || isOpen(order) ? reasons(order, known) : [];
  const openUnits = order.lines.reduce((sum, line) => sum + openQuantity(line), 0);

  if (allowed.length === 0 && blocked.length === 0) return null;
  return (
    <section class="actions" aria-label="Actions">
      <div class="action-buttons">
        {allowed.map((action) => (
          <ActionButton
            key={action}
            order={order}
            action={action}
            look="labelled"
            primary={action === nextAction(order)}
          />
        ))}
        {isStaff && allowed.includes("ship") && openUnits > 0 && (
          <button
            type="button"
            class="button"
            data-testid={`ship-parcel-${order.id}`}
            onClick={() => {
              shipping.value = true;
            }}
          >
            <Icon name="split" size={16} />
            Ship a parcel…
          </button>
        )}
      </div>
      {blocked.length > 0 && (
        <ul class="blocked">
          {blocked.map(({ reason, actions }) => (
            <li key={reason}>
              {(actions.length < known.length || !isStaff) && (
                <strong>{actions.map((action) => ACTION_LABELS[action]).join(", ")}</strong>
              )}
              {reason}
            </li>
          ))}
        </ul>
      )}
      {shipping.value && <ShipDialog order={order} onClose={() => (shipping.value = false)} />}
    </section>
  );
}

function isOpen({ status }: Order): boolean {
  return statusLook(status).tone === "working" || statusLook(status).tone === "moving";
}

/** Returns each reason once, with the actions that it blocks. */
function reasons(order: Order, known: readonly OrderAction[]) {
  const actionsOf = new Map<string, OrderAction[]>();
  for (const action of known) {
    const reason = order.blockedActions[action];
    if (reason) actionsOf.set(reason, [...(actionsOf.get(reason) ?? []), action]);
  }
  return [...actionsOf].map(([reason, actions]) => ({ reason, actions }));
}
