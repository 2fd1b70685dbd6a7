import { useEffect } from "preact/hooks";
import { CUSTOMER_QUEUES, type Filter, findQueue, STAFF_QUEUES } from "../../orders/queue";
import { go, route } from "../../router/navigation";
import { listHref, type Route } from "../../router/route";
import { useWorkspace } from "../context";
import { Icon } from "../kit/Icon";
import { EmptyNote } from "../kit/Notes";
import { Header } from "../shell/Header";
import { onEscape } from "../shell/keys";
import { Toasts } from "../shell/Toasts";
import { CancelDialog } from "./CancelDialog";
import { CustomerList } from "./CustomerList";
import { OrderView } from "./OrderView";
import { RefusalBanner } from "./RefusalBanner";
import { useReturnFocus } from "./returnFocus";
import { StaffList } from "./StaffList";

/** Returns the filter for an address. Staff and customers have different queues. */
export function filterOf(at: Route, isStaff: boolean): Filter {
  const queues = isStaff ? STAFF_QUEUES : CUSTOMER_QUEUES;
  return { queue: findQueue(queues, at.search.queue), q: at.search.q };
}

/** Everything that is shown after the sign-in. */
export function Desk() {
  const workspace = useWorkspace();
  const at = route.value;
  const filter = filterOf(at, workspace.isStaff);

  useEffect(() => {
    const { queue, q } = workspace.list.filter;
    if (queue.id !== filter.queue.id || q !== filter.q) workspace.show(filter);
  }, [workspace, filter.queue.id, filter.q]);
  useEffect(() => {
    if (at.page === "order") return onEscape(() => go(listHref(at.search)));
    document.title = "Orders · Waybill";
    return undefined;
  }, [at]);

  return (
    <>
      <button type="button" class="skip button" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the orders
      </button>
      <Header workspace={workspace} />
      <main id="main" tabIndex={-1}>
        <RefusalBanner />
        {workspace.isStaff ? <StaffDesk at={at} filter={filter} /> : <CustomerDesk at={at} filter={filter} />}
      </main>
      <CancelDialog />
      <Toasts activity={workspace.activity} />
    </>
  );
}

function CustomerDesk({ at, filter }: { at: Route; filter: Filter }) {
  const openId = at.page === "order" ? at.id : null;
  useReturnFocus(openId);
  useEffect(() => {
    if (openId !== null) window.scrollTo(0, 0);
  }, [openId]);
  if (at.page === "unknown") return <Unknown />;
  if (openId === null) return <CustomerList filter={filter} />;
  return (
    <div class="page">
      <a class="back" href={listHref(at.search)}>
        <Icon name="back" size={16} /> Your orders
      </a>
      <OrderView id={openId} statusTestId={`order-status-${openId}`} />
    </div>
  );
}

function StaffDesk({ at, filter }: { at: Route; filter: Filter }) {
  const openId = at.page === "order" ? at.id : null;
  useReturnFocus(openId);
  if (at.page === "unknown") return <Unknown />;
  return (
    <div class={`desk ${openId === null ? "" : "with-panel"}`}>
      <StaffList filter={filter} openId={openId} />
      {openId !== null && (
        <aside key={openId} class="panel" aria-label="Open order" data-testid="order-panel">
          <a class="icon-button panel-close" href={listHref(at.search)} aria-label="Close the order (Esc)">
            <Icon name="cross" />
          </a>
          <OrderView id={openId} statusTestId="order-view-status" />
        </aside>
      )}
    </div>
  );
}

function Unknown() {
  return (
    <EmptyNote icon="search" title="There is nothing at this address">
      <a class="button" href="/">
        Show all orders
      </a>
    </EmptyNote>
  );
}
