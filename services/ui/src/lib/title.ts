import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { countForPerson } from '../view/needs.ts';
import { overview } from './overview.ts';

const title = signal('');

/** Names the page in the browser's title, behind the number of things that wait for a person. */
export function useTitle(name: string): void {
  useEffect(() => {
    title.value = name;
  }, [name]);
}

effect(() => {
  const count = countForPerson(overview.value);
  const name = title.value === '' ? 'nodetide' : `${title.value} · nodetide`;
  document.title = count === 0 ? name : `(${count}) ${name}`;
});
