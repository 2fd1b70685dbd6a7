import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  testId?: string;
}

/** A modal dialog. The browser keeps the focus inside, closes it on Esc and restores the focus. */
export function Dialog({ title, onClose, children, testId }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-label={title} data-testid={testId} onClose={onClose}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}
