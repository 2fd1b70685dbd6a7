import type { ComponentChildren } from "preact";
import type { Problem } from "../../api/problem";
import { Icon, type IconName } from "./Icon";

interface EmptyProps {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
}

/** Says why there is nothing here, and what to do next. */
export function EmptyNote({ icon, title, children }: EmptyProps) {
  return (
    <div class="note" data-testid="empty">
      <span class="note-icon">
        <Icon name={icon} size={26} />
      </span>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

interface FailedProps {
  problem: Problem;
  onRetry: () => void;
}

/** Stands in for a view that could not be loaded. */
export function FailedNote({ problem, onRetry }: FailedProps) {
  return (
    <div class="note" role="alert" data-testid="failed">
      <span class="note-icon bad">
        <Icon name="alert" size={26} />
      </span>
      <h2>{problem.title}</h2>
      {problem.detail && <p>{problem.detail}</p>}
      <RequestId problem={problem} />
      <button type="button" class="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

interface BannerProps extends FailedProps {
  retryLabel?: string;
  lead?: string;
}

/** Reports a failure above content that is still useful. */
export function ProblemBanner({ problem, onRetry, retryLabel = "Try again", lead }: BannerProps) {
  return (
    <div class="banner" role="alert" data-testid="problem">
      <Icon name="alert" />
      <div class="banner-text">
        <strong>{lead ? `${lead}: ${problem.title}` : problem.title}</strong>
        {problem.detail && <span>{problem.detail}</span>}
        <RequestId problem={problem} />
      </div>
      <button type="button" class="button small" onClick={onRetry}>
        {retryLabel}
      </button>
    </div>
  );
}

function RequestId({ problem }: { problem: Problem }) {
  return problem.requestId ? <small class="request-id">Request {problem.requestId}</small> : null;
}
