import { type Filter, STAFF_QUEUES, stillMatches } from "../../orders/queue";
import { count } from "../../text/answer";
import { useWorkspace } from "../context";
import { FilterBar } from "./FilterBar";
import { ListStates, MoreButton } from "./ListStates";
import { StaffRow } from "./StaffRow";

interface Props {
  filter: Filter;
  /** The order that is open beside the list. */
  openId: number | null;
}

export function StaffList({ filter, openId }: Props) {
  const { list } = useWorkspace();
  const compact = openId !== null;
  return (
    <div class="page staff">
      <div class="page-head">
        <h1>Orders</h1>
        <Arrivals />
      </div>
      <FilterBar queues={STAFF_QUEUES} filter={filter} placeholder="Order, customer, tracking" />
      <ListStates filter={filter}>
        <div class="table-card card">
          <table class="orders">
            <thead>
              <tr>
                <th scope="col">Order</th>
                <th scope="col">Customer</th>
                <th scope="col">Status</th>
                <th scope="col" class="col-due">
                  Due
                </th>
                <th scope="col" class="col-items">
                  Items
                </th>
                <th scope="col" class="col-updated">
                  Updated
                </th>
                {!compact && (
                  <th scope="col" class="col-actions">
                    <span class="visually-hidden">Actions</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {list.rows.value.map((row) => (
                <StaffRow
                  key={row.order.id}
                  row={row}
                  faded={!stillMatches(filter, row.order)}
                  isOpen={row.order.id === openId}
                  compact={compact}
                />
              ))}
            </tbody>
          </table>
        </div>
        <MoreButton />
      </ListStates>
    </div>
  );
}

/** Offers to show orders that arrived since the list was read. They wait, so that no row moves under the pointer. */
function Arrivals() {
  const workspace = useWorkspace();
  const waiting = workspace.list.arrivals.value.size;
  if (waiting === 0) return null;
  return (
    <button type="button" class="arrivals" data-testid="arrivals" onClick={() => workspace.reload()}>
      Show {count(waiting, "new or changed order")}
    </button>
  );
}
