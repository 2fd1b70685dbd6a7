import type { Order } from "../../api/types";
import { progress } from "../../text/progress";
import { dayName, fullTime, timeOfDay } from "../../text/time";
import { now } from "../kit/clock";
import { Icon } from "../kit/Icon";

export function ProgressTrack({ order }: { order: Order }) {
  const steps = progress(order);
  const finished = order.status === "Delivered" || order.status === "Returned";
  return (
    <ol class="track" aria-label="Progress">
      {steps.map((step) => {
        const done = step.state === "done" || (finished && step.state === "current");
        return (
          <li
            key={step.name}
            class={`step ${step.state} ${done ? "passed" : ""} ${step.stopped ? "stopped" : ""}`}
            aria-current={step.state === "current" ? "step" : undefined}
          >
            <span class="step-dot" aria-hidden="true">
              {done && <Icon name="check" size={14} />}
              {step.stopped && <Icon name="cross" size={14} />}
            </span>
            <span class="step-name">{step.name}</span>
            {step.at && (
              <time class="step-time" dateTime={step.at} title={fullTime(step.at)}>
                {dayName(step.at, now.value)}, {timeOfDay(step.at)}
              </time>
            )}
          </li>
        );
      })}
    </ol>
  );
}
