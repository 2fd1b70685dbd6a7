import { ACTION_LABELS } from "../../text/status";
import { useWorkspace } from "../context";
import { ProblemBanner } from "../kit/Notes";

/** The service said no to an action; it stays until it is read. */
export function RefusalBanner() {
  const { actions } = useWorkspace();
  const refusal = actions.refusal.value;
  if (!refusal) return null;
  return (
    <div class="refusal">
      <ProblemBanner
        lead={`${ACTION_LABELS[refusal.action]} ${refusal.number}`}
        problem={refusal.problem}
        retryLabel="Dismiss"
        onRetry={() => actions.dismiss()}
      />
    </div>
  );
}
