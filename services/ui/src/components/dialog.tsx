import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** Escape, or a click beside it. */
  readonly onClose: () => void;
}

/** A modal dialog; the browser keeps the focus in it. Afterwards it is where it was before. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const isPressedBeside = useRef(false);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = ref.current;
    dialog?.showModal();
    return () => {
      // While it is open nothing else takes the focus; and an element that is taken out of the page gives none back.
      dialog?.close();
      const to = before?.isConnected === true ? before : document.getElementById('main');
      if (to instanceof HTMLElement) to.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={ref}
      aria-label={title}
      onCancel={onClose}
      onPointerDown={event => {
        isPressedBeside.current = event.target === ref.current;
      }}
      onClick={event => {
        // Who marks words in a field and lets go beside the dialog has clicked in neither.
        if (event.target === ref.current && isPressedBeside.current) onClose();
      }}
    >
      <div class="dialog-body">
        <h2>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
