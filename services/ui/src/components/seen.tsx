import { useEffect, useRef } from 'preact/hooks';

/** The last words of a command, or an answer: as it came, in a small place of its own; the end says the most. */
export function Seen({ text }: { readonly text: string }) {
  const ref = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (ref.current) ref.current.scrollTop = ref.current.scrollHeight;
  }, [text]);
  return (
    <pre class="last-words" role="group" tabIndex={0} ref={ref} aria-label="What was seen">
      {text}
    </pre>
  );
}
