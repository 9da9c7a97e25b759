import type { ComponentChildren } from 'preact';

interface FormProps {
  readonly look: string;
  readonly onSend: (fields: FormData) => void;
  readonly children: ComponentChildren;
}

/** A form whose fields are handed over when it is sent; the page stays. */
export function Form({ look, onSend, children }: FormProps) {
  return (
    <form
      class={look}
      onSubmit={event => {
        event.preventDefault();
        onSend(new FormData(event.currentTarget));
      }}
    >
      {children}
    </form>
  );
}
