import type { ComponentChildren } from "preact";
import type { Filter } from "../../orders/queue";
import { useWorkspace } from "../context";
import { EmptyNote, FailedNote, ProblemBanner } from "../kit/Notes";
import { SkeletonRows } from "../kit/Skeleton";

/** Shows that a list is loading, has failed or is empty; otherwise shows its rows, the children. */
export function ListStates({ filter, children }: { filter: Filter; children: ComponentChildren }) {
  const workspace = useWorkspace();
  const { phase, problem, rows } = workspace.list;
  const retry = () => workspace.reload();
  if (phase.value === "loading") return <SkeletonRows rows={6} label="Orders are loading" />;
  if (phase.value === "failed" && problem.value)
    return <FailedNote problem={problem.value} onRetry={retry} />;
  return (
    <>
      {problem.value && (
        <ProblemBanner lead="This list may be out of date" problem={problem.value} onRetry={retry} />
      )}
      {rows.value.length === 0 ? <Empty filter={filter} isStaff={workspace.isStaff} /> : children}
    </>
  );
}

function Empty({ filter, isStaff }: { filter: Filter; isStaff: boolean }) {
  if (filter.q || filter.queue.id !== "all")
    return (
      <EmptyNote icon="search" title={filter.q ? `Nothing found for “${filter.q}”` : "Nothing here"}>
        <p>
          {filter.queue.id === "all"
            ? "Try a different search."
            : `There are no orders in “${filter.queue.label}” right now.`}
        </p>
        <a class="button" href="/">
          Show all orders
        </a>
      </EmptyNote>
    );
  return (
    <EmptyNote icon="inbox" title="No orders yet">
      <p>
        {isStaff
          ? "Orders appear here as they are placed."
          : "When you place an order, it appears here and you can follow it to your door."}
      </p>
    </EmptyNote>
  );
}

/** Loads the next page, below the rows. */
export function MoreButton() {
  const { list } = useWorkspace();
  if (!list.hasMore.value) return null;
  return (
    <button
      type="button"
      class="button more"
      disabled={list.loadingMore.value}
      data-testid="load-more"
      onClick={() => void list.more()}
    >
      {list.loadingMore.value ? "Loading…" : "Show more orders"}
    </button>
  );
}
