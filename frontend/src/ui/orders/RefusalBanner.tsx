import { ACTION_LABELS } from "../../text/status";
import { useWorkspace } from "../context";
import { ProblemBanner } from "../kit/Notes";

/** Says why the service refused an action. It stays until the reader dismisses it. */
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
